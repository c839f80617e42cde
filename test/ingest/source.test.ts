/** A camera's source under supervision: real ffmpeg, drawn clips, and cameras that refuse. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CameraState } from '../../src/domain/camera.ts'
import type { Frame } from '../../src/domain/frame.ts'
import { Hosts } from '../../src/ingest/hosts.ts'
import { Networks } from '../../src/ingest/networks.ts'
import type { Gate } from '../../src/ingest/ports.ts'
import type { RtspRequest } from '../../src/ingest/rtsp-message.ts'
import { CameraSource, type CameraSourceOptions } from '../../src/ingest/source.ts'
import { ClipFolder, ffmpeg } from './clips.ts'
import { gate, pixels } from './open-gate.ts'
import { framed, goodbye, senderReport } from './rtsp-packets.ts'
import { reply, type TestCamera, testCamera } from './rtsp-server.ts'

let clips: ClipFolder
beforeAll(async () => {
  clips = await ClipFolder.make()
})
afterAll(() => clips[Symbol.asyncDispose]())

const quick = { firstMs: 20, maxMs: 40, healthyAfterMs: 60_000 }

/** A source, the states it told, and a way to wait for one of them. */
function watched(url: string, more: Partial<CameraSourceOptions> = {}) {
  const told: { state: CameraState; why: string | undefined }[] = []
  const waiting = new Set<() => void>()
  const source = new CameraSource({
    camera: { id: 'yard', url, masks: [] },
    fps: 50,
    maxWidth: 640,
    networks: new Networks(['127.0.0.1/32']),
    hosts: new Hosts({ maxSessionsPerHost: 4, startGapMs: 0 }),
    log: pino({ level: 'silent' }),
    gate,
    pixels,
    onState: (state, why) => {
      told.push({ state, why })
      for (const look of waiting) look()
    },
    backoff: quick,
    ...more,
  })
  const until = (state: CameraState) =>
    new Promise<string | undefined>((resolve) => {
      const look = () => {
        const found = told.find((one) => one.state === state)
        if (found) resolve(found.why)
      }
      waiting.add(look)
      look()
    })
  return { source, told, until }
}

/** Reads frames until the signal of its end fires; gives them as they came. */
function reading(source: CameraSource, onFrame: (frame: Frame, stop: () => void) => void | Promise<void>) {
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  const ended = (async () => {
    for await (const frame of source.frames(stopping.signal)) await onFrame(frame, stop)
  })()
  return { stop, ended }
}

/** Process ids of the ffmpegs that this process started. */
function ffmpegs(): number[] {
  return readdirSync('/proc/self/task')
    .flatMap((task) => readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' '))
    .filter((pid) => pid !== '' && readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('ffmpeg'))
    .map(Number)
}

test('a picture that nobody should believe goes no further, and is counted as missed', async () => {
  const clip = await clips.draw('broken.mp4', { fps: 10, seconds: 1 })
  const missed: string[] = []
  let judged = 0
  const { source } = watched(`file:${clip}`, {
    gate: {
      ...gate,
      shown: (luma, timeMs) =>
        judged++ < 3 ? { open: false, look: [], worthless: true } : gate.shown(luma, timeMs),
    },
    onMissed: (trouble) => missed.push(trouble),
  })
  let index = -1
  const { ended } = reading(source, (frame, stop) => {
    index = frame.index
    stop()
  })
  await ended
  expect(index).toBeGreaterThanOrEqual(3)
  expect(missed.filter((trouble) => trouble === 'damaged')).toHaveLength(3)
})

test('a file camera plays at its own pace, over and over, with a time that goes on', async () => {
  const clip = await clips.draw('short.mp4', { fps: 10, seconds: 1 })
  const { source, told } = watched(`file:${clip}`)
  const frames: Frame[] = []
  const before = Date.now()
  const { ended } = reading(source, (frame, stop) => {
    if (frames.push(frame) === 25) stop()
  })
  await ended
  expect(Date.now() - before).toBeGreaterThan(1_900)
  expect(new Set(frames.map(({ generation }) => generation))).toEqual(new Set([1]))
  for (const [i, { index, frameTime, arrivedAt }] of frames.entries()) {
    expect(frameTime).toBeLessThanOrEqual(arrivedAt)
    if (i > 0) expect(index).toBeGreaterThan(frames[i - 1].index)
    if (i > 0) expect(frameTime).toBeGreaterThan(frames[i - 1].frameTime)
  }
  expect(told.map(({ state }) => state)).toEqual(['connecting', 'live'])
  expect(ffmpegs()).toEqual([])
})

