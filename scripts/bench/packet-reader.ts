/**
 * A child of bench:cameras that does nothing but take the bytes of the simulator's cameras off their sockets: the floor under
 * every reader, as nothing that looks at packets can cost less. Arguments: addresses. Prints the bytes so far each second.
 */
import { connect } from 'node:net'

/** More than comes between two turns of the event loop. */
const bufferBytes = 64 * 1024
/** A camera ends a session whose client says nothing for a minute. */
const aliveEveryMs = 20_000

let bytes = 0

function read(address: string): void {
  const { hostname, port } = new URL(address)
  let [asked, session] = [0, '']
  const ask = (method: string, target: string, ...headers: string[]) => {
    const lines = [`${method} ${target} RTSP/1.0`, `CSeq: ${++asked}`, ...headers]
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  }
  const answered = (text: string) => {
    session = /^Session: \w+/m.exec(text)?.[0] ?? ''
    ask('PLAY', address, session)
  }
  const socket = connect({
    host: hostname,
    port: Number(port),
    onread: {
      buffer: Buffer.allocUnsafe(bufferBytes),
      callback: (length, buffer) => {
        if (session) bytes += length
        else answered(Buffer.from(buffer.buffer, buffer.byteOffset, length).toString())
        return true
      },
    },
  })
  socket.once('connect', () => {
    ask('SETUP', `${address}/trackID=0`, 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1')
  })
  socket.on('error', (error) => {
    console.error(`${address}: ${error.message}`)
    process.exit(1)
  })
  setInterval(() => ask('OPTIONS', address, session), aliveEveryMs)
}

for (const address of process.argv.slice(2)) read(address)
setInterval(() => console.log(bytes), 1_000)
