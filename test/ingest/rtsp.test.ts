/** Real RTSP end to end, by both drivers (our client with a fed decoder; guard and ffmpeg): frames; against our simulator and against a server nobody here wrote. */
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CameraSim } from '../../scripts/sim/server.ts'
import { type CameraState, type Driver, drivers } from '../../src/domain/camera.ts'
import { type Frame, frameBytes } from '../../src/domain/frame.ts'
import { readClip } from '../../src/ingest/clip.ts'
import { Hosts } from '../../src/ingest/hosts.ts'
import { Networks } from '../../src/ingest/networks.ts'
import { CameraSource } from '../../src/ingest/source.ts'
import { GstCamera, gstPackages, gstPresent } from '../support/gst-camera.ts'
import { spotClip } from '../support/spot-clip.ts'
import { ClipFolder, ffmpeg } from './clips.ts'
import { gate, pixels } from './open-gate.ts'

const password = 'p@ss:w/rd#口令'

/** The first frames of a camera, and the states it went through. */
async function firstFrames(
  url: string,
  count: number,
  driver: Driver,
): Promise<{ frames: Frame[]; states: CameraState[] }> {
  const states: CameraState[] = []
  const source = new CameraSource({
    camera: {
      id: 'yard',
      url,
      driver,
      masks: [
        [
          { x: 0, y: 0 },
          { x: 0.1, y: 0 },
          { x: 0.1, y: 0.1 },
          { x: 0, y: 0.1 },
        ],
      ],
    },
    fps: 5,
    maxWidth: 640,
    networks: new Networks(['127.0.0.0/8']),
    hosts: new Hosts({ maxSessionsPerHost: 4, startGapMs: 0 }),
    log: pino({ level: 'silent' }),
    gate,
    pixels,
    onState: (state) => states.push(state),
  })
  const frames: Frame[] = []
  for await (const frame of source.frames(AbortSignal.timeout(45_000))) {
    frames.push(frame)
    if (frames.length === count) break
  }
  return { frames, states }
}

function expectSound({ frames, states }: { frames: Frame[]; states: CameraState[] }): void {
  expect(states).toEqual(['connecting', 'live'])
  expect(frames).toHaveLength(5)
  for (const [i, frame] of frames.entries()) {
    expect([frame.width, frame.height, frame.pixels.byteLength]).toEqual([640, 360, frameBytes(640, 360)])
    expect(frame.pixels[0], 'the mask is painted').toBe(16)
    expect(frame.pixels[frame.width * 200], 'the room is not').toBeGreaterThan(30)
    // What the decoder had buffered at the start arrives at once, and no frame is younger than its arrival.
    if (i > 0) expect(frame.frameTime).toBeGreaterThanOrEqual(frames[i - 1].frameTime)
    expect(frame.frameTime).toBeLessThanOrEqual(frame.arrivedAt)
  }
  expect(frames[4].frameTime).toBeGreaterThan(frames[0].frameTime)
}

describe.each(drivers)('cameras of the simulator, read by %s', (driver) => {
  const sim = new CameraSim()
  beforeAll(() => sim.start())
  afterAll(() => sim.stop())

  it.each([
    ['h264', 'digest'],
    ['h265', 'digest'],
    ['h264', 'basic'],
  ] as const)('%s behind a %s account gives frames with their time', async (codec, scheme) => {
    const auth = { user: 'viewer', password, scheme }
    expectSound(
      await firstFrames(
        await sim.addCamera(`${codec}-${scheme}`, { clip: await spotClip(codec), auth }),
        5,
        driver,
      ),
    )
  })

  it('a camera that is turned on its side ends the attempt, though its pictures have as many bytes as before', async () => {
    await using clips = await ClipFolder.make()
    const sides = ['320x240', '240x320'].map((size) => clips.draw(`${size}.ts`, { size, more: ['-bf', '0'] }))
    const turned = join(clips.path, 'turned.ts')
    await ffmpeg('-i', `concat:${(await Promise.all(sides)).join('|')}`, '-c', 'copy', turned)
    const sizes = new Set<string>()
    const reading = (async () => {
      const url = await sim.addCamera('turned', { clip: turned })
      for await (const { width, height } of readClip(url, {
        camera: { id: 'yard', masks: [] },
        maxWidth: 640,
        networks: new Networks(['127.0.0.0/8']),
        log: pino({ level: 'silent' }),
        signal: AbortSignal.timeout(20_000),
      }))
        sizes.add(`${width}x${height}`)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'FORMAT_CHANGED' })
    expect([...sizes]).toEqual(['320x240'])
  })
})

describe.skipIf(!gstPresent())(`cameras of GStreamer's server (skipped without ${gstPackages})`, () => {
  let camera: GstCamera
  let urls: Record<string, string>
  beforeAll(async () => {
    const clip = async (codec: 'h264' | 'h265') => ({ codec, clip: await spotClip(codec) })
    camera = new GstCamera(
      { avenue: await clip('h264'), bridge: await clip('h265') },
      { user: 'admin', password },
    )
    urls = await camera.start()
  })
  afterAll(() => camera?.stop())

  it.each(['avenue', 'bridge'].flatMap((name) => drivers.map((driver) => [name, driver] as const)))(
    '%s gives frames with their time, read by %s',
    async (name, driver) => {
      expectSound(await firstFrames(urls[name], 5, driver))
    },
  )
})
