/** Many cameras that raise one kind of alert at once are told as one: what comes beyond the first ones is counted. Critical ones are always told. */
import type { Alert, AlertKind, EndedBecause } from '../domain/alert.ts'
import { mostSevere } from '../domain/rule.ts'
import { UsualRate } from './usual-rate.ts'

/** Alerts that begin within so long of each other belong together, and after as long with few of them the storm is over, ms. */
const windowMs = 60_000
/** At least this share of the cameras makes a storm. */
const leastShare = 1 / 4
/** And so many times what is usual in a minute: on a busy morning all cameras tell something all the time. */
const unusual = 4
/** Until it has been at work for so long nobody knows what is usual, and everything is told, ms. */
const learnMs = 600_000
/** Between two messages about a storm that grows, ms. */
const updateEveryMs = 60_000
/** Alerts that are held back and still open; what is beyond is told. */
const mostHeld = 5_000
/** So many cameras an alert lists at most. */
const mostListed = 200
/** These are groups themselves, or about no camera. */
const alone: ReadonlySet<AlertKind> = new Set(['digest', 'storm', 'camera-offline', 'gateway-degraded'])

interface Open {
  alert: Alert
  readonly counts: Map<string, { readonly name: string; count: number }>
  count: number
  told: number
  toldAt: number
  busyAt: number
}

export interface StormsOptions {
  /** So many cameras at least make a storm; 0: nothing does. */
  readonly least: number
  /** Makes a UUIDv7. */
  readonly newId: () => string
}

export class Storms {
  readonly #options: StormsOptions
  /** By kind: when each camera last began an alert of it, monotonic ms. */
  readonly #recent = new Map<AlertKind, Map<string, number>>()
  readonly #usual = new Map<AlertKind, UsualRate>()
  readonly #open = new Map<AlertKind, Open>()
  #since: number | undefined
  /** Alerts that began and were only counted, and have not ended. */
  readonly #held = new Map<string, Alert>()

  constructor(options: StormsOptions) {
    this.#options = options
  }

  /**
   * What is to be told now that a camera says this.
   *
   * @param all cameras that there are
   * @param ticks monotonic ms
   */
  take(alert: Alert, name: string, all: number, ticks: number): Alert[] {
    const { id, kind, phase } = alert
    this.#since ??= ticks
    if (phase !== 'began') return this.#follow(alert)
    if (this.#options.least === 0 || alone.has(kind) || alert.drill) return [alert]
    const cameras = this.#recentOf(kind, ticks)
    cameras.set(alert.camera, ticks)
    const isStorm =
      this.#open.has(kind) ||
      (ticks - this.#since >= learnMs && cameras.size >= this.#threshold(kind, all, ticks))
    // What goes on for long is usual by and by: the storm ends, and each is told again.
    this.#usualOf(kind, this.#since).note(ticks)
    if (!isStorm || !mayWait(alert) || this.#held.size >= mostHeld) return [alert]
    this.#held.set(id, alert)
    return this.#count(alert, name, ticks)
  }

  /** What is to be told by and by: that a storm has grown, or is over; then also those that it hid and that still last. */
  turn(all: number, ticks: number): Alert[] {
    this.#since ??= ticks
    return [...this.#open].flatMap(([kind, open]) => {
      if (2 * this.#recentOf(kind, ticks).size >= this.#threshold(kind, all, ticks)) open.busyAt = ticks
      else if (ticks - open.busyAt >= windowMs)
        return [this.#close(kind, open, 'cleared'), ...this.#release(kind)]
      return this.#grown(kind, open, ticks)
    })
  }

  /** Ends every storm; what it hid ends too, untold. */
  end(because: EndedBecause): Alert[] {
    this.#held.clear()
    return [...this.#open].map(([kind, open]) => this.#close(kind, open, because))
  }

  #threshold(kind: AlertKind, all: number, ticks: number): number {
    const usual = this.#usual.get(kind)?.perMinute(ticks) ?? 0
    return Math.max(this.#options.least, leastShare * all, unusual * usual)
  }

  #usualOf(kind: AlertKind, since: number): UsualRate {
    const usual = this.#usual.get(kind) ?? new UsualRate(since)
    this.#usual.set(kind, usual)
    return usual
  }

  #recentOf(kind: AlertKind, ticks: number): Map<string, number> {
    const cameras = this.#recent.get(kind) ?? new Map<string, number>()
    this.#recent.set(kind, cameras)
    for (const [camera, at] of cameras) if (ticks - at >= windowMs) cameras.delete(camera)
    return cameras
  }

  /** Nobody hears of the end of what they never heard begin; what has become urgent begins now. */
  #follow(alert: Alert): Alert[] {
    if (!this.#held.has(alert.id)) return [alert]
    this.#held.set(alert.id, { ...alert, phase: 'began' })
    if (alert.phase !== 'ended' && mayWait(alert)) return []
    this.#held.delete(alert.id)
    return alert.phase === 'ended' ? [] : [{ ...alert, phase: 'began' }]
  }

  #count(alert: Alert, name: string, ticks: number): Alert[] {
    const { camera, kind } = alert
    const known = this.#open.get(kind)
    const open = known ?? this.#begin(alert, ticks)
    const { count = 0 } = open.counts.get(camera) ?? {}
    open.counts.set(camera, { name, count: count + 1 })
    open.count++
    const time = Math.max(open.alert.time, alert.time)
    open.alert = { ...open.alert, time, severity: mostSevere([open.alert.severity, alert.severity]) }
    if (known) return []
    open.told = open.count
    return [{ ...open.alert, storm: stormOf(kind, open) }]
  }

  #begin({ camera, kind, severity, duty, time }: Alert, ticks: number): Open {
    const open: Open = {
      alert: {
        ...{ id: this.#options.newId(), camera, rule: 'storm', kind: 'storm', severity, duty },
        ...{ phase: 'began', began: time, time, objects: [] },
      },
      ...{ counts: new Map(), count: 0, told: 0, toldAt: ticks, busyAt: ticks },
    }
    this.#open.set(kind, open)
    return open
  }

  #grown(kind: AlertKind, open: Open, ticks: number): Alert[] {
    if (open.count === open.told || ticks - open.toldAt < updateEveryMs) return []
    open.told = open.count
    open.toldAt = ticks
    return [{ ...open.alert, phase: 'updated', storm: stormOf(kind, open) }]
  }

  #close(kind: AlertKind, open: Open, because: EndedBecause): Alert {
    this.#open.delete(kind)
    const { time } = open.alert
    const storm = stormOf(kind, open)
    return { ...open.alert, phase: 'ended', ended: time, endedBecause: because, storm }
  }

  #release(kind: AlertKind): Alert[] {
    const still = [...this.#held.values()].filter((alert) => alert.kind === kind)
    for (const { id } of still) this.#held.delete(id)
    return still
  }
}

/** A view that moved is told at once: pictures are held back for it, also after a restart. */
function mayWait({ severity, tamper }: Alert): boolean {
  return severity !== 'critical' && !tamper?.faults.includes('moved')
}

function stormOf(kind: AlertKind, { counts, count }: Open): NonNullable<Alert['storm']> {
  const cameras = [...counts].slice(0, mostListed).map(([id, one]) => ({ id, ...one }))
  return { kind, count, cameras }
}
