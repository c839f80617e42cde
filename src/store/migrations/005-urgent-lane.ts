/** Fifth schema: what may overtake in the outbox. */

export const urgentLane = `
ALTER TABLE outbox ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_urgent ON outbox (row_id) WHERE urgent = 1 AND parked_because IS NULL;
`
