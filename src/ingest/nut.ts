/** Takes the raw pictures and their times out of the NUT stream that ffmpeg writes, never holding more than one picture. */
import { frameBytes } from '../domain/frame.ts'
import { GatewayError } from '../kit/errors.ts'
import {
  fileId,
  frameFlags,
  garbled,
  type MainHeader,
  NutCursor,
  needMore,
  readMainHeader,
  startCodes,
} from './nut-header.ts'

/** A decoded picture with the stream's own time. */
export interface Picture {
  /** Pixels, even, 16..8192. */
  readonly width: number
  readonly height: number
  /** Stream time, ms; where it begins is the source's affair. */
  readonly timeMs: number
  /** I420 in an ArrayBuffer of its own, so that it can be transferred. */
  readonly pixels: Uint8Array<ArrayBuffer>
}

interface VideoStream {
  readonly width: number
  readonly height: number
  readonly timeBase: number
  readonly msbShift: number
}

/** Headers are some hundred bytes; more than this between two pictures is garbage. */
const maxHeaderBytes = 65_536

export class NutReader {
  #main: MainHeader | undefined
  #stream: VideoStream | undefined
  #lastTime = 0
  #started = false
  /** Bytes of a header that is not complete yet. */
  #pending: Buffer = Buffer.alloc(0)
  #picture: Picture | undefined
  #filled = 0
  /** Bytes to come of a picture for which there was no memory. */
  #unwanted = 0
  readonly #take: (bytes: number) => Uint8Array<ArrayBuffer> | undefined

  /** @param take gives the memory of a picture; none = the picture is left out */
  constructor(take: (bytes: number) => Uint8Array<ArrayBuffer> | undefined = ownMemory) {
    this.#take = take
  }

  /**
   * Takes the next bytes; gives the pictures that they complete.
   * Throws FORMAT_CHANGED where the picture size is no longer the announced one, STREAM_FAILED at garbage.
   */
  *feed(chunk: Buffer): Generator<Picture> {
    let rest = chunk
    while (rest.length > 0) {
      if (this.#unwanted > 0) {
        const skipped = Math.min(this.#unwanted, rest.length)
        this.#unwanted -= skipped
        rest = rest.subarray(skipped)
      } else if (this.#picture) {
        rest = this.#fill(this.#picture, rest)
        if (this.#filled < this.#picture.pixels.length) return
        yield this.#picture
        this.#picture = undefined
      } else {
        const bytes = this.#pending.length > 0 ? Buffer.concat([this.#pending, rest]) : rest
        const used = this.#readHeaders(bytes)
        rest = bytes.subarray(used)
        if (this.#picture || this.#unwanted > 0) {
          this.#pending = Buffer.alloc(0)
          continue
        }
        if (rest.length > maxHeaderBytes) throw garbled('a header without end')
        this.#pending = Buffer.from(rest)
        return
      }
    }
  }

  #fill(picture: Picture, bytes: Buffer): Buffer {
    const part = bytes.subarray(0, picture.pixels.length - this.#filled)
    picture.pixels.set(part, this.#filled)
    this.#filled += part.length
    return bytes.subarray(part.length)
  }

  /** Reads whole elements up to the next picture's first byte; returns how many bytes they took. */
  #readHeaders(bytes: Buffer): number {
    let used = 0
    try {
      while (!this.#picture && this.#unwanted === 0) {
        const cursor = new NutCursor(bytes, used)
        this.#readElement(cursor)
        used = cursor.at
      }
    } catch (error) {
      if (error !== needMore) throw error
    }
    return used
  }

  #readElement(cursor: NutCursor): void {
    if (!this.#started) {
      if (!cursor.take(fileId.length).equals(fileId)) throw garbled('not NUT')
      this.#started = true
      return
    }
    const first = cursor.byte()
    if (first === 0x4e) {
      cursor.at--
      this.#readPacket(cursor)
    } else {
      this.#readFrame(cursor, first)
    }
  }

  #readPacket(cursor: NutCursor): void {
    const code = cursor.startCode()
    const length = cursor.unsigned()
    if (length < 4 || length > maxHeaderBytes) throw garbled(`a packet of ${length} bytes`)
    if (length > 4_096) cursor.skip(4) // checksum of the packet's header
    const body = new NutCursor(cursor.take(length).subarray(0, -4))
    try {
      if (code === startCodes.main) this.#main = readMainHeader(body)
      else if (code === startCodes.stream) this.#stream = readStreamHeader(body, this.#main)
      else if (code === startCodes.syncpoint) this.#readSyncpoint(body)
      else if (code !== startCodes.info && code !== startCodes.index) throw garbled('an unknown start code')
    } catch (error) {
      throw error === needMore ? garbled('a packet that is cut off') : error
    }
  }