test('a look that waited for its turn is not forgotten because nothing moves any more', async () => {
  const clip = await clips.draw('still.mp4', { fps: 25, seconds: 4 })
  const corner = { x1: 0, y1: 0, x2: 0.3, y2: 0.3 }
  let shown = 0
  const { source } = watched(`file:${clip}`, {
    gate: {
      isOpen: true,
      coded: () => 'show',
      shown: () => ({ open: false, look: shown++ === 0 ? [corner] : [] }),
    },
    turn: async () => {
      while (shown < 4) await new Promise((resume) => setTimeout(resume, 5))
    },
  })
  const frames: Frame[] = []
  const { ended } = reading(source, (frame, stop) => {
    if (frames.push(frame) === 2) stop()
  })
  await ended
  expect(frames[0].index).toBeGreaterThanOrEqual(3)
  expect(frames.map(({ look }) => look)).toEqual([[corner], []])
})

test('a slow reader gets the newest frame, and the ones in between are counted', async () => {
  const clip = await clips.draw('busy.mp4', { fps: 50, seconds: 2 })
  const { source } = watched(`file:${clip}`)
  let taken = 0
  let last = -1
  const { ended } = reading(source, async ({ index }, stop) => {
    expect(index).toBeGreaterThan(last)
    last = index
    await new Promise((resume) => setTimeout(resume, 200))
    if (++taken === 5) stop()
  })
  await ended
  const { frames, replaced } = source.counters
  expect(replaced).toBeGreaterThan(10)
  expect(frames).toBeGreaterThanOrEqual(taken + replaced)
})

test('a camera that waits for its turn hands over the frame that is newest then', async () => {
  const clip = await clips.draw('turns.mp4', { fps: 50, seconds: 2 })
  const ages: number[] = []
  const { source } = watched(`file:${clip}`, {
    turn: () => new Promise((resume) => setTimeout(resume, 300)),
  })
  const { ended } = reading(source, ({ arrivedAt }, stop) => {
    if (ages.push(Date.now() - arrivedAt) === 5) stop()
  })
  await ended
  // Taken before the wait, every one of them would be 300 ms old.
  expect(Math.min(...ages)).toBeLessThan(150)
  expect(source.counters.replaced).toBeGreaterThan(20)
})

test('frames that need no look wait for no turn', async () => {
  const clip = await clips.draw('quiet.mp4', { fps: 10, seconds: 1 })
  const { source } = watched(`file:${clip}`, {
    gate: { isOpen: false, coded: () => 'keep', shown: () => ({ open: false, look: [] }) },
    turn: () => expect.unreachable('nobody looks at it'),
  })
  let seen = 0
  const { ended } = reading(source, ({ look }, stop) => {
    expect(look).toEqual([])
    if (++seen === 3) stop()
  })
  await ended
})

test('masks are painted before a frame leaves the source', async () => {
  const clip = await clips.draw('hidden.mp4', { fps: 10, seconds: 1 })
  const all = [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
    { x: 0, y: 1 },
  ]
  const { source } = watched(`file:${clip}`, { camera: { id: 'yard', url: `file:${clip}`, masks: [all] } })
  const { ended } = reading(source, ({ pixels, width, height }, stop) => {
    expect(pixels.subarray(0, width * height).every((luma) => luma === 16)).toBe(true)
    expect(pixels.subarray(width * height).every((chroma) => chroma === 128)).toBe(true)
    stop()
  })
  await ended
})

test('a frame of a camera that turns leaves under the masks that its picture asks for, or not at all', async () => {
  const clip = await clips.draw('turning.mp4', { fps: 10, seconds: 2 })
  const all = [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
    { x: 0, y: 1 },
  ]
  let shown = 0
  const turning: Gate = {
    isOpen: true,
    coded: () => 'show',
    masks: () => (++shown % 2 === 0 ? [all] : undefined),
    shown: (luma) => {
      expect(luma.pixels.every((pixel) => pixel === 16)).toBe(true)
      return { open: false, look: [], preset: 'gate' }
    },
  }
  const { source, until } = watched(`file:${clip}`, { gate: turning })
  const { ended } = reading(source, ({ pixels, width, height, preset }, stop) => {
    expect(preset).toBe('gate')
    expect(pixels.subarray(0, width * height).every((luma) => luma === 16)).toBe(true)
    if (shown > 6) stop()
  })
  await until('live')
  await ended
})

