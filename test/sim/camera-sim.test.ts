import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CameraSim } from '../../scripts/sim/server.ts'
import { BareViewer, drawClip, probe, until, type Watched, watch } from './support.ts'

let folder: string
let sim: CameraSim
/** With B-frames, and many slices' worth of bytes so that key pictures need fragments. */
let h264: string
let h265: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sim-'))
  const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2']
  const x265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'bframes=2:log-level=error']
  h264 = await drawClip(join(folder, 'h264.mp4'), x264)
  h265 = await drawClip(join(folder, 'h265.mp4'), x265)
  sim = new CameraSim({ cacheFolder: join(folder, 'cache') })
  await sim.start()
})

afterAll(async () => {
  await sim.stop()
  rmSync(folder, { recursive: true })
})

const portOf = (url: string) => Number(new URL(url).port)

/** A stream of 60 pictures is the whole clip of 50 and the beginning of its next round, every 40 ms. */
function expectLoop(seen: Watched, clip: Watched): void {
  expect(seen.complaints).toBe('')
  expect(clip.pictures).toHaveLength(50)
  expect(seen.pictures).toEqual([...clip.pictures, ...clip.pictures.slice(0, 10)])
  for (const [n, time] of seen.times.entries()) expect(time).toBeCloseTo(n * 0.04, 3)
}

