/** Pixel buffers that have done their work and wait for the next picture, so that a picture a moment is not garbage. */

export interface PixelStoreCounts {
  /** Buffers that were asked for, and of those how many were not new. */
  readonly taken: number
  readonly reused: number
  /** Buffers that were given back and not kept, because there were too many. */
  readonly dropped: number
  /** Bytes that lie here now. */
  readonly bytes: number
}

export class PixelStore {
  readonly #mostBytes: number
  /** By size, the size used longest ago first. */
  readonly #free = new Map<number, Uint8Array<ArrayBuffer>[]>()
  #taken = 0
  #reused = 0
  #dropped = 0
  #bytes = 0

  /** Keeps at most so many bytes. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** Zeros, exactly `bytes` of them, alone in their memory. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    this.#taken++
    const pixels = this.#touch(bytes).pop()
    if (!pixels) return new Uint8Array(bytes)
    this.#reused++
    this.#bytes -= bytes
    return pixels
  }

  /**
   * Whoever gives a buffer must not touch it again. It is wiped: what one camera saw never lies in another's picture, even
   * where a reader forgets a byte. Views of a part of some memory, and what was moved to another thread, are ignored.
   */
  give(pixels: Uint8Array): void {
    const { buffer, byteLength } = pixels
    if (byteLength === 0 || byteLength !== buffer.byteLength || !(buffer instanceof ArrayBuffer)) return
    if (byteLength > this.#mostBytes) {
      this.#dropped++
      return
    }
    const whole = new Uint8Array(buffer)
    this.#touch(byteLength).push(whole.fill(0))
    this.#bytes += byteLength
    while (this.#bytes > this.#mostBytes) this.#drop()
  }

  counts(): PixelStoreCounts {
    return { taken: this.#taken, reused: this.#reused, dropped: this.#dropped, bytes: this.#bytes }
  }

  /** The buffers of a size, which is now the one used last. */
  #touch(bytes: number): Uint8Array<ArrayBuffer>[] {
    const free = this.#free.get(bytes) ?? []
    this.#free.delete(bytes)
    this.#free.set(bytes, free)
    return free
  }

  /** One of the size that was used longest ago: cameras that are gone must not fill the store for ever. */
  #drop(): void {
    for (const [bytes, free] of this.#free) {
      if (free.pop()) {
        this.#dropped++
        this.#bytes -= bytes
        return
      }
      this.#free.delete(bytes)
    }
  }
}
