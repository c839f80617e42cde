/** Sixth schema: what becomes of a message, what it is worth, and which numbers were given up. */

export const states = `
-- waiting -> sent (the broker has it, the centre has not confirmed it; only where receipts are required)
--         -> kept (delivered; may be asked for again)
--         -> parked (refused for good)
ALTER TABLE outbox ADD COLUMN state TEXT NOT NULL DEFAULT 'waiting';
-- In the order of sacrifice, see worth.ts.
ALTER TABLE outbox ADD COLUMN worth INTEGER NOT NULL DEFAULT 7;
ALTER TABLE outbox ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET
  state = CASE WHEN parked_because IS NULL THEN 'waiting' ELSE 'parked' END,
  bytes = coalesce(length(CAST(body AS BLOB)), (SELECT bytes FROM snapshots WHERE snapshots.alert = outbox.alert), 0),
  worth = CASE class WHEN 'snapshot' THEN 2
    ELSE (SELECT CASE severity WHEN 'info' THEN 3 WHEN 'minor' THEN 4 WHEN 'major' THEN 5 ELSE 6 END
      FROM alerts WHERE alerts.id = outbox.alert) END
  WHERE class IN ('alert', 'snapshot');
DROP INDEX outbox_urgent;
CREATE INDEX outbox_urgent ON outbox (row_id) WHERE urgent = 1 AND state = 'waiting';
CREATE INDEX outbox_waiting ON outbox (row_id) WHERE state = 'waiting';
-- Holds all that is asked about many rows at once: they themselves are large.
CREATE INDEX outbox_by_state ON outbox (state, class, worth, row_id, bytes, created_at);

ALTER TABLE sequences DROP COLUMN acknowledged;

-- Until a tombstone tells it.
CREATE TABLE given_up (
  epoch TEXT NOT NULL,
  class TEXT NOT NULL,
  because TEXT NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (epoch, class, because, first)
) STRICT, WITHOUT ROWID;
`
