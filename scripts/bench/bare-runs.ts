/** A child of bench:pool that does nothing but `session.run`: the floor that the vision pool is compared with. */
import '../../src/vision/no-telemetry.ts'
import * as ort from 'onnxruntime-node'
import { sessionOptions } from '../../src/vision/detector.ts'
import { inputTensors } from '../../src/vision/input-tensors.ts'
import type { ModelOnDisk } from '../../src/vision/ports.ts'

/** One run: which model, and the size of its input in pixels. */
export interface BareRun {
  readonly model: string
  readonly width: number
  readonly height: number
}

/** From the parent: repeat these runs in this order for so long. */
export interface BareOrder {
  readonly runs: readonly BareRun[]
  readonly forMs: number
}

/** To the parent: milliseconds of one run, by the clock and of processor time, for each place of the order. */
export interface BareAnswer {
  readonly wallMs: readonly number[]
  readonly cpuMs: readonly number[]
}

const sessions = new Map<string, { session: ort.InferenceSession; manifest: ModelOnDisk['manifest'] }>()
const feeds = new Map<string, Record<string, ort.Tensor>>()

async function open({ manifest, path }: ModelOnDisk): Promise<void> {
  sessions.set(manifest.name, { session: await ort.InferenceSession.create(path, sessionOptions), manifest })
}

/** Grey noise: what is in the picture does not change how long a convolution takes. */
function feedsOf({ name, input }: ModelOnDisk['manifest'], width: number, height: number) {
  const key = `${name} ${width}x${height}`
  const known = feeds.get(key)
  if (known) return known
  const tensors = inputTensors(input, { width, height }).map(({ name, type, dims }) => {
    const length = dims.reduce((product, side) => product * side, 1)
    const noise = Uint8Array.from({ length }, (_, i) => (i * 7_919) % 256)
    const values = type === 'uint8' ? noise : Float32Array.from(noise)
    return [name, new ort.Tensor(type, values as Uint8Array, dims)] as const
  })
  const made = Object.fromEntries(tensors)
  feeds.set(key, made)
  return made
}

/** At least once through the order. */
async function repeat({ runs, forMs }: BareOrder): Promise<BareAnswer> {
  const sums = runs.map(() => ({ wallMs: 0, cpuMs: 0, count: 0 }))
  const began = performance.now()
  for (let i = 0; i < runs.length || performance.now() - began < forMs; i++) {
    const sum = sums[i % runs.length]
    const { model, width, height } = runs[i % runs.length]
    const { session, manifest } = sessions.get(model)!
    const tensors = feedsOf(manifest, width, height)
    const cpu = process.cpuUsage()
    const before = performance.now()
    await session.run(tensors, manifest.output.names)
    sum.wallMs += performance.now() - before
    const { user, system } = process.cpuUsage(cpu)
    sum.cpuMs += (user + system) / 1_000
    sum.count++
  }
  return {
    wallMs: sums.map(({ wallMs, count }) => wallMs / count),
    cpuMs: sums.map(({ cpuMs, count }) => cpuMs / count),
  }
}

process.on('message', (message: { open: ModelOnDisk[] } | BareOrder) => {
  const answer = 'open' in message ? Promise.all(message.open.map(open)) : repeat(message)
  void answer.then((value) => process.send!(value))
})
process.once('disconnect', () => process.exit())
