/** Puts the `$` frames of an RTSP connection (RFC 2326, 10.12) together again from runs that may cut them. */

const headBytes = 4

export interface FrameSink {
  /** One whole frame: its content lies in `bytes` from `from` up to `to`, and only during the call. */
  frame(channel: number, bytes: Buffer, from: number, to: number): void
}

/** Frames that lie whole in a run are handed on where they are; only one that is cut is copied. */
export class InterleavedReader {
  readonly #sink: FrameSink
  /** Holds the frame that is cut; grows to the longest there was, 64 KiB at most. */
  #held: Buffer = Buffer.alloc(2_048)
  #heldBytes = 0
  /** Length of the frame that is cut, head included; 0 where none is. */
  #wanted = 0

  constructor(sink: FrameSink) {
    this.#sink = sink
  }

  /** A run as RtspReader gives it: it goes on where the last one ended, and no head of a frame is cut. */
  feed(run: Buffer): void {
    let at = this.#wanted > 0 ? this.#goOn(run) : 0
    while (at < run.length) {
      const end = at + headBytes + run.readUInt16BE(at + 2)
      if (end > run.length) {
        this.#hold(run, at, end - at)
        return
      }
      this.#sink.frame(run[at + 1], run, at + headBytes, end)
      at = end
    }
  }

  #hold(run: Buffer, at: number, length: number): void {
    if (this.#held.length < length) this.#held = Buffer.allocUnsafeSlow(length)
    this.#heldBytes = run.copy(this.#held, 0, at)
    this.#wanted = length
  }

  /** Fills the frame that is cut; returns where the next one begins. */
  #goOn(run: Buffer): number {
    const taken = Math.min(this.#wanted - this.#heldBytes, run.length)
    run.copy(this.#held, this.#heldBytes, 0, taken)
    this.#heldBytes += taken
    if (this.#heldBytes === this.#wanted) {
      this.#wanted = 0
      this.#sink.frame(this.#held[1], this.#held, headBytes, this.#heldBytes)
    }
    return taken
  }
}
