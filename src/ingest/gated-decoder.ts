/** The gate at work: keeps one camera's coded pictures, decodes those that somebody will look at, and looks back when something moves. */
import type { Codec, CodedPicture } from '../domain/coded-picture.ts'
import type { Trouble } from '../domain/coverage.ts'
import type { Box } from '../domain/geometry.ts'
import type { GatewayError } from '../kit/errors.ts'
import { CodedRing, type Entry } from './coded-ring.ts'
import { FedDecoder } from './fed-decoder.ts'
import { FrameClock } from './frame-clock.ts'
import { LumaShrinker } from './luma.ts'
import type { Painter } from './mask.ts'
import type { Picture } from './nut.ts'
import type { Gate, PixelShelf, Verdict } from './ports.ts'

export interface GatedDecoderOptions {
  readonly gate: Gate
  readonly mask: Painter
  readonly pixels: PixelShelf
  /** Widest picture, pixels, even. */
  readonly maxWidth: number
  /** Pictures per second of a burst, at most. */
  readonly fps: number
  onPicture(picture: GatedPicture): void
  /** A picture that was due will not be looked at. */
  readonly onMissed?: (trouble: Trouble) => void
  /** The decoder ended by itself. */
  onFailure(failure: GatewayError): void
}

/** A picture that came through the gate, masked. */
export interface GatedPicture extends Picture {
  /** When it was taken, epoch ms on the box's clock. */
  readonly frameTime: number
  /** When its last packet came, epoch ms. */
  readonly arrivedAt: number
  /** Regions that deserve a look, 0..1; none where nothing moved. */
  readonly look: readonly Box[]
  /** It was there before the gate opened. */
  readonly burst: boolean
  /** Of a camera that turns: where it stands. */
  readonly preset?: string
  /** It came, and nobody is to see it: its pixels go back. */
  readonly withheld?: boolean
}

export interface GatedCounters {
  /** Coded pictures that came, that were decoded, and that were shown. */
  readonly coded: number
  readonly decoded: number
  readonly shown: number
  /** How often the gate opened backwards. */
  readonly openings: number
  /** Shown pictures that never came out of the decoder, or for which there was no memory. */
  readonly lost: number
  /** Pictures left out because the decoder was too far behind. */
  readonly skipped: number
}

const burstPictures = 12
/** A jump of the stream's time by more than this is a new stream, ms. */
const jumpMs = 10_000
/** A picture that comes after one that is to be shown later is so far back at most, ms; what is further back has jumped too. */
const reorderedMs = 700
/** Beyond either the decoder is behind: it is fed nothing until it has caught up. */
const maxBacklogBytes = 4 * 1_024 * 1_024
const maxLagMs = 5_000
/** A decoder that reorders pictures (B-frames) gives one away only when the next ones come. This long it may take by itself, ms. */
const promptMs = 150
/** More pictures than this no decoder holds back (H.264 and H.265 both allow 16). */
const mostHeldBack = 16

/** Nobody knows what has to be hidden in it. */
const unknown: Verdict = { open: false, look: [], withheld: true }

interface Owed {
  readonly entry: Entry
  readonly burst: boolean
  /** When the decoder was fed with it, as the arrival of the picture that was newest then, epoch ms. */
  readonly askedAt: number
}

export class GatedDecoder {
  readonly #options: GatedDecoderOptions
  readonly #ring = new CodedRing(undefined, () => (this.#decoder?.backlog ?? 0) === 0)
  readonly #clock = new FrameClock()
  readonly #luma = new LumaShrinker()
  #decoder: FedDecoder | undefined
  /** Pictures that were asked for and have not come out, by position. */
  readonly #owed = new Map<number, Owed>()
  /** Number of the newest picture the decoder knows all about; undefined where it must begin at a key picture. */
  #fedTo: number | undefined
  /** Number of the newest picture that was shown to the gate. */
  #shownTo: number | undefined
  /** Stream time of the picture at which the decoder began or went back: leading pictures, shown before it, it cannot decode. */
  #beganMs = Number.NEGATIVE_INFINITY
  /** Added to a picture's time: the decoder's positions only grow, also where the gate goes back, and are never negative. */
  #offset = 1_000
  #lastPosition = 0
  /** What comes out below it was asked for before the gate went back. */
  #firstPosition = 0
  #pushes = 0
  /** The picture that is to be shown last of those that came. */
  #newest: { readonly timeMs: number; readonly frameTime: number } | undefined
  #settled: (() => void) | undefined
  #counted = { coded: 0, decoded: 0, shown: 0, openings: 0, lost: 0, skipped: 0 }

  constructor(options: GatedDecoderOptions) {
    this.#options = options
  }

