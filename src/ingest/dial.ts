/** Connects to a camera, at an address that was resolved once and checked. */
import { connect, type OnReadOpts, type Socket } from 'node:net'
import type { RtspAddress } from './address.ts'
import type { Networks } from './networks.ts'
import { cameraError, reasonOf } from './refusal.ts'

export interface DialOptions {
  readonly address: RtspAddress
  readonly networks: Networks
  /** For the name and the TCP connection together. */
  readonly timeoutMs: number
  /** Gives the attempt up while it lasts; a socket that is connected is the caller's. */
  readonly signal: AbortSignal
  /** One buffer for all that arrives, in place of `data` events. */
  readonly onread?: OnReadOpts
}

/** Throws URL_REFUSED where cameras may not be, STREAM_FAILED where nobody answers or the signal fires. */
export async function dial({ address, networks, timeoutMs, signal, onread }: DialOptions): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  let socket: Socket | undefined
  let over = false
  const fail = (why: string) => {
    over = true
    socket?.destroy()
    reject(cameraError(address, 'STREAM_FAILED', why))
  }
  const giveUp = () => fail('was given up')
  const timer = setTimeout(() => fail(`did not accept a connection in ${timeoutMs} ms`), timeoutMs)
  signal.addEventListener('abort', giveUp)
  if (signal.aborted) giveUp()
  networks.resolve(address.host).then((ip) => {
    if (over) return
    const made = connect({ host: ip, port: address.port, noDelay: true, onread })
    socket = made
    made.once('connect', () => resolve(made))
    made.on('error', (error) => fail(`cannot be reached (${reasonOf(error)})`))
  }, reject)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}
