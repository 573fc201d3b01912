-- Which persona spoke a turn. Null: the caller, a specialist, a model without a persona, or a call of before this was kept.
ALTER TABLE turns ADD COLUMN persona TEXT;
