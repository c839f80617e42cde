/** Schema with the topics of further voices that the broker may hold, so that one nobody wants any more is cleared. */

export const voicedTopics = `
CREATE TABLE voiced_topics (
  topic TEXT PRIMARY KEY
) STRICT;
`
