/** Two connected local sockets: one to read from into a single reused buffer, one to hand to a child process. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SocketPair {
  /** Ours. What arrives is handed to `onBytes`; it emits no `data`. */
  readonly near: Socket
  /** The child's, for its `stdio`; destroy it once the child has it. */
  readonly far: Socket
}

const bufferBytes = 128 * 1_024

/**
 * Node reads a child's pipe into fresh memory of 64 KiB a time, which at some megabytes per picture keeps the garbage
 * collector busier than everything else. A socket may be given its own buffer; a pipe may not.
 *
 * @param onBytes the bytes are only valid during the call
 */
export async function socketPair(onBytes: (bytes: Buffer) => void): Promise<SocketPair> {
  // In a folder that only this user can enter, and for as long as it takes to connect: nobody else can be the far end.
  const folder = await mkdtemp(join(tmpdir(), 'skyeye-'))
  const path = join(folder, randomBytes(4).toString('hex'))
  const server = createServer({ pauseOnConnect: true })
  try {
    server.listen(path, 1)
    await once(server, 'listening')
    const buffer = Buffer.allocUnsafeSlow(bufferBytes)
    const onread = {
      buffer,
      callback: (length: number) => {
        onBytes(buffer.subarray(0, length))
        return true
      },
    }
    const near = connect({ path, onread })
    const [[far]] = (await Promise.all([once(server, 'connection'), once(near, 'connect')])) as [
      [Socket],
      unknown,
    ]
    return { near, far }
  } finally {
    server.close()
    await rm(folder, { recursive: true, force: true })
  }
}
