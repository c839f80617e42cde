/** Second schema: the cameras whose state the broker may hold, so that one removed while the gateway was down is cleared. */

export const announcedCameras = `
CREATE TABLE announced_cameras (
  camera TEXT PRIMARY KEY
) STRICT;
`
