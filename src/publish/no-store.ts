/** What mqtt.js is given to keep unacknowledged packets in: nothing is kept, because the outbox does. */
import { Readable } from 'node:stream'
import type { IStore } from 'mqtt'

/**
 * The library's own store is a Map. V8 chains the tables that a Map leaves behind as it is rehashed, so each packet that ever
 * passed through one outlives the young generation: 1.5 KB a message, 100 MB in a long drain.
 */
export const noStore: IStore = {
  put(_packet, done) {
    done()
    return noStore
  },
  del(_packet, done) {
    done()
    return noStore
  },
  get(_packet, done) {
    done(new Error('nothing is kept here'))
    return noStore
  },
  createStream: () => Readable.from([]) as ReturnType<IStore['createStream']>,
  close: (done) => done(),
}
