/** Which cameras are missing, and which of them went missing together: those make one alert, not one each. */
import type { Alert, EndedBecause } from '../domain/alert.ts'
import type { CameraState } from '../domain/camera.ts'
import type { MissingCamera, Outage } from '../domain/outage.ts'
import { type Lapse, type Moment, type Patience, Pulse, type Told } from './pulse.ts'

/** So many cameras an alert lists at most; it counts all of them. */
const mostListed = 200

export interface OutagesOptions extends Patience {
  /** Makes a UUIDv7. */
  readonly newId: () => string
}

export interface ExpectedCamera {
  readonly id: string
  readonly name: string
  /** Cameras that share it may hang on one switch. */
  readonly network: string
}

/** What is to be told. */
export interface Turn {
  readonly states: readonly { readonly camera: string; readonly told: Told }[]
  readonly alerts: readonly Alert[]
}

interface Entry {
  camera: ExpectedCamera
  readonly pulse: Pulse
  told: CameraState | undefined
}

interface Member {
  readonly camera: ExpectedCamera
  readonly lapse: Lapse
}

/** Cameras that went missing together: one alert. */
interface Group {
  readonly id: string
  /** In the order in which they were lost. */
  readonly members: readonly Member[]
  /** Still missing when it was last told. */
  missing: number
  /** Since when one more is back than was told. */
  changed: Moment | undefined
}

export class Outages {
  readonly #options: OutagesOptions
  readonly #entries = new Map<string, Entry>()
  readonly #groups = new Set<Group>()
  /** Lapses for which there is an alert. */
  readonly #alerted = new WeakSet<Lapse>()

  constructor(options: OutagesOptions) {
    this.#options = options
  }

  /** From now on pictures of it are expected; one that is known already may have changed its name or network. */
  expect(camera: ExpectedCamera, at: Moment): void {
    const known = this.#entries.get(camera.id)
    if (known) known.camera = camera
    else this.#entries.set(camera.id, { camera, pulse: new Pulse(this.#options, at), told: undefined })
  }

  forget(camera: string, at: Moment): void {
    this.#entries.get(camera)?.pulse.unwatch(at)
    this.#entries.delete(camera)
  }

  /** What to say of the camera; undefined where that is nothing new, or where nobody expects it. */
  hear(camera: string, state: CameraState, at: Moment): Told | undefined {
    const entry = this.#entries.get(camera)
    entry?.pulse.hear(state, at)
    return entry && news(entry, at)
  }

  /** To be asked every second or so. */
  turn(at: Moment): Turn {
    const states: { camera: string; told: Told }[] = []
    for (const entry of this.#entries.values()) {
      entry.pulse.settle(at)
      const told = news(entry, at)
      if (told) states.push({ camera: entry.camera.id, told })
    }
    return { states, alerts: [...this.#raise(at), ...this.#follow(at)] }
  }

  /** Ends every alert that is open. */
  end(because: EndedBecause, at: Moment): Alert[] {
    const open = [...this.#groups]
    this.#groups.clear()
    return open.map((group) => alertOf(group, 'ended', at, because))
  }

  #raise(at: Moment): Alert[] {
    const { offlineAfterMs, settleMs, newId } = this.#options
    const alerts: Alert[] = []
    for (;;) {
      const fallen = this.#fallen()
      const first = fallen[0]?.lapse.since.ticks
      // A little longer than it takes to be offline: then all that was lost with the first is offline too.
      if (first === undefined || at.ticks - first < offlineAfterMs + settleMs) return alerts
      const together = fallen.filter(({ lapse }) => lapse.since.ticks - first <= settleMs)
      for (const members of this.#split(together)) {
        const group = { id: newId(), members, missing: members.length, changed: undefined }
        for (const { lapse } of members) this.#alerted.add(lapse)
        this.#groups.add(group)
        alerts.push(alertOf(group, 'began', at))
      }
    }
  }

  /** Missing cameras without an alert, in the order in which they were lost. */
  #fallen(): Member[] {
    const missing = [...this.#entries.values()].flatMap(({ camera, pulse }): Member[] => {
      const { lapse } = pulse
      return lapse && pulse.missing && !this.#alerted.has(lapse) ? [{ camera, lapse }] : []
    })
    return missing.sort((one, other) => one.lapse.since.ticks - other.lapse.since.ticks)
  }

  /** One group for each network; one for all where the box sees nothing at all any more. */
  #split(members: readonly Member[]): Iterable<Member[]> {
    const isBlind = [...this.#entries.values()].every(({ pulse }) => pulse.missing || !pulse.expected)
    return Map.groupBy(members, ({ camera }) => (isBlind ? '' : camera.network)).values()
  }

  /** Who is back is told a little later, together with those that follow; that all are back at once. */
  #follow(at: Moment): Alert[] {
    return [...this.#groups].flatMap((group) => {
      const missing = group.members.filter(({ lapse }) => !lapse.over)
      if (missing.length === 0) {
        this.#groups.delete(group)
        return [alertOf(group, 'ended', at, whyOver(group))]
      }
      if (missing.length === group.missing) return []
      group.changed ??= at
      if (at.ticks - group.changed.ticks < this.#options.settleMs) return []
      group.missing = missing.length
      group.changed = undefined
      return [alertOf(group, 'updated', at)]
    })
  }
}

function news(entry: Entry, at: Moment): Told | undefined {
  const told = entry.pulse.told(at)
  if (told.state === entry.told) return undefined
  entry.told = told.state
  return told
}

function whyOver({ members }: Group): EndedBecause {
  return members.some(({ lapse }) => lapse.over?.because === 'back') ? 'cleared' : 'camera-removed'
}

function alertOf(group: Group, phase: Alert['phase'], at: Moment, because?: EndedBecause): Alert {
  const { id, members } = group
  const [{ camera, lapse }] = members
  const began = lapse.since.time
  const backAt = because === 'cleared' ? lastBack(members) : undefined
  // The clock may have been set back meanwhile; an alert does not end before it began.
  const ended = Math.max(began, backAt?.time ?? at.time)
  return {
    ...{ id, camera: camera.id, rule: 'camera-offline', kind: 'camera-offline' },
    ...{ severity: 'minor', duty: 'system', phase, began, time: Math.max(began, at.time), objects: [] },
    outage: outageOf(members, backAt && backAt.ticks - lapse.since.ticks),
    ...(phase === 'ended' && { ended, endedBecause: because }),
  }
}

function lastBack(members: readonly Member[]): Moment | undefined {
  const backs = members.flatMap(({ lapse }) => (lapse.over?.because === 'back' ? lapse.over.at : []))
  return backs.toSorted((one, other) => one.ticks - other.ticks).at(-1)
}

function outageOf(members: readonly Member[], gapMs: number | undefined): Outage {
  const [missing, over] = [false, true].map((isOver) =>
    members.filter(({ lapse }) => (lapse.over !== undefined) === isOver),
  )
  const cameras = [...missing, ...over].slice(0, mostListed).map(memberOf)
  const length = gapMs === undefined ? {} : { gapMs: Math.round(gapMs) }
  return { count: members.length, missing: missing.length, cameras, ...length }
}

function memberOf({ camera: { id, name }, lapse: { since, state, over } }: Member): MissingCamera {
  const length = over?.because === 'back' ? { gapMs: Math.round(over.at.ticks - since.ticks) } : {}
  return { id, name, state, since: since.time, ...length }
}