describe('a simulated camera', () => {
  it('plays H.264 with B-frames picture by picture as the clip has it, and goes on without a seam', async () => {
    const url = await sim.addCamera('b-frames', { clip: h264 })
    expectLoop(await watch(url, 60), await watch(h264))
  })

  it('plays H.265 picture by picture as the clip has it, and goes on without a seam', async () => {
    const url = await sim.addCamera('hevc', { clip: h265 })
    expectLoop(await watch(url, 60), await watch(h265))
  })

  it('runs on while nobody looks where it has a phase: a viewer joins it at its next key picture', async () => {
    const keysMs = 1_000
    const url = await sim.addCamera('running', { clip: h264, phaseMs: 500 })
    const since = sim.runsSince('running')!
    const keyPictures = (await watch(h264)).pictures.filter((_, n) => n % 25 === 0)
    const asked = Date.now()
    const [first] = (await watch(url, 1)).pictures
    const [from, to] = [asked, Date.now()].map((at) => Math.floor((at - since) / keysMs))
    const possible = Array.from({ length: to - from }, (_, n) => keyPictures[(from + 1 + n) % 2])
    expect(asked - since).toBeGreaterThanOrEqual(500)
    expect(possible).toContain(first)
    expect(sim.requests('running').length).toBeGreaterThan(0)
  })

  it('tells codec and size, and leaves out sound and cover pictures', async () => {
    const cover = ['-f', 'lavfi', '-i', 'testsrc=size=64x64:rate=1', '-f', 'lavfi', '-i', 'sine']
    const maps = ['-map', '0:v', '-map', '2:a', '-map', '1:v', '-c:v:0', 'libx264', '-c:a', 'aac']
    const still = [
      '-c:v:1',
      'mjpeg',
      '-pix_fmt:v:1',
      'yuvj420p',
      '-frames:v:1',
      '1',
      '-disposition:v:1',
      'attached_pic',
    ]
    const clip = await drawClip(join(folder, 'sound.mp4'), [...maps, ...still], cover)
    expect(await probe(await sim.addCamera('sound', { clip }))).toEqual(['h264,video,320,240'])
  })

  it('transcodes a clip of another codec once, and keeps the result', async () => {
    const url = await sim.addCamera('changed', { clip: h264, codec: 'h265' })
    await sim.addCamera('changed-too', { clip: h264, codec: 'h265' })
    expect(await probe(url)).toEqual(['hevc,video,320,240'])
    expect(readdirSync(join(folder, 'cache')).filter((name) => name.endsWith('.mp4'))).toHaveLength(1)
  })

  it('refuses clips that are absent or have no video, and says which', async () => {
    const sound = join(folder, 'only-sound.mp4')
    await drawClip(sound, ['-map', '1:a', '-c:a', 'aac'], ['-f', 'lavfi', '-i', 'sine'])
    await expect(sim.addCamera('mute', { clip: sound })).rejects.toThrow(`${sound}: no video in it`)
    const absent = join(folder, 'absent.mp4')
    await expect(sim.addCamera('none', { clip: absent })).rejects.toThrow(
      /cannot read .*absent\.mp4.*No such file/,
    )
  })

  it('asks for Digest and for Basic accounts, with any characters in the password', async () => {
    for (const scheme of ['digest', 'basic'] as const) {
      const url = await sim.addCamera(scheme, {
        clip: h264,
        auth: { user: 'admin', password: 'p@:/%#中', scheme },
      })
      expect((await watch(url, 2)).pictures).toHaveLength(2)
      const wrong = await watch(url.replace(/:[^:@]*@/, ':wrong@'), 2)
      expect(wrong.complaints).toContain('401 Unauthorized')
      expect(wrong.pictures).toHaveLength(0)
      const described = sim.requests(scheme).filter(({ method }) => method === 'DESCRIBE')
      // ffmpeg asks without an account first; a wrong one it tries once.
      expect(described.map(({ status }) => status)).toEqual([401, 200, 401, 401])
    }
  })

  it('refuses RTP over UDP', async () => {
    const url = await sim.addCamera('no-udp', { clip: h264 })
    expect((await watch(url, 1, 'udp')).pictures).toHaveLength(0)
    expect(sim.requests('no-udp').map(({ method, status }) => `${method} ${status}`)).toContain('SETUP 461')
  })

  it('answers keep-alive and TEARDOWN, and knows who plays', async () => {
    const url = await sim.addCamera('kept', { clip: h264 })
    const viewer = new BareViewer(portOf(url))
    await viewer.play(url)
    expect(sim.sessions('kept')).toBe(1)
    expect(await viewer.ask('GET_PARAMETER', url)).toBe(200)
    expect(await viewer.ask('OPTIONS', url)).toBe(200)
    expect(await viewer.ask('RECORD', url)).toBe(405)
    expect(await viewer.ask('TEARDOWN', url)).toBe(200)
    expect(sim.sessions('kept')).toBe(0)
    viewer.socket.destroy()
  })

  it('ends a session whose viewer says nothing for too long', async () => {
    const strict = new CameraSim({ sessionTimeoutMs: 500 })
    await strict.start()
    const url = await strict.addCamera('strict', { clip: h264 })
    const viewer = new BareViewer(portOf(url))
    await viewer.play(url)
    await viewer.closed()
    expect(viewer.packets).toBeGreaterThan(0)
    await until(() => strict.sessions('strict') === 0)
    await strict.stop()
  })

  it('sends sender reports that tie the stream to the clock', async () => {
    const url = await sim.addCamera('clock', { clip: h264 })
    const viewer = new BareViewer(portOf(url))
    const before = Date.now()
    await viewer.play(url)
    await until(() => viewer.reports.length > 0)
    const [report] = viewer.reports
    const seconds = report.readUInt32BE(8) - 2_208_988_800 + report.readUInt32BE(12) / 2 ** 32
    expect(report[1]).toBe(200)
    expect(seconds * 1_000).toBeGreaterThan(before - 1)
    expect(seconds * 1_000).toBeLessThan(Date.now() + 1)
    viewer.socket.destroy()
  })

  it('serves 64 viewers at once', async () => {
    const url = await sim.addCamera('popular', { clip: h264 })
    const viewers = Array.from({ length: 64 }, () => new BareViewer(portOf(url)))
    await Promise.all(viewers.map((viewer) => viewer.play(url)))
    await until(() => viewers.every((viewer) => viewer.packets >= 60))
    expect(sim.sessions('popular')).toBe(64)
    expect(sim.dropped('popular')).toBe(0)
    for (const viewer of viewers) viewer.socket.destroy()
    await until(() => sim.sessions('popular') === 0)
  })

  it('comes back at the same address after a stop', async () => {
    const other = new CameraSim()
    await other.start()
    const url = await other.addCamera('again', { clip: h264 })
    await other.stop()
    expect((await watch(url, 1)).complaints).toContain('refused')
    await other.start()
    expect((await watch(url, 1)).pictures).toHaveLength(1)
    await other.stop()
  })
})