  get counters(): GatedCounters {
    return { ...this.#counted }
  }

  /** How often stream time had to be mapped to the clock anew. */
  get reanchored(): number {
    return this.#clock.reanchored
  }

  /** Each coded picture, in the order in which they come. */
  take(picture: CodedPicture): void {
    this.#counted.coded++
    if (picture.afterLoss) this.#options.onMissed?.('damaged')
    this.#followTime(picture)
    const entry = this.#ring.add(picture, this.#frameTime(picture))
    const choice = this.#options.gate.coded(picture)
    if (choice === 'open') this.#open(this.#shownTo, entry)
    else if (choice === 'show') this.#feedThrough(entry, true)
    else if (choice === 'decode') this.#feedThrough(entry, false)
    else this.#push(entry)
    if (this.#shownTo !== undefined)
      this.#ring.forgetBefore(Math.min(this.#shownTo, this.#fedTo ?? this.#shownTo))
  }

  /** Resolves when every picture that was asked for is out (for those who drive it in a time of their own). */
  async settled(): Promise<void> {
    if (this.#owed.size > 0) {
      await new Promise<void>((resolve) => {
        this.#settled = resolve
      })
    }
  }

  /** Resolves when the decoder is gone. */
  async stop(): Promise<void> {
    this.#settled?.()
    await this.#decoder?.stop()
  }

  /** What was coded before a jump is not looked back at, but the decoder goes on: it knows no time, and the next key picture may be far. */
  #followTime({ timeMs }: CodedPicture): void {
    const aheadMs = timeMs - (this.#newest?.timeMs ?? timeMs)
    if (aheadMs <= jumpMs && aheadMs > -reorderedMs) return
    this.#ring.clear()
    this.#shownTo = undefined
    this.#beganMs = Number.NEGATIVE_INFINITY
    this.#offset = this.#lastPosition + 1_000 - Math.round(timeMs)
  }

  /** Only pictures that come in the order of showing tell how stream time runs; one that was coded out of it (B-frame) follows them. */
  #frameTime({ timeMs, arrivedAt }: CodedPicture): number {
    const newest = this.#newest
    if (newest && timeMs < newest.timeMs && newest.timeMs - timeMs < reorderedMs) {
      return newest.frameTime - (newest.timeMs - timeMs)
    }
    const frameTime = this.#clock.at(timeMs, arrivedAt)
    this.#newest = { timeMs, frameTime }
    return frameTime
  }

  /**
   * Feeds what the decoder lacks to decode this picture, and the picture. Pictures that nobody needs are left out. Where the key
   * picture it depends on is gone it is missed.
   */
  #feedThrough(entry: Entry, shown: boolean): void {
    if (this.#isBehind()) return
    const first = this.#startFor(entry)
    if (first === undefined) {
      if (shown) this.#miss()
      return
    }
    this.#feed(first, entry.number, (one) => shown && one === entry)
  }

  /** The number from which the decoder must be fed so that it can decode `entry`. */
  #startFor({ number }: Entry): number | undefined {
    const key = this.#ring.keyBefore(number)
    const next = this.#fedTo === undefined ? undefined : this.#fedTo + 1
    if (next !== undefined && this.#ring.at(next) && (!key || key.number <= next)) return next
    return key?.number
  }

  /** From the picture after `since` to `newest`, thinned to a burst; the decoder goes back where it has to. */
  #open(since: number | undefined, newest: Entry): void {
    if (this.#isBehind()) return
    this.#counted.openings++
    const goesOn = since !== undefined && this.#fedTo !== undefined && this.#fedTo >= since
    const isNext = goesOn && this.#fedTo === since && this.#ring.at(since + 1) !== undefined
    const start = isNext
      ? since + 1
      : (this.#ring.keyBefore(since ?? newest.number) ?? this.#ring.oldestKey())?.number
    if (start === undefined) {
      this.#miss()
      return
    }
    const wanted = this.#thin(start, newest, since)
    this.#feed(start, newest.number, (one) => wanted.has(one.number), true)
  }

  /** A group of pictures was too large for the ring. Before its first key picture a stream has nothing to miss. */
  #miss(): void {
    if (this.#decoder) this.#options.onMissed?.('failed')
  }

  /** At most `burstPictures`, evenly spread over the time after the picture that was shown last; the newest is among them. */
  #thin(start: number, newest: Entry, since: number | undefined): Set<number> {
    const shownMs = since === undefined ? undefined : this.#ring.at(since)?.picture.timeMs
    const startMs = this.#ring.at(start)?.picture.timeMs ?? Number.NEGATIVE_INFINITY
    const entries = [...this.#ring.between(start, newest.number)]
      .filter(({ picture: { timeMs } }) => timeMs >= startMs && (shownMs === undefined || timeMs > shownMs))
      .toSorted((a, b) => a.picture.timeMs - b.picture.timeMs)
    const spanMs =
      entries.length > 0 ? entries[entries.length - 1].picture.timeMs - entries[0].picture.timeMs : 0
    const count = Math.min(burstPictures, entries.length, 1 + Math.ceil((spanMs * this.#options.fps) / 1_000))
    const wanted = new Set<number>()
    for (let i = 0; i < count; i++) {
      wanted.add(
        entries[entries.length - 1 - Math.round((i * (entries.length - 1)) / Math.max(1, count - 1))].number,
      )
    }
    return wanted
  }

  /** Where it was fed already, the decoder sees it as new pictures; what was asked for before is not waited for any more. */
  #goBackTo(start: number): void {
    const entry = this.#ring.at(start)
    if (!entry || this.#position(entry) > this.#lastPosition) return
    this.#offset += this.#lastPosition + 1 - this.#position(entry)
    this.#firstPosition = this.#position(entry)
    this.#owed.clear()
    this.#decoder?.endSequence()
  }

  #feed(first: number, last: number, isShown: (entry: Entry) => boolean, isBurst = false): void {
    const goesOn = this.#fedTo === first - 1
    if (!goesOn) this.#goBackTo(first)
    if (!goesOn) this.#beganMs = this.#ring.at(first)?.picture.timeMs ?? this.#beganMs
    const decoder = this.#start(this.#ring.at(first)?.picture.codec)
    decoder?.together(() => {
      for (const entry of this.#ring.between(first, last)) {
        const shown = isShown(entry)
        this.#fedTo = entry.number
        const { picture } = entry
        if (picture.timeMs < this.#beganMs) continue
        if (!shown && !picture.reference) continue
        this.#feedOne(decoder, entry, shown, isBurst && entry.number < last)
      }
    })
  }

  #start(codec: Codec | undefined): FedDecoder | undefined {
    if (!codec) return undefined
    this.#decoder ??= new FedDecoder({
      codec,
      maxWidth: this.#options.maxWidth,
      pixels: this.#options.pixels,
      onPicture: (picture) => this.#show(picture),
      onFailure: (failure) => this.#options.onFailure(failure),
    })
    return this.#decoder
  }

  #feedOne(decoder: FedDecoder, entry: Entry, shown: boolean, burst: boolean): void {
    const position = this.#position(entry)
    this.#lastPosition = Math.max(this.#lastPosition, position)
    const askedAt = this.#ring.newest?.picture.arrivedAt ?? entry.picture.arrivedAt
    if (shown) this.#owed.set(position, { entry, burst, askedAt })
    this.#pushes = 0
    this.#counted.decoded++
    decoder.feed(entry.picture.bytes, position, shown)
  }

  #position({ picture }: Entry): number {
    return Math.round(picture.timeMs) + this.#offset
  }

