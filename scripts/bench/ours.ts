/** bench:cameras, first part: what the real gateway costs, and what it tells of. */
import { setTimeout as delay } from 'node:timers/promises'
import { Centre } from './centre.ts'
import { type EventScore, scoreEvents } from './events.ts'
import { GatewayProcess, inertiaMs } from './gateway-process.ts'
import { activeBetween, type Material } from './material.ts'
import { costsBetween, type ModelCosts, totalCpuMs } from './model-clock.ts'
import type { PlayingCamera, SimProcess } from './sim-process.ts'
import { median, observe } from './window.ts'

/** Connections, caches, background models and the compiler have settled after this. */
const warmUpSeconds = 30
const oneCameraSeconds = 15
/** A visit so late in the window that its alert could miss it is not expected. */
const lastVisitMs = 4_000

export interface OurCost {
  /** Processor seconds in the window: everything, and the native model runs alone. */
  readonly cpuSeconds: number
  readonly modelMs: number
  readonly modelRuns: ModelCosts
  /** Slope between one camera and all of them, in the same process. */
  readonly pssBytesPerCamera: number
  /** Of the process tree with one camera, models loaded. */
  readonly pssBytesBase: number
  readonly seconds: number
  readonly events: EventScore
  /** The gateway's own counters, as far as they grew in the window. */
  readonly counters: Readonly<Record<string, number>>
}

export interface OurWish {
  readonly sim: SimProcess
  readonly material: Material
  readonly seconds: number
  /** Of another checkout. */
  readonly root?: string
  readonly say: (text: string) => void
}

export async function measureOurs({ sim, material, seconds, root, say }: OurWish): Promise<OurCost> {
  const centre = new Centre()
  await centre.start()
  let gateway: GatewayProcess | undefined
  try {
    gateway = await GatewayProcess.start({ broker: centre.url, root }, sim.cameras.slice(0, 1))
    say('the gateway: one camera')
    await delay(warmUpSeconds * 1_000)
    const one = median((await observe([gateway.tree], oneCameraSeconds)).pssBytes)
    say(`the gateway: ${sim.cameras.length} cameras, ${warmUpSeconds} s to warm up, then ${seconds} s`)
    await gateway.watch(sim.cameras)
    await delay(warmUpSeconds * 1_000)
    const [modelsBefore, countersBefore] = [gateway.modelCosts(), await gateway.metrics()]
    const seen = await observe([gateway.tree], seconds)
    const [modelsAfter, countersAfter] = [gateway.modelCosts(), await gateway.metrics()]
    const modelRuns = costsBetween(modelsBefore, modelsAfter)
    const more = sim.cameras.length - 1
    return {
      cpuSeconds: seen.cpuSeconds,
      modelMs: totalCpuMs(modelRuns),
      modelRuns,
      pssBytesPerCamera: more > 0 ? (median(seen.pssBytes) - one) / more : 0,
      pssBytesBase: one,
      seconds: (seen.to - seen.from) / 1_000,
      events: scoreEvents(
        visitsOf(sim.cameras, material, seen),
        centre.alerts,
        { from: seen.from, to: seen.to - lastVisitMs },
        inertiaMs,
      ),
      counters: grown(countersBefore, countersAfter),
    }
  } finally {
    await gateway?.stop()
    await centre.stop()
  }
}

/** Also those that had begun before: an alert about them is not false. */
function visitsOf(
  cameras: readonly PlayingCamera[],
  material: Material,
  window: { from: number; to: number },
) {
  const earlier = window.from - material.seconds * 1_000
  return cameras.flatMap(({ name, runsSince }) =>
    activeBetween(material, runsSince, earlier, window.to).map((span) => ({ ...span, camera: name })),
  )
}

function grown(before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>) {
  const counters = Object.entries(after).filter(([name]) => name.endsWith('_total'))
  const grown = counters.map(([name, value]) => [name, value - (before[name] ?? 0)] as const)
  return Object.fromEntries(grown.filter(([, value]) => value !== 0))
}
