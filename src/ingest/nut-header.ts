/** The words of the NUT container: its numbers, start codes and main header (nut.txt of the FFmpeg project). */
import { GatewayError } from '../kit/errors.ts'

export const fileId = Buffer.from('nut/multimedia container\0', 'latin1')

export const startCodes = {
  main: 0x4e4d7a561f5f04adn,
  stream: 0x4e5311405bf2f9dbn,
  syncpoint: 0x4e4be4adeeca4569n,
  index: 0x4e58dd672f23e64en,
  info: 0x4e49ab68b596ba78n,
}

export const frameFlags = {
  codedTime: 8,
  streamId: 16,
  sizeMsb: 32,
  checksum: 64,
  reserved: 128,
  headerIndex: 1_024,
  matchTime: 2_048,
  codedFlags: 4_096,
  invalid: 8_192,
}

/** What a frame's first byte stands for. */
export interface FrameCode {
  readonly flags: number
  readonly stream: number
  readonly timeDelta: number
  readonly sizeMul: number
  readonly sizeLsb: number
  readonly reserved: number
}

export interface MainHeader {
  /** Seconds per tick. */
  readonly timeBases: readonly { readonly num: number; readonly den: number }[]
  /** 256 of them. */
  readonly frameCodes: readonly FrameCode[]
}

/** Thrown when more bytes have to come first. */
export const needMore = Symbol('need more bytes')

/** What came is not the NUT that ffmpeg was told to write. */
export function garbled(why: string): GatewayError {
  return new GatewayError('STREAM_FAILED', `What the decoder wrote cannot be read (${why}).`)
}

/** Reads numbers from bytes; throws `needMore` at their end. */
export class NutCursor {
  readonly #bytes: Buffer
  at: number

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes
    this.at = at
  }

  byte(): number {
    if (this.at >= this.#bytes.length) throw needMore
    return this.#bytes[this.at++]
  }

  /** A variable-length number, 7 bits a byte; at most 2^53. */
  unsigned(): number {
    let value = 0
    for (;;) {
      const byte = this.byte()
      value = value * 128 + (byte & 127)
      if (value > Number.MAX_SAFE_INTEGER) throw garbled('a number is too large')
      if (byte < 128) return value
    }
  }

  signed(): number {
    const value = this.unsigned() + 1
    return value % 2 === 1 ? -(value - 1) / 2 : value / 2
  }

  /** Length and bytes. */
  text(): Buffer {
    return this.take(this.unsigned())
  }

  startCode(): bigint {
    return this.take(8).readBigUInt64BE()
  }

  skip(length: number): void {
    this.take(length)
  }

  take(length: number): Buffer {
    if (this.at + length > this.#bytes.length) throw needMore
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }
}

/** Reads the body of the main header: time bases and the table of frame codes. */
export function readMainHeader(body: NutCursor): MainHeader {
  const version = body.unsigned()
  if (version !== 3) throw garbled(`NUT version ${version}`)
  if (body.unsigned() !== 1) throw garbled('not exactly one stream')
  body.unsigned() // longest distance between syncpoints
  const count = body.unsigned()
  if (count < 1 || count > 16) throw garbled(`${count} time bases`)
  const timeBases = Array.from({ length: count }, () => ({ num: body.unsigned(), den: body.unsigned() }))
  if (timeBases.some(({ num, den }) => num === 0 || den === 0)) throw garbled('a time base of zero')
  return { timeBases, frameCodes: readFrameCodes(body) }
}

const invalidCode: FrameCode = {
  flags: frameFlags.invalid,
  stream: 0,
  timeDelta: 0,
  sizeMul: 1,
  sizeLsb: 0,
  reserved: 0,
}

/** The table is written in runs that share all but the size; a field that is left out keeps its former value. */
function readFrameCodes(body: NutCursor): FrameCode[] {
  const codes: FrameCode[] = []
  let timeDelta = 0
  let sizeMul = 1
  let stream = 0
  while (codes.length < 256) {
    const flags = body.unsigned()
    const fields = body.unsigned()
    if (fields > 64) throw garbled('a frame code with too many fields')
    if (fields > 0) timeDelta = body.signed()
    if (fields > 1) sizeMul = body.unsigned()
    if (fields > 2) stream = body.unsigned()
    const size = fields > 3 ? body.unsigned() : 0
    const reserved = fields > 4 ? body.unsigned() : 0
    const run = fields > 5 ? body.unsigned() : sizeMul - size
    for (let i = 6; i < fields; i++) body.unsigned()
    if (run < 1 || run > 256) throw garbled('a run of frame codes')
    for (let i = 0; i < run && codes.length < 256; i++) {
      // The letter N begins a start code and is never a frame.
      if (codes.length === 0x4e) codes.push(invalidCode)
      codes.push({ flags, stream, timeDelta, sizeMul, sizeLsb: size + i, reserved })
    }
  }
  return codes.slice(0, 256)
}
