/** Lets the further voices speak beside the outbox: retained is the newest only, anew at every connect; what is said once is not queued. */
import type { InventoryFacts } from '../../contract/inventory-message.ts'
import type { Alert } from '../../domain/alert.ts'
import type { Camera, CameraState } from '../../domain/camera.ts'
import type { Track } from '../../domain/track.ts'
import { type Log, oncePer } from '../../kit/log.ts'
import { sleep } from '../../kit/retry.ts'
import { Bell } from '../bell.ts'
import type { Announced } from '../ports.ts'
import type { Session } from '../session.ts'
import { Heard } from './heard.ts'
import { countInView } from './in-view.ts'
import type { Saying, Voice } from './voice.ts'

/** What is retained of a camera is told so often at most. */
const everyMs = 1_000

/** Each change rings; nothing is missed by sleeping long. */
const idleMs = 3_600_000

/** What may be said at once before the broker has acknowledged the first of it; beyond it nothing is. */
const mostUnacknowledged = 200

export interface VoicesOptions {
  readonly voices: readonly Voice[]
  readonly announced: Announced
  /** Asked whenever something is told. */
  inventory(): InventoryFacts
  readonly log: Log
}

export class Voices {
  readonly #options: VoicesOptions
  readonly #grumble = oncePer(60_000)
  readonly #bell = new Bell()
  readonly #heard = new Map<string, Heard>()
  /** Cameras of which something has changed; `#all`: anything may have. */
  readonly #untold = new Set<string>()
  #all = true
  /** Topics of which is written down that the broker may hold them. */
  readonly #held = new Set<string>()
  /** What it was told in this session. */
  readonly #told = new Map<string, string>()
  #session: Session | undefined
  #unacknowledged = 0
  #unsaid = 0

  constructor(options: VoicesOptions) {
    this.#options = options
  }

  /** Events that nobody heard: the broker was away, refused them or had too much to acknowledge. */
  get unsaid(): number {
    return this.#unsaid
  }

  /** An alert was saved. Of drills is not told: these listeners have no word for them and would take them for real. */
  alert(alert: Alert): void {
    if (this.#options.voices.length === 0 || alert.drill) return
    const change = this.#hear(alert.camera).alert(alert)
    for (const voice of this.#options.voices) {
      for (const saying of voice.ofAlert(alert, change)) void this.#sayNow(saying)
    }
    this.#changed(alert.camera)
  }

  cameraState(camera: string, state: CameraState, since: number): void {
    if (this.#hear(camera).become(state, since)) this.#changed(camera)
  }

  /** What is followed in a picture of this camera. */
  inView(camera: string, tracks: readonly Track[]): void {
    if (this.#options.voices.length === 0) return
    if (this.#hear(camera).see(countInView(tracks))) this.#changed(camera)
  }

  forgetCamera(camera: string): void {
    this.#heard.delete(camera)
    this.inventoryChanged()
  }

  /** Cameras or rules have come, gone or changed. */
  inventoryChanged(): void {
    this.#all = true
    this.#bell.ring()
  }

  /** Until the session is over. */
  async run(session: Session): Promise<void> {
    this.#session = session
    this.#told.clear()
    this.#all = true
    const held = await this.#write((announced) => announced.voicedTopics())
    for (const topic of held ?? []) this.#held.add(topic)
    while (!session.over.aborted) {
      await this.#tellChanged(session)
      await sleep(everyMs, session.over)
      await this.#bell.wait(idleMs, session.over)
    }
  }

  #hear(camera: string): Heard {
    const heard = this.#heard.get(camera) ?? new Heard(Date.now())
    this.#heard.set(camera, heard)
    return heard
  }

  #changed(camera: string): void {
    this.#untold.add(camera)
    this.#bell.ring()
  }

  async #tellChanged(session: Session): Promise<void> {
    const { voices } = this.#options
    const { cameras, ...gateway } = this.#options.inventory()
    const all = this.#all
    const isDue = ({ id, enabled }: Camera) => enabled && (all || this.#untold.has(id))
    const due = cameras.filter(isDue)
    this.#all = false
    this.#untold.clear()
    const wanted = new Set<string>()
    if (all) await this.#tell(session, wanted, () => voices.flatMap((voice) => voice.ofGateway(gateway)))
    // One after the other: alerts find room in between.
    for (const camera of due) {
      const view = () => this.#hear(camera.id).view(camera)
      await this.#tell(session, wanted, () => voices.flatMap((voice) => voice.ofCamera(view())))
    }
    if (!all) return
    for (const topic of [...this.#held].filter((topic) => !wanted.has(topic))) {
      await this.#retain(session, { topic, payload: '', retain: true })
    }
  }

  /** Written down before it is told: a crash in between leaves one topic too many, not one too few. */
  async #tell(session: Session, wanted: Set<string>, ask: () => readonly Saying[]): Promise<void> {
    const sayings = ask()
    for (const { topic } of sayings) wanted.add(topic)
    const fresh = sayings.filter(({ topic, payload }) => payload !== '' && !this.#held.has(topic))
    if (fresh.length > 0) {
      const topics = fresh.map(({ topic }) => topic)
      for (const topic of topics) this.#held.add(topic)
      await this.#write((announced) => announced.voiced(topics))
    }
    // Asked again: an alert may have been told meanwhile. What it names for the first time comes with the next round.
    const known = ask().filter(({ topic }) => this.#held.has(topic))
    await Promise.all(known.map((saying) => this.#retain(session, saying)))
  }

  async #retain(session: Session, saying: Saying): Promise<void> {
    const { topic, payload } = saying
    if (this.#told.get(topic) === payload) return
    this.#told.set(topic, payload)
    const outcome = await session.publish(saying)
    if (outcome.kind === 'refused') this.#complain(topic, outcome.why)
    if (outcome.kind !== 'accepted' || this.#told.get(topic) !== '') return
    this.#told.delete(topic)
    this.#held.delete(topic)
    await this.#write((announced) => announced.unvoiced([topic]))
  }

  /** What is retained can wait for the next round; what is said once is said now or never. */
  async #sayNow(saying: Saying): Promise<void> {
    const { topic, payload, retain } = saying
    if (retain && !this.#told.get(topic)) return
    const session = this.#session
    if (!session || session.over.aborted || this.#unacknowledged >= mostUnacknowledged) {
      if (!retain) this.#unsaid++
      return
    }
    if (retain) this.#told.set(topic, payload)
    this.#unacknowledged++
    const outcome = await session.publish(saying)
    this.#unacknowledged--
    if (outcome.kind === 'refused') this.#complain(topic, outcome.why)
    if (outcome.kind !== 'accepted' && !retain) this.#unsaid++
  }

  #complain(topic: string, why: string): void {
    this.#grumble('refused', () =>
      this.#options.log.warn({ topic, why }, 'the broker refused a message of a further voice'),
    )
  }

  /** A store in trouble keeps nothing from being told. */
  async #write<Result>(ask: (announced: Announced) => Promise<Result>): Promise<Result | undefined> {
    try {
      return await ask(this.#options.announced)
    } catch (error) {
      this.#grumble('store', () =>
        this.#options.log.error({ err: error }, 'which topics were told cannot be read or written'),
      )
      return undefined
    }
  }
}
