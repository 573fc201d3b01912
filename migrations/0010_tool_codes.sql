-- Why a tool refused, by the tools' own codes: what was only not found is told from what policy held back. Null: it did not
-- refuse, or the call is of before this was kept.
ALTER TABLE tool_runs ADD COLUMN code TEXT;
