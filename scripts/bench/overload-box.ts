/** bench:overload, first part: what the box can do. How many active cameras get the looks that one alone gets. */
import { setTimeout as delay } from 'node:timers/promises'
import { Centre } from './centre.ts'
import { GatewayProcess, mostCameras } from './gateway-process.ts'
import { heldBy, nextToTry, type Tried } from './held-search.ts'
import type { Material } from './material.ts'
import { CpuClock, cpuBetween } from './overload-cpu.ts'
import { analysedPerSecond, takeSample } from './overload-samples.ts'
import { type PlayingCamera, SimProcess } from './sim-process.ts'

/** A start strains the gateway for a moment, and strain takes half a minute to fall: until then it looks more rarely. */
const warmUpSeconds = 45
/** The box holds cameras that get at least this share of what one alone gets. */
const holding = 0.9

export interface Box {
  /** Frames per second that go through the models when one camera has the box to itself. */
  readonly wantedPerCamera: number
  /** The most cameras that the box holds. */
  readonly cameras: number
  /** Frames per second of so many, all together. */
  readonly framesPerSecond: number
}

export interface BoxWish {
  readonly material: Material
  readonly cores: number
  /** Of another checkout. */
  readonly root?: string
  readonly say: (text: string) => void
}

/** One camera says what an active camera asks for and costs; then other numbers are tried. */
export async function measureBox({ material, cores, root, say }: BoxWish): Promise<Box> {
  const centre = new Centre()
  await centre.start()
  let gateway: GatewayProcess | undefined
  let sim = await SimProcess.start(material, 1)
  try {
    gateway = await GatewayProcess.start({ broker: centre.url, root }, sim.cameras)
    say('what the box can do: one camera')
    const one = await measured(gateway, sim.cameras, material)
    if (one.frames === 0) throw new Error('the gateway analyses nothing of a camera that has it to itself')
    const tried: Given[] = [{ cameras: 1, frames: one.frames, holds: true }]
    let next: number | undefined = firstGuess(cores, one.cpuSeconds)
    for (; next; next = nextToTry(tried)) {
      await sim.stop()
      sim = await SimProcess.start(material, next)
      say(`what the box can do: ${next} cameras`)
      await gateway.watch(sim.cameras)
      const { frames } = await measured(gateway, sim.cameras, material)
      tried.push({ cameras: next, frames, holds: frames >= holding * next * one.frames })
      say(`${next} cameras: ${frames.toFixed(1)} frames a second, ${(one.frames * next).toFixed(1)} wanted`)
    }
    return boxOf(tried)
  } finally {
    await gateway?.stop()
    await sim.stop()
    await centre.stop()
  }
}

interface Measured {
  /** Per second, of all cameras. */
  readonly frames: number
  /** Per second: the gateway and the simulator, as both run on the box. */
  readonly cpuSeconds: number
}

async function measured(
  gateway: GatewayProcess,
  cameras: readonly PlayingCamera[],
  material: Material,
): Promise<Measured> {
  await delay(warmUpSeconds * 1_000)
  const clock = new CpuClock(gateway)
  const [before, first] = [clock.read(), await takeSample(gateway, cameras)]
  // Once round, so that all cameras show everything.
  await delay(material.seconds * 1_000)
  const last = await takeSample(gateway, cameras)
  const spent = cpuBetween(before, clock.read())
  const seconds = (last.at - first.at) / 1_000
  return {
    frames: analysedPerSecond(first, last),
    cpuSeconds: (spent.gateway + spent.simulator) / seconds,
  }
}

/** As many as processor time allows. */
export function firstGuess(cores: number, cpuSecondsOfOne: number): number {
  return Math.min(mostCameras, Math.max(2, Math.floor(cores / cpuSecondsOfOne)))
}

/** So many cameras were given so many frames a second, all together. */
export interface Given extends Tried {
  readonly frames: number
}

/** The first of those tried is one camera, which holds. */
export function boxOf(tried: readonly Given[]): Box {
  const cameras = heldBy(tried)
  const held = tried.find((one) => one.cameras === cameras)!
  return { wantedPerCamera: tried[0].frames, cameras, framesPerSecond: held.frames }
}
