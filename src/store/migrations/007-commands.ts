/** Seventh schema: what was decided about alerts, what the centre asked for, and the audit log of both. */

export const commands = `
CREATE TABLE dispositions (
  alert TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
  revision INTEGER NOT NULL,
  state TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  disposition TEXT NOT NULL,
  PRIMARY KEY (alert, revision)
) STRICT;

-- What was answered, so that a repeat is answered and not done again.
CREATE TABLE commands (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  digest TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  -- Of the answer, and before it: so they are summed up without reading the answers.
  bytes INTEGER NOT NULL,
  answer TEXT NOT NULL
) STRICT;

-- Cameras that are paused (no rule) and rules that are switched off.
CREATE TABLE overrides (
  camera TEXT NOT NULL,
  rule TEXT,
  until INTEGER
) STRICT;
CREATE UNIQUE INDEX overrides_by_place ON overrides (camera, ifnull(rule, ''));

-- Append-only: each hash covers the one before it. AUTOINCREMENT remembers the highest number ever used.
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  entry TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
-- The newest entry that was given up for want of room; the chain begins behind it.
CREATE TABLE audit_base (
  sequence INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;
INSERT INTO audit_base VALUES (0, '${'0'.repeat(64)}');
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_not_cut BEFORE DELETE ON audit WHEN OLD.sequence > (SELECT sequence FROM audit_base)
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- Bytes of a picture that belongs to no alert; they go with the delivery.
ALTER TABLE outbox ADD COLUMN picture BLOB;
CREATE INDEX outbox_pictures ON outbox (row_id) WHERE picture IS NOT NULL;
`
