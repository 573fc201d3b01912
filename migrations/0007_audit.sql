-- Where the audit trail ends: written with each deed, held against the trail itself. A trail that was cut no longer reaches it.
CREATE TABLE audit_heads (
  trail TEXT PRIMARY KEY,
  count INTEGER NOT NULL CHECK (count > 0),
  hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT, WITHOUT ROWID;
