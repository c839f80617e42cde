/** bench:latency, one step: the real gateway on so many cameras that are active all the time, and what it tells of them. */
import { setTimeout as delay } from 'node:timers/promises'
import { Centre, type NotedAlert } from './centre.ts'
import { GatewayProcess } from './gateway-process.ts'
import { crossingsPerSecond, linesFor, watchedLines } from './latency-lines.ts'
import type { Material } from './material.ts'
import { Neighbours } from './neighbours.ts'
import { SimProcess } from './sim-process.ts'

/** Connections, caches, background models and the compiler have settled after this. */
const warmUpSeconds = 20
/** The gateway opens cameras one after the other, so far apart. */
const secondsPerCamera = 0.2
/** An alert of the window's last frame may come so much later; what is later still comes while the gateway stops. */
const drainMs = 3_000
/** Pictures are needed to tell which frame it was; these are more than most windows have alerts. */
const mostPictures = 1_000

/** The gateway's own counters at one moment. */
export interface Reading {
  /** Epoch ms. */
  readonly askedAt: number
  readonly answeredAt: number
  /** By camera, then by name. */
  readonly cameras: Readonly<Record<string, Readonly<Record<string, number>>>>
}

export interface Step {
  readonly cameras: number
  /** Of each camera. */
  readonly lines: number
  /** Of all lines together, on average. */
  readonly crossingsPerSecond: number
  /** At the two ends of the window. */
  readonly before: Reading
  readonly after: Reading
  /** All that came, whenever. */
  readonly alerts: readonly NotedAlert[]
  /** By id of the alert. */
  readonly pictures: ReadonlyMap<string, Buffer>
  /** Epoch ms at which the first round of each camera's loop began. */
  readonly runsSince: ReadonlyMap<string, number>
  /** Processors that other programs kept busy meanwhile. */
  readonly othersCores: number
}

export interface StepWish {
  readonly cameras: number
  readonly seconds: number
  readonly material: Material
  /** Of another checkout. */
  readonly root?: string
  readonly say: (text: string) => void
}

export async function measureStep({ cameras, seconds, material, root, say }: StepWish): Promise<Step> {
  const warmUp = Math.round(warmUpSeconds + cameras * secondsPerCamera)
  say(`${cameras} active: ${warmUp} s to warm up, then ${seconds} s`)
  const centre = new Centre(mostPictures)
  const lines = linesFor(cameras, material)
  const sim = await SimProcess.start(material, cameras)
  await centre.start()
  let gateway: GatewayProcess | undefined
  let before: Reading
  let after: Reading
  let othersCores: number
  try {
    gateway = await GatewayProcess.start(
      { broker: centre.url, root, watched: watchedLines(lines) },
      sim.cameras,
    )
    await delay(warmUp * 1_000)
    const neighbours = new Neighbours()
    before = await read(gateway)
    await delay(seconds * 1_000)
    after = await read(gateway)
    othersCores = neighbours.cores
    await delay(drainMs)
  } finally {
    // In this order, as the gateway sends what it has while it stops; it says so where it had ended by itself.
    try {
      await gateway?.stop()
    } finally {
      await centre.stop()
      await sim.stop()
    }
  }
  const runsSince = new Map(sim.cameras.map(({ name, runsSince }) => [name, runsSince]))
  const { alerts, pictures } = centre
  return {
    ...{ cameras, lines, before, after, alerts, pictures, runsSince, othersCores },
    crossingsPerSecond: crossingsPerSecond(cameras, lines, material),
  }
}

async function read(gateway: GatewayProcess): Promise<Reading> {
  const askedAt = Date.now()
  const cameras = await gateway.cameraMetrics()
  return { askedAt, answeredAt: Date.now(), cameras }
}
