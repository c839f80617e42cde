/** What the coded packets of a stream say about it: reads ffmpeg's framecrc lines. */

export interface PacketFacts {
  /** ffmpeg's name, `h264` or `hevc`. */
  readonly codec: string | undefined
  /** Pixels; undefined where the stream did not say so before its first picture. */
  readonly width: number | undefined
  readonly height: number | undefined
  /** Pictures per second; undefined until there are two. */
  readonly fps: number | undefined
  /** Longest distance of two key pictures, seconds; undefined where it is longer than what was seen. */
  readonly gopSeconds: number | undefined
  /** Bits per second; undefined until there are two pictures. */
  readonly bitsPerSecond: number | undefined
}

const maxLineLength = 1_000

export class Packets {
  #rest = ''
  #secondsPerTick = 0
  #codec: string | undefined
  #size: readonly [number, number] | undefined
  #count = 0
  #bits = 0
  #lastBits = 0
  #first = Number.POSITIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY
  #lastKey: number | undefined
  #longestGop: number | undefined

  /** Stream time that was seen, ms. */
  get spanMs(): number {
    return this.#count > 1 ? (this.#last - this.#first) * 1_000 : 0
  }

  feed(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = (lines.pop() ?? '').slice(0, maxLineLength)
    for (const line of lines) {
      if (line.startsWith('#')) this.#header(line)
      else this.#packet(line.split(','))
    }
  }

  facts(): PacketFacts {
    const seconds = this.spanMs / 1_000
    return {
      codec: this.#codec,
      width: this.#size?.[0],
      height: this.#size?.[1],
      fps: seconds > 0 ? (this.#count - 1) / seconds : undefined,
      gopSeconds: this.#longestGop,
      bitsPerSecond: seconds > 0 ? (this.#bits - this.#lastBits) / seconds : undefined,
    }
  }

  #header(line: string): void {
    const [, name, value] = /^#(\w+) 0: (\S+)/.exec(line) ?? []
    if (name === 'codec_id') this.#codec = value
    if (name === 'tb') {
      const [num, den] = value.split('/').map(Number)
      this.#secondsPerTick = num / den
    }
    if (name === 'dimensions') {
      const [width, height] = value.split('x').map(Number)
      if (width > 0 && height > 0) this.#size = [width, height]
    }
  }

  /** stream, dts, pts, duration, size, checksum, flags where it is no key picture. */
  #packet(fields: readonly string[]): void {
    const time = Number(fields[2]) * this.#secondsPerTick
    const bits = Number(fields[4]) * 8
    if (fields.length < 6 || !Number.isFinite(time) || !Number.isFinite(bits)) return
    this.#count++
    this.#bits += bits
    this.#lastBits = bits
    this.#first = Math.min(this.#first, time)
    this.#last = Math.max(this.#last, time)
    if (fields.slice(6).some((field) => field.trim().startsWith('F='))) return
    if (this.#lastKey !== undefined) {
      this.#longestGop = Math.max(this.#longestGop ?? 0, time - this.#lastKey)
    }
    this.#lastKey = time
  }
}
