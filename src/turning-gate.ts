/** The gate of a camera that turns: the masks of the preset at which it stands, attention of its own for each stay, and nothing while nobody knows. */
import type { Camera } from './domain/camera.ts'
import type { Turning } from './health/turning.ts'
import type { Gate } from './ingest/ports.ts'

/** While it comes to rest or leaves a picture is wanted this often, of stream time, ms. */
const askEveryMs = 400
/** While it is away key pictures do: they cost least. One is wanted this often where they lie far apart, ms. */
const awayEveryMs = 4_000

export interface TurningGateOptions {
  readonly camera: Pick<Camera, 'presets'>
  readonly turning: Turning
  /** It was shown a picture, or stream began anew. */
  seen(): void
  /** It has come to rest at that preset: who judges its pictures from now on. Or it has left. */
  turned(preset: string | undefined): Gate | undefined
}

export function turningGate({ camera, turning, seen, turned }: TurningGateOptions): Gate {
  let stay: { readonly preset: string; readonly gate: Gate } | undefined
  let askedMs = Number.NEGATIVE_INFINITY
  const follow = () => {
    seen()
    const { at } = turning
    if (at === stay?.preset) return
    const gate = turned(at)
    stay = at === undefined || !gate ? undefined : { preset: at, gate }
  }
  return {
    get isOpen() {
      return stay?.gate.isOpen ?? false
    },
    begin() {
      turning.begin()
      follow()
    },
    coded(facts) {
      const choice = stay?.gate.coded(facts) ?? 'keep'
      if (choice !== 'keep' || (stay && !turning.isChanging)) return choice
      const everyMs = turning.isChanging || facts.key ? askEveryMs : awayEveryMs
      if (Math.abs(facts.timeMs - askedMs) < everyMs) return 'keep'
      askedMs = facts.timeMs
      return 'show'
    },
    masks(luma, timeMs) {
      const at = turning.place(luma, timeMs)
      follow()
      return camera.presets?.find(({ name }) => name === at)?.masks
    },
    shown(luma, timeMs) {
      const fate = turning.see(luma, timeMs)
      follow()
      if (fate === 'corrupted') return { open: false, look: [], worthless: true }
      if (fate === 'withheld' || !stay) return { open: false, look: [], withheld: true }
      return { ...stay.gate.shown(luma, timeMs), preset: stay.preset }
    },
  }
}
