/** Fourth schema: numbers belong to an epoch, since a restored database begins a new one with messages of the old one still waiting. */

export const epochs = `
-- Renewed again and again, here and in a file beside the database; a database whose token is not in that file was restored.
ALTER TABLE identity ADD COLUMN token TEXT;

CREATE TABLE sequences_by_epoch (
  epoch TEXT NOT NULL,
  class TEXT NOT NULL,
  assigned INTEGER NOT NULL,
  acknowledged INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (epoch, class)
) STRICT;
INSERT INTO sequences_by_epoch SELECT identity.epoch, class, assigned, acknowledged FROM sequences, identity;
DROP TABLE sequences;
ALTER TABLE sequences_by_epoch RENAME TO sequences;

-- A message need not be about an alert any more.
CREATE TABLE outbox_by_epoch (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  alert TEXT REFERENCES alerts (id) ON DELETE CASCADE,
  epoch TEXT NOT NULL,
  class TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  camera TEXT,
  topic TEXT NOT NULL,
  content_type TEXT NOT NULL,
  body TEXT,
  sha256 TEXT,
  created_at INTEGER NOT NULL,
  parked_because TEXT,
  UNIQUE (epoch, class, sequence)
) STRICT;
-- The highest row id ever used outlives the rows.
INSERT INTO sqlite_sequence (name, seq) SELECT 'outbox_by_epoch', seq FROM sqlite_sequence WHERE name = 'outbox';
INSERT INTO outbox_by_epoch
  SELECT row_id, id, alert, identity.epoch, class, sequence, camera, topic, content_type, body, sha256,
    outbox.created_at, parked_because FROM outbox, identity;
DROP TABLE outbox;
ALTER TABLE outbox_by_epoch RENAME TO outbox;
CREATE INDEX outbox_by_alert ON outbox (alert);
`
