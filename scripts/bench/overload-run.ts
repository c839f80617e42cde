/** bench:overload: the real gateway on more active cameras than it can do, sampled every few seconds. */
import { setTimeout as delay } from 'node:timers/promises'
import { Centre, type NotedAlert } from './centre.ts'
import { GatewayProcess } from './gateway-process.ts'
import type { Material } from './material.ts'
import { costsBetween, type ModelCosts } from './model-clock.ts'
import { CpuClock, type CpuReading, cpuBetween } from './overload-cpu.ts'
import { analysedPerSecond, rates, type Sample, takeSample } from './overload-samples.ts'
import { fairness } from './overload-shares.ts'
import { type PlayingCamera, SimProcess } from './sim-process.ts'

/** Memory of frames is then reserved, code is compiled, strain has found its level, and tables of the database have grown. */
const warmUpSeconds = 60
const sampleEveryMs = 3_000
const sayEverySeconds = 30

export interface OverloadRun {
  readonly cameras: readonly PlayingCamera[]
  /** In order; the first and the last are the ends of the window. */
  readonly samples: readonly Sample[]
  readonly cpu: CpuReading
  readonly modelRuns: ModelCosts
  readonly alerts: readonly NotedAlert[]
}

export interface OverloadWish {
  readonly material: Material
  readonly cameras: number
  /** The window; whole rounds of the loop, so that every camera shows the same in it. */
  readonly seconds: number
  /** Of another checkout. */
  readonly root?: string
  readonly say: (text: string) => void
}

export async function overload({
  material,
  cameras,
  seconds,
  root,
  say,
}: OverloadWish): Promise<OverloadRun> {
  const centre = new Centre()
  await centre.start()
  const sim = await SimProcess.start(material, cameras)
  let gateway: GatewayProcess | undefined
  try {
    say(`overload: ${cameras} cameras, ${warmUpSeconds} s to warm up, then ${seconds} s`)
    gateway = await GatewayProcess.start({ broker: centre.url, root }, sim.cameras)
    await delay(warmUpSeconds * 1_000)
    const clock = new CpuClock(gateway)
    const [cpuBefore, modelsBefore] = [clock.read(), gateway.modelCosts()]
    const samples = await sampleFor(seconds, gateway, sim.cameras, say)
    return {
      cameras: sim.cameras,
      samples,
      cpu: cpuBetween(cpuBefore, clock.read()),
      modelRuns: costsBetween(modelsBefore, gateway.modelCosts()),
      alerts: [...centre.alerts],
    }
  } finally {
    await gateway?.stop()
    await sim.stop()
    await centre.stop()
  }
}

/** Each some seconds; the first and the last are at the ends. */
async function sampleFor(
  seconds: number,
  gateway: GatewayProcess,
  cameras: readonly PlayingCamera[],
  say: OverloadWish['say'],
): Promise<Sample[]> {
  const first = await takeSample(gateway, cameras)
  const samples = [first]
  const until = first.at + seconds * 1_000
  let toldAt = first.at
  do {
    await delay(Math.min(sampleEveryMs, Math.max(0, until - Date.now())))
    const sample = await takeSample(gateway, cameras)
    samples.push(sample)
    if (sample.at - toldAt < sayEverySeconds * 1_000) continue
    toldAt = sample.at
    say(progress(first, sample, seconds))
  } while (Date.now() < until)
  return samples
}

function progress(first: Sample, last: Sample, seconds: number): string {
  const each = Object.values(rates(first, last))
  return [
    `${Math.round((last.at - first.at) / 1_000)} s of ${seconds}`,
    `${analysedPerSecond(first, last).toFixed(1)} frames/s`,
    `fairness ${fairness(each).toFixed(2)}`,
    `${Math.round(last.pssBytes / 1e6)} MB`,
    `outbox ${last.sums.skyeye_outbox_pending ?? '-'}`,
  ].join(', ')
}
