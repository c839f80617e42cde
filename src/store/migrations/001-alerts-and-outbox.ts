/** First schema: alerts, their pictures, and the outbox with its sequences. */

/** Times of frames may have fractions (REAL); times of the box's clock are whole milliseconds (INTEGER). */
export const alertsAndOutbox = `
CREATE TABLE identity (
  epoch TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE alerts (
  id TEXT PRIMARY KEY,
  camera TEXT NOT NULL,
  severity TEXT NOT NULL,
  began REAL NOT NULL,
  ended REAL,
  saved_at INTEGER NOT NULL,
  alert TEXT NOT NULL
) STRICT;
CREATE INDEX alerts_by_age ON alerts (saved_at);
CREATE INDEX alerts_by_beginning ON alerts (began);
CREATE INDEX alerts_open ON alerts (began) WHERE ended IS NULL;

CREATE TABLE snapshots (
  alert TEXT PRIMARY KEY REFERENCES alerts (id) ON DELETE CASCADE,
  file TEXT NOT NULL UNIQUE,
  bytes INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT;
CREATE INDEX snapshots_by_age ON snapshots (saved_at);

CREATE TABLE sequences (
  class TEXT PRIMARY KEY,
  assigned INTEGER NOT NULL,
  acknowledged INTEGER NOT NULL DEFAULT 0
) STRICT;

-- AUTOINCREMENT: a row id is never used twice, so "after row N" stays true when rows are deleted.
CREATE TABLE outbox (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  alert TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
  class TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  camera TEXT,
  topic TEXT NOT NULL,
  content_type TEXT NOT NULL,
  body TEXT,
  sha256 TEXT,
  created_at INTEGER NOT NULL,
  parked_because TEXT,
  UNIQUE (class, sequence)
) STRICT;
CREATE INDEX outbox_by_alert ON outbox (alert);
`
