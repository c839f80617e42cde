/** Third schema: how each camera was covered, minute by minute. */

/**
 * Ordered by time first: the minute of all cameras is one or two pages at the end of the table, not a page for each camera.
 * `gaps` is JSON, milliseconds by reason; NULL where there are none.
 */
export const coverage = `
CREATE TABLE coverage (
  minute INTEGER NOT NULL,
  camera TEXT NOT NULL,
  coverage REAL NOT NULL,
  fps REAL NOT NULL,
  gaps TEXT,
  PRIMARY KEY (minute, camera)
) STRICT, WITHOUT ROWID;
`
