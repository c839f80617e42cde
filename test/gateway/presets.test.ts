/** A camera that turns, through the gateway as a whole: rules and masks of where it stands, and nothing in between. */
import sharp from 'sharp'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Camera, Preset } from '../../src/domain/camera.ts'
import type { Outline } from '../../src/domain/view.ts'
import { View } from '../../src/health/view.ts'
import { readClip } from '../../src/ingest/clip.ts'
import { LumaShrinker } from '../../src/ingest/luma.ts'
import { Networks } from '../../src/ingest/networks.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { Store } from '../../src/store/store.ts'
import { digestOf } from '../../src/view-memory.ts'
import { generous, origin } from '../store/samples.ts'
import { turningClip, type Wall } from '../support/turning-clip.ts'
import { Bench, until } from './bench.ts'

const log = createLog('silent', new SecretMask())
let bench: Bench

beforeEach(async () => {
  bench = await Bench.make()
})
afterEach(() => bench.stop())

const box = (x1: number, y1: number, x2: number, y2: number) => [
  [x1, y1],
  [x2, y1],
  [x2, y2],
  [x1, y2],
]
const masks = { gate: box(0, 0, 0.2, 0.2), dock: box(0.8, 0, 1, 0.2) }
const preset = (name: 'gate' | 'dock') => ({
  name,
  masks: [masks[name]],
  zones: [{ name: 'all', polygon: box(0, 0, 1, 1) }],
  rules: [
    { kind: 'intrusion', zone: 'all', name: `at-${name}`, labels: ['person'], inertiaMs: 0, cooldownMs: 0 },
  ],
})

const scene = (wall: Wall, seconds: number) => ({ wall, seconds })

async function dome(...scenes: Parameters<typeof turningClip>) {
  const url = await bench.sim.addCamera('dome', { clip: await turningClip(...scenes) })
  return { id: 'dome', name: 'dome', url, ptz: true, presets: [preset('gate'), preset('dock')] }
}

/** What the gateway would have learned of a preset while the camera stood there. */
async function outlineOf({ name, masks }: Preset): Promise<Outline> {
  const view = new View()
  const shrinker = new LumaShrinker()
  const clip = await turningClip(scene(name as Wall, 3))
  const camera = { id: 'dome', masks }
  const options = {
    camera,
    maxWidth: 640,
    networks: new Networks([]),
    log,
    signal: AbortSignal.timeout(20_000),
  }
  let seconds = 0
  for await (const { pixels, width, height } of readClip(`file:${clip}`, options))
    view.see(shrinker.shrink(pixels, width, height), seconds++ * 1_000)
  return view.outline!
}

async function plant({ id, url, presets = [] }: Camera): Promise<void> {
  const store = new Store({ dir: bench.dataDir, retention: generous, origin, log })
  await store.start()
  for (const one of presets) {
    const of = digestOf({ url, masks: one.masks })
    await store.keepView({
      camera: id,
      preset: one.name,
      of,
      distrusted: false,
      outline: await outlineOf(one),
    })
  }
  await store.stop()
}

const states = () =>
  bench.arrived
    .filter(({ topic }) => topic === 'skyeye/v1/cameras/gw/dome/state')
    .map(({ payload }) => JSON.parse(`${payload}`).data)
    .map(({ state, preset, pausedBecause }) => preset ?? pausedBecause ?? state)

/** Is it black there, as a mask is? */
async function isBlack(jpeg: Buffer, x: number): Promise<boolean> {
  const { data, info } = await sharp(jpeg).greyscale().raw().toBuffer({ resolveWithObject: true })
  return data[Math.round(0.1 * info.height) * info.width + Math.round(x * info.width)] < 12
}

it('judges each preset by its own rules under its own masks, and ends what is open when the camera turns', async () => {
  const camera = await dome(scene('gate', 6), scene('between', 4), scene('dock', 6))
  const config = await bench.config(camera)
  await plant(config.cameras[0])
  await bench.start(camera)
  const told = () => bench.alerts('dome').map(({ data }) => `${data.rule} ${data.endedBecause ?? data.phase}`)
  await until(() =>
    expect(told()).toEqual(
      expect.arrayContaining(['at-gate began', 'at-gate camera-turned', 'at-dock began']),
    ),
  )
  // Each ends before the next begins.
  expect(told().filter((_, i) => i % 2 === 1)).toSatisfy((ends: string[]) =>
    ends.every((end) => end.endsWith('camera-turned')),
  )
  const stood = states()
  expect(new Set(stood)).toEqual(new Set(['connecting', 'away', 'gate', 'dock']))
  expect(stood.slice(0, stood.indexOf('gate'))).toContain('away')
  const between = [stood.indexOf('gate'), stood.indexOf('dock')].sort((a, b) => a - b)
  expect(stood.slice(...between)).toContain('away')
  for (const { data } of bench.alerts('dome').filter(({ data }) => data.phase === 'began')) {
    const { payload } = bench.arrived.find(({ topic }) => topic === data.snapshot?.topic)!
    const black = [await isBlack(payload, 0.1), await isBlack(payload, 0.9)]
    expect(black).toEqual(data.rule === 'at-gate' ? [true, false] : [false, true])
  }
})

it('learns a preset where the camera stands, and gives no picture of it before', async () => {
  await bench.start(await dome(scene('gate', 5)))
  await until(() => expect(states()).toContain('unconfirmed'))
  expect((await bench.ask('snapshot-now', { camera: 'dome' })).refusal?.why).toBe('the camera is paused')
  const refusals = [{}, { preset: 'moon' }].map((which) =>
    bench.ask('confirm-view', { camera: 'dome', ...which }),
  )
  expect((await Promise.all(refusals)).map(({ refusal }) => refusal)).toMatchObject([
    { code: 'invalid', why: expect.stringContaining('say at which preset it stands (presets: gate, dock)') },
    { code: 'not-found' },
  ])
  expect(await bench.ask('confirm-view', { camera: 'dome', preset: 'gate' })).toMatchObject({
    ...{ outcome: 'done', result: { camera: 'dome', preset: 'gate' } },
  })
  await until(() => expect(states().at(-1)).toBe('gate'))
  await until(() => expect(bench.told('dome')).toEqual(['began']))
  expect((await bench.ask('snapshot-now', { camera: 'dome' })).outcome).toBe('done')
})