  #isBehind(): boolean {
    const backlog = this.#decoder?.backlog ?? 0
    if (backlog < maxBacklogBytes && (backlog === 0 || this.#lagMs < maxLagMs)) return false
    this.#counted.skipped++
    this.#options.onMissed?.('overload')
    return true
  }

  /** How long the oldest picture that was asked for has been on its way, ms. */
  get #lagMs(): number {
    const [oldest] = this.#owed.values()
    const newest = this.#ring.newest
    return oldest && newest ? newest.picture.arrivedAt - oldest.askedAt : 0
  }

  /** While the gate is closed: a key picture that the decoder holds back comes out when its successors are fed. */
  #push(entry: Entry): void {
    const [oldest] = this.#owed.values()
    if (!oldest || entry.picture.arrivedAt - oldest.entry.picture.arrivedAt < promptMs) return
    if (this.#pushes >= mostHeldBack || this.#isBehind()) return
    const pushes = this.#pushes + 1
    this.#feedThrough(entry, false)
    this.#pushes = pushes
  }

  #show(picture: Picture): void {
    const position = picture.timeMs
    const owed = this.#owed.get(position)
    this.#forgetOwedUpTo(position)
    const { pixels: memory, mask, gate, onPicture } = this.#options
    if (!owed || position < this.#firstPosition) {
      memory.give(picture.pixels)
      return
    }
    const { entry, burst } = owed
    const { pixels, width, height } = picture
    const { timeMs, arrivedAt } = entry.picture
    const isPainted = mask.paint(pixels, width, height, timeMs)
    const verdict = isPainted ? gate.shown(this.#luma.shrink(pixels, width, height), timeMs) : unknown
    const { open, look, worthless, preset, withheld } = verdict
    const since = this.#shownTo
    const newest = this.#ring.newest
    if (worthless) {
      memory.give(pixels)
      this.#shownTo = entry.number
      this.#options.onMissed?.('damaged')
    } else if (open && !burst && newest && since !== undefined && this.#ring.keyBefore(since)) {
      // It comes out once more, in its place.
      memory.give(pixels)
      this.#open(since, newest)
    } else {
      this.#counted.shown++
      this.#shownTo = entry.number
      const { frameTime } = entry
      onPicture({
        ...{ pixels, width, height, timeMs, arrivedAt, frameTime, look, burst },
        ...(preset !== undefined && { preset }),
        ...(withheld && { withheld }),
      })
    }
    if (this.#owed.size === 0) this.#settled?.()
  }

  /** Pictures come out in the order of their positions: what is older and did not come is lost. */
  #forgetOwedUpTo(position: number): void {
    for (const one of this.#owed.keys()) {
      if (one > position) continue
      if (one < position) {
        this.#counted.lost++
        this.#options.onMissed?.('damaged')
      }
      this.#owed.delete(one)
    }
  }
}
