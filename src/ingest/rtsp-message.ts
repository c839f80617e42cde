/** RTSP 1.0 on the wire: takes a TCP stream apart into messages and runs of interleaved media, within fixed limits. */

/** Names keep their spelling; compare without case. */
export type Headers = readonly (readonly [name: string, value: string])[]

export interface RtspRequest {
  readonly kind: 'request'
  readonly method: string
  readonly uri: string
  readonly headers: Headers
  readonly body: Buffer
}

export interface RtspResponse {
  readonly kind: 'response'
  readonly status: number
  readonly reason: string
  readonly headers: Headers
  readonly body: Buffer
}

export type RtspMessage = RtspRequest | RtspResponse

export const maxHeadBytes = 16 * 1_024
export const maxBodyBytes = 256 * 1_024
const dollar = 0x24

export interface RtspSink {
  message(message: RtspMessage): void
  /** Whole or partial `$` frames in stream order, a view into the chunk that was fed. */
  media(bytes: Buffer): void
}

/** Feed it a stream in pieces of any size. */
export class RtspReader {
  readonly #sink: RtspSink
  /** Bytes that are still missing of the interleaved frame the stream is in. */
  #mediaLeft = 0
  /** The beginning of something that has not arrived as a whole, and how many bytes it needs to go on. */
  #held: Buffer[] = []
  #heldBytes = 0
  #needed = 0

  constructor(sink: RtspSink) {
    this.#sink = sink
  }

  /**
   * The bytes may be written over once it returns. Throws an Error that says what is wrong where they are not RTSP or
   * exceed a limit; then the stream is lost.
   */
  feed(arrived: Buffer): void {
    let chunk = arrived
    if (this.#heldBytes > 0) {
      this.#held.push(Buffer.from(chunk))
      this.#heldBytes += chunk.length
      if (this.#heldBytes < this.#needed) return
      chunk = Buffer.concat(this.#held)
      this.#held = []
      this.#heldBytes = 0
    }
    let at = 0
    while (at < chunk.length) {
      const end = this.#mediaEnd(chunk, at)
      if (end > at) this.#sink.media(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end))
      at = end
      if (at === chunk.length) return
      const next = this.#text(chunk, at)
      if (next === at) {
        this.#hold(chunk.subarray(at))
        return
      }
      at = next
    }
  }

  /** Where the run of interleaved frames that begins at `from` ends within the chunk; remembers what is missing. */
  #mediaEnd(chunk: Buffer, from: number): number {
    let at = from + this.#mediaLeft
    while (at + 4 <= chunk.length && chunk[at] === dollar) at += 4 + chunk.readUInt16BE(at + 2)
    this.#mediaLeft = Math.max(0, at - chunk.length)
    return Math.min(at, chunk.length)
  }

  /** Reads one message (or the empty line before one); returns `from` where it has not arrived as a whole. */
  #text(chunk: Buffer, from: number): number {
    const first = chunk[from]
    if (first === 0x0d || first === 0x0a) return from + 1
    if (first === dollar) return this.#wait(from, 4)
    if (first < 0x41 || first > 0x5a)
      throw new Error(`byte 0x${first.toString(16)} where a message should begin`)
    const end = headEnd(chunk, from)
    if ((end < 0 ? chunk.length : end) - from > maxHeadBytes)
      throw new Error(`a head of more than ${maxHeadBytes} bytes`)
    const line = chunk.indexOf('\n', from)
    if (line >= 0) parseStart(chunk.toString('latin1', from, line).trimEnd())
    if (end < 0) return this.#wait(from, chunk.length - from + 1)
    const message = parseHead(chunk.toString('latin1', from, end))
    const length = bodyLength(message.headers)
    if (end + length > chunk.length) return this.#wait(from, end - from + length)
    this.#sink.message({ ...message, body: Buffer.from(chunk.subarray(end, end + length)) })
    return end + length
  }

  #wait(from: number, needed: number): number {
    this.#needed = needed
    return from
  }

  #hold(rest: Buffer): void {
    this.#held = [Buffer.from(rest)]
    this.#heldBytes = rest.length
  }
}

/** The first value of a header, whatever the case of its name. */
export function header(message: { readonly headers: Headers }, name: string): string | undefined {
  return message.headers.find(([known]) => known.toLowerCase() === name)?.[1]
}

/** All values of a header, in order. */
export function headersOf(message: { readonly headers: Headers }, name: string): string[] {
  return message.headers.filter(([known]) => known.toLowerCase() === name).map(([, value]) => value)
}

/** The headers without the named ones (lower case), then the given ones. */
export function withHeaders(headers: Headers, without: readonly string[], extra: Headers): Headers {
  return [...headers.filter(([name]) => !without.includes(name.toLowerCase())), ...extra]
}

/** The bytes of a message; Content-Length is always that of the body. */
export function serialise(message: RtspMessage): Buffer {
  const start =
    message.kind === 'request'
      ? `${message.method} ${message.uri} RTSP/1.0`
      : `RTSP/1.0 ${message.status} ${message.reason}`
  const length: Headers = message.body.length > 0 ? [['Content-Length', `${message.body.length}`]] : []
  const lines = withHeaders(message.headers, ['content-length'], length).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  return Buffer.concat([Buffer.from(`${start}\r\n${lines.join('')}\r\n`, 'latin1'), message.body])
}

/**
 * Index after the empty line that ends a head, -1 where it has not come yet. Tolerates bare line feeds. Looks no further than a head
 * may be long, and for bare line feeds no further than the strict end: a chunk may hold thousands of messages.
 */
function headEnd(chunk: Buffer, from: number): number {
  const head = chunk.subarray(from, from + maxHeadBytes + 4)
  const strict = head.indexOf('\r\n\r\n')
  const bare = (strict < 0 ? head : head.subarray(0, strict)).indexOf('\n\n')
  if (bare >= 0) return from + bare + 2
  return strict < 0 ? -1 : from + strict + 4
}

type Start = Pick<RtspRequest, 'kind' | 'method' | 'uri'> | Pick<RtspResponse, 'kind' | 'status' | 'reason'>

function parseStart(line: string): Start {
  const response = /^RTSP\/1\.\d (\d{3})(?: ([\x20-\x7e\x80-\xff]*))?$/.exec(line)
  if (response) return { kind: 'response', status: Number(response[1]), reason: response[2] ?? '' }
  const request = /^([A-Z_]{1,32}) ([\x21-\x7e]{1,4096}) RTSP\/1\.\d$/.exec(line)
  if (request) return { kind: 'request', method: request[1], uri: request[2] }
  throw new Error('a first line that is not RTSP')
}

function parseHead(text: string): Start & { headers: Headers } {
  const [first, ...lines] = text
    .trimEnd()
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
  const headers = lines.map((line): readonly [string, string] => {
    const match = /^([!-9;-~]+)[ \t]*:[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(line)
    if (!match) throw new Error('a header line that is not RTSP')
    return [match[1], match[2].trimEnd()]
  })
  return { ...parseStart(first), headers }
}

function bodyLength(headers: Headers): number {
  const text = header({ headers }, 'content-length')
  if (text === undefined) return 0
  if (!/^\d{1,9}$/.test(text) || Number(text) > maxBodyBytes) {
    throw new Error(`a body that is not 0..${maxBodyBytes} bytes`)
  }
  return Number(text)
}
