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
const maxTimes = 10_000

export class Packets {
  #rest = ''
  #secondsPerTick = 0
  #codec: string | undefined
  #size: readonly [number, number] | undefined
  #count = 0
  #bits = 0
  /** Seconds, in the order of coding. */
  readonly #times: number[] = []
  #lastKey: number | undefined
  #longestGop: number | undefined

  /** Stream time that was seen, ms. */
  get spanMs(): number {
    return this.#times.length > 1 ? (Math.max(...this.#times) - Math.min(...this.#times)) * 1_000 : 0
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
    const fps = rate(this.#times)
    return {
      codec: this.#codec,
      width: this.#size?.[0],
      height: this.#size?.[1],
      fps,
      gopSeconds: this.#longestGop,
      bitsPerSecond: fps === undefined ? undefined : (this.#bits / this.#count) * fps,
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
    const [time, bytes] = [Number(fields[2]) * this.#secondsPerTick, Number(fields[4])]
    if (fields.length < 6 || !Number.isFinite(time) || !Number.isFinite(bytes)) return
    this.#count++
    this.#bits += bytes * 8
    // A packet without a time is written with the smallest number there is; the first ones of a camera often have none.
    if (Math.abs(Number(fields[2])) > 2 ** 53 || this.#times.length === maxTimes) return
    this.#times.push(time)
    if (fields.slice(6).some((field) => field.trim().startsWith('F='))) return
    if (this.#lastKey !== undefined) {
      this.#longestGop = Math.max(this.#longestGop ?? 0, time - this.#lastKey)
    }
    this.#lastKey = time
  }
}

/** From the middle distance of two pictures, which a gap or a muddle at the start does not move. */
function rate(times: readonly number[]): number | undefined {
  const sorted = times.toSorted((a, b) => a - b)
  const gaps = sorted.slice(1).map((time, i) => time - sorted[i])
  const distance = gaps.filter((gap) => gap > 0.001).toSorted((a, b) => a - b)
  return distance.length > 0 ? 1 / distance[distance.length >> 1] : undefined
}
