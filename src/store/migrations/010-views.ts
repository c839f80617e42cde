/** Tenth schema: the references of views, so that a camera turned while the box was off is noticed, and distrust outlives a restart. */

export const views = `
CREATE TABLE views (
  camera TEXT NOT NULL,
  preset TEXT NOT NULL,
  of TEXT NOT NULL,
  distrusted INTEGER NOT NULL,
  outline TEXT,
  PRIMARY KEY (camera, preset)
) STRICT;
`