test('a size that changes begins a new generation at once, and the camera stays live', async () => {
  const first = await clips.draw('first.h264', { fps: 25, seconds: 1 })
  const second = await clips.draw('second.h264', { fps: 25, seconds: 1, size: '160x120' })
  const both = join(clips.path, 'both.h264')
  await ffmpeg('-i', `concat:${first}|${second}`, '-c', 'copy', both)
  const { source, told } = watched(`file:${both}`)
  const { ended } = reading(source, ({ generation, width }, stop) => {
    expect(width).toBe(320)
    if (generation === 2) stop()
  })
  await ended
  expect(told.map(({ state }) => state)).toEqual(['connecting', 'live'])
})

test('a decoder that crashes again and again puts the camera into quarantine', async () => {
  const clip = await clips.draw('crash.mp4', { fps: 25, seconds: 1 })
  const { source, told, until } = watched(`file:${clip}`, { maxCrashes: 3 })
  const generations = new Set<number>()
  const { stop, ended } = reading(source, ({ generation }) => {
    if (generations.has(generation)) return
    generations.add(generation)
    for (const pid of ffmpegs()) process.kill(pid, 'SIGSEGV')
  })
  expect(await until('quarantined')).toContain('SIGSEGV')
  expect(source.state).toBe('quarantined')
  expect([...generations]).toEqual([1, 2, 3])
  expect(told.map(({ state }) => state)).toEqual([
    'connecting',
    'live',
    'offline',
    'live',
    'offline',
    'live',
    'quarantined',
  ])
  stop()
  await ended
})

test('a clip that is not there is offline, is tried again, and becomes live when it comes', async () => {
  const path = join(clips.path, 'later.mp4')
  const { source, until } = watched(`file:${path}`)
  const { stop, ended } = reading(source, () => {})
  expect(await until('offline')).toContain('No such file')
  await clips.draw('later.mp4')
  await until('live')
  expect(source.counters.attempts).toBeGreaterThan(1)
  stop()
  await ended
})

test('the gate hears of each stream before its first picture', async () => {
  const clip = await clips.draw('ends.h264', { fps: 25, seconds: 1 })
  const said: string[] = []
  const { source } = watched(`file:${clip}`, {
    gate: {
      ...gate,
      begin: () => said.push('begin'),
      shown: (luma, timeMs) => {
        said.push('shown')
        return gate.shown(luma, timeMs)
      },
    },
  })
  const generations = new Set<number>()
  const { ended } = reading(source, ({ generation }, stop) => {
    if (generations.has(generation)) return
    generations.add(generation)
    if (generation === 3) stop()
    else for (const pid of ffmpegs()) process.kill(pid, 'SIGSEGV')
  })
  await ended
  const beginnings = said.filter((what, at) => what === 'begin' && said[at + 1] === 'shown')
  expect(said[0]).toBe('begin')
  expect(beginnings).toHaveLength(3)
})

const sdp = (media: string) =>
  `v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=${media}\r\na=control:track\r\n`

/** A camera that describes what it is told and then sends nothing. */
function mute(media: string): Promise<TestCamera> {
  return testCamera((request) => {
    if (request.method === 'DESCRIBE') {
      return reply(request, '200 OK', ['Content-Type: application/sdp'], sdp(media))
    }
    const transport = 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1'
    const setup = request.method === 'SETUP' ? [transport] : []
    return reply(request, '200 OK', [
      'Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN',
      'Session: 1',
      ...setup,
    ])
  })
}

test.each([
  [
    'auth_failed',
    (request: never) => reply(request, '401 Unauthorized', ['WWW-Authenticate: Digest realm="x", nonce="y"']),
  ],
  ['redirect_refused', (request: never) => reply(request, '302 Found', ['Location: rtsp://10.0.0.9/other'])],
  ['offline', (request: never) => reply(request, '404 Not Found')],
] as const)('what the camera answers becomes the state %s', async (state, answer) => {
  await using camera = await testCamera((request) => answer(request as never))
  const { source, until } = watched(`rtsp://user:secret-word@127.0.0.1:${camera.port}/live`)
  const { stop, ended } = reading(source, () => {})
  expect(await until(state)).not.toContain('secret-word')
  stop()
  await ended
  expect(ffmpegs()).toEqual([])
})

test('a camera without video is no_video, and one that plays and sends nothing is stalled', async () => {
  await using sound = await mute('audio 0 RTP/AVP 0')
  await using silent = await mute('video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000')
  for (const [camera, state] of [
    [sound, 'no_video'],
    [silent, 'stalled'],
  ] as const) {
    const { source, until } = watched(`rtsp://127.0.0.1:${camera.port}/live`, { silentAfterMs: 400 })
    const { stop, ended } = reading(source, () => {})
    await until(state)
    stop()
    await ended
  }
  expect(ffmpegs()).toEqual([])
})