  /** A syncpoint sets the time that the following frames count from. */
  #readSyncpoint(body: NutCursor): void {
    if (!this.#main || !this.#stream) throw garbled('a syncpoint before the headers')
    const { timeBases } = this.#main
    const coded = body.unsigned()
    const { num, den } = timeBases[coded % timeBases.length]
    const seconds = (Math.floor(coded / timeBases.length) * num) / den
    this.#lastTime = Math.floor(seconds / this.#stream.timeBase + 1e-6)
  }

  #readFrame(cursor: NutCursor, first: number): void {
    if (!this.#main || !this.#stream) throw garbled('a frame before the headers')
    const code = this.#main.frameCodes[first]
    let flags = code.flags
    if (flags & frameFlags.invalid) throw garbled('an invalid frame code')
    if (flags & frameFlags.codedFlags) flags ^= cursor.unsigned()
    const stream = flags & frameFlags.streamId ? cursor.unsigned() : code.stream
    const time =
      flags & frameFlags.codedTime ? this.#codedTime(cursor.unsigned()) : this.#lastTime + code.timeDelta
    const size = code.sizeLsb + (flags & frameFlags.sizeMsb ? cursor.unsigned() * code.sizeMul : 0)
    if (flags & frameFlags.matchTime) cursor.signed()
    if (flags & frameFlags.headerIndex) cursor.unsigned()
    const reserved = flags & frameFlags.reserved ? cursor.unsigned() : code.reserved
    for (let i = 0; i < reserved; i++) cursor.unsigned()
    if (flags & frameFlags.checksum) cursor.skip(4)
    if (stream !== 0) throw garbled(`a frame of stream ${stream}`)
    this.#begin(this.#stream, size, time)
  }

  /** Short codes hold the low bits of a time near the last one. */
  #codedTime(coded: number): number {
    const range = 2 ** this.#stream!.msbShift
    if (coded >= range) return coded - range
    const lowest = this.#lastTime - Math.floor((range - 1) / 2)
    return lowest + ((((coded - lowest) % range) + range) % range)
  }

  #begin({ width, height, timeBase }: VideoStream, size: number, time: number): void {
    if (size !== frameBytes(width, height)) {
      const why = `a picture of ${size} bytes came where ${width}x${height} was announced`
      throw new GatewayError('FORMAT_CHANGED', `The stream changed its picture size (${why}).`)
    }
    this.#lastTime = time
    this.#filled = 0
    const pixels = this.#take(size)
    if (pixels) this.#picture = { width, height, timeMs: time * timeBase * 1_000, pixels }
    else this.#unwanted = size
  }
}

/** Every byte is written before anybody sees it, so clearing it first would be lost work. */
function ownMemory(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer)
}

function readStreamHeader(body: NutCursor, main: MainHeader | undefined): VideoStream {
  if (!main) throw garbled('a stream before the main header')
  if (body.unsigned() !== 0 || body.unsigned() !== 0) throw garbled('a stream that is not video')
  const pixelFormat = body.text().toString('latin1')
  if (pixelFormat !== 'I420') throw garbled('pixels other than I420')
  const timeBase = main.timeBases[body.unsigned()]
  if (!timeBase) throw garbled('a time base that does not exist')
  const msbShift = body.unsigned()
  if (msbShift >= 16) throw garbled('a time shift out of range')
  for (let i = 0; i < 3; i++) body.unsigned() // longest time distance, decode delay, flags
  body.text() // codec specific
  const [width, height] = [body.unsigned(), body.unsigned()]
  const fits = (side: number) => side >= 16 && side <= 8_192 && side % 2 === 0
  if (!fits(width) || !fits(height)) {
    throw new GatewayError(
      'STREAM_FAILED',
      `Pictures of ${width}x${height} are not analysed: each side must be even and 16..8192 pixels.`,
    )
  }
  return { width, height, timeBase: timeBase.num / timeBase.den, msbShift }
}
