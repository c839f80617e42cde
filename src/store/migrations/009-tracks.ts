/** Ninth schema: finished tracks, so that a rule can be tried on what was. */

export const tracks = `
CREATE TABLE tracks (
  id INTEGER PRIMARY KEY,
  camera TEXT NOT NULL,
  began INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  summary TEXT NOT NULL
) STRICT;
CREATE INDEX tracks_by_camera ON tracks (camera, began);
CREATE INDEX tracks_by_age ON tracks (ended);
`