/** A camera that sends, at each of its streams, what is given for it. */
function sending(streams: readonly (readonly Buffer[])[]) {
  const described = 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\n'
  let plays = 0
  return testCamera((request, socket) => {
    if (request.method === 'DESCRIBE') return reply(request, '200 OK', [], described)
    if (request.method === 'SETUP')
      return reply(request, '200 OK', ['Session: 1', 'Transport: RTP/AVP/TCP;interleaved=0-1'])
    if (request.method !== 'PLAY') return reply(request, '200 OK')
    socket.write(reply(request, '200 OK'))
    socket.write(Buffer.concat(streams[plays++] ?? [framed(1, goodbye)]))
    return
  })
}

/** A camera's clock is so far ahead, s. */
function ahead(seconds: number): Buffer {
  const epoch1970 = 2_208_988_800
  return framed(1, senderReport(epoch1970 + Math.floor(Date.now() / 1_000) + seconds, 0, 0))
}

test('by how much the clock of a camera is ahead stays known while the camera is lost', async () => {
  await using camera = await sending([[ahead(60), ahead(60), ahead(60), framed(1, goodbye)]])
  const { source } = watched(`rtsp://127.0.0.1:${camera.port}/live`)
  const { stop, ended } = reading(source, () => {})
  await expect
    .poll(() => camera.requests.filter(({ method }) => method === 'PLAY').length, { timeout: 30_000 })
    .toBeGreaterThanOrEqual(2)
  stop()
  await ended
  // Whole seconds are told, and a busy box is late.
  expect(source.clockOffsetMs).toBeGreaterThan(30_000)
  expect(source.clockOffsetMs).toBeLessThanOrEqual(60_000)
})

test('what an earlier stream told of the clock does not come back once the newest has told', async () => {
  const first = [ahead(60), ahead(60), ahead(60), framed(1, goodbye)]
  // Set while it is read: for some reports nothing can be said.
  const second = [ahead(0), ahead(0), ahead(0), ahead(90)]
  await using camera = await sending([first, second])
  const { source } = watched(`rtsp://127.0.0.1:${camera.port}/live`)
  const { stop, ended } = reading(source, () => {})
  await expect
    .poll(() => camera.requests.filter(({ method }) => method === 'PLAY').length, { timeout: 30_000 })
    .toBeGreaterThanOrEqual(2)
  await expect.poll(() => source.clockOffsetMs, { timeout: 30_000 }).toBeUndefined()
  stop()
  await ended
  expect(source.clockOffsetMs).toBeUndefined()
})

test('a camera whose coding only ffmpeg can read is handed to it at once, and stays with it', async () => {
  await using odd = await mute('video 0 RTP/AVP 96\r\na=rtpmap:96 MP4V-ES/90000')
  const { source, told } = watched(`rtsp://127.0.0.1:${odd.port}/live`, { silentAfterMs: 300 })
  const { stop, ended } = reading(source, () => {})
  const readers = () => odd.requests.filter(({ method }) => method === 'DESCRIBE').map(agentOf)
  while (readers().length < 3) await new Promise((resume) => setTimeout(resume, 20))
  stop()
  await ended
  const [own, ...others] = readers()
  expect(own).not.toMatch(/^Lavf/)
  expect(others[0]).toMatch(/^Lavf/)
  expect(others[1]).toMatch(/^Lavf/)
  expect(told[1]?.state, 'the change of reader itself is no state').toBe('stalled')
})

function agentOf({ headers }: RtspRequest): string {
  return headers.find(([name]) => name.toLowerCase() === 'user-agent')?.[1] ?? ''
}

test('a refused account is tried once, and every camera that shares it says so while it waits', async () => {
  await using camera = await testCamera((request) =>
    reply(request, '401 Unauthorized', ['WWW-Authenticate: Digest realm="x", nonce="y"']),
  )
  const hosts = new Hosts({ maxSessionsPerHost: 4, startGapMs: 0 })
  const sources = ['a', 'b', 'c'].map((path) =>
    watched(`rtsp://user:word@127.0.0.1:${camera.port}/${path}`, { hosts }),
  )
  const readings = sources.map(({ source }) => reading(source, () => {}))
  await Promise.all(sources.map(({ until }) => until('auth_failed')))
  const answered = camera.requests.filter(({ headers }) => JSON.stringify(headers).includes('Digest'))
  expect(answered).toHaveLength(1)
  for (const { stop } of readings) stop()
  await Promise.all(readings.map(({ ended }) => ended))
})

test('a malformed URL is refused before anything starts', () => {
  expect(() => watched('concat:/etc/passwd')).toThrow(expect.objectContaining({ code: 'URL_REFUSED' }))
})
