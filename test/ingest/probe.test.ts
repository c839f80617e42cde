/** What a moment's look says about a source. */
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Hosts } from '../../src/ingest/hosts.ts'
import { Networks } from '../../src/ingest/networks.ts'
import { Packets } from '../../src/ingest/packets.ts'
import { probeCamera } from '../../src/ingest/probe.ts'
import { ClipFolder } from './clips.ts'
import { reply, testCamera } from './rtsp-server.ts'

let clips: ClipFolder
beforeAll(async () => {
  clips = await ClipFolder.make()
})
afterAll(() => clips[Symbol.asyncDispose]())

function options() {
  return {
    networks: new Networks(['127.0.0.1/32']),
    hosts: new Hosts({ maxSessionsPerHost: 4, startGapMs: 0 }),
    log: pino({ level: 'silent' }),
    seconds: 2,
  }
}

test.each([
  ['libx264', 'h264'],
  ['libx265', 'hevc'],
] as const)('codec, size, rate, key pictures and weight of a %s clip', async (codec, name) => {
  const more = ['-g', '12', '-keyint_min', '12', '-sc_threshold', '0', '-bf', '2']
  const keys =
    codec === 'libx265' ? ['-x265-params', 'log-level=error:keyint=12:min-keyint=12:scenecut=0'] : []
  const clip = await clips.draw(`${codec}.mp4`, {
    codec,
    size: '704x576',
    fps: 12,
    seconds: 4,
    more: [...more, ...keys],
  })
  const probed = await probeCamera(`file:${clip}`, options())
  expect(probed).toMatchObject({ codec: name, width: 704, height: 576, gopSeconds: 1 })
  if ('state' in probed) throw new Error(probed.why)
  expect(probed.fps).toBeCloseTo(12, 1)
  expect(probed.firstPictureMs).toBeGreaterThan(0)
  expect(probed.bitsPerSecond).toBeGreaterThan(10_000)
})

test('a wide picture is advised against, and a long GOP is longer than seen', async () => {
  const clip = await clips.draw('wide.mp4', { size: '1280x720', fps: 5, seconds: 3 })
  const probed = await probeCamera(`file:${clip}`, options())
  expect(probed).toMatchObject({
    width: 1_280,
    gopSeconds: undefined,
    advice: expect.stringContaining('substream'),
  })
})

test('a source that cannot be opened gives its state and why', async () => {
  expect(await probeCamera('file:/nowhere.mp4', options())).toMatchObject({ state: 'offline' })
  const stranger = await probeCamera('rtsp://10.1.2.3/live', options())
  expect(stranger).toMatchObject({ state: 'offline', why: expect.stringContaining('allowNetworks') })
})

test('one typo in a password that four cameras share is tried once', async () => {
  await using camera = await testCamera((request) =>
    reply(request, '401 Unauthorized', ['WWW-Authenticate: Digest realm="x", nonce="y"']),
  )
  const shared = options()
  const probes = ['a', 'b', 'c', 'd'].map((path) =>
    probeCamera(`rtsp://user:word@127.0.0.1:${camera.port}/${path}`, shared),
  )
  const states = (await Promise.all(probes)).map((probed) => ('state' in probed ? probed.state : 'opened'))
  expect(states).toEqual(Array(4).fill('auth_failed'))
  const answered = camera.requests.filter(({ headers }) => JSON.stringify(headers).includes('Digest'))
  expect(answered).toHaveLength(1)
})

test('packets without a time, lines cut anywhere and nonsense do not disturb the figures', () => {
  const lines = [
    '#tb 0: 1/90000\n#codec_id 0: h264\n#dimensions 0: 0x0\n',
    '0, -3600, -9223372036854775808, 3600, 1000, 0x1\n',
    ...Array.from(
      { length: 50 },
      (_, i) => `0, 0, ${i * 3600}, 3600, 500, 0x1${i % 25 ? ', F=0x0, S=1' : ', S=1'}\n`,
    ),
    'nonsense\n0, 0, x, 1, 2, 3\n',
  ]
  const text = lines.join('')
  const packets = new Packets()
  for (let at = 0; at < text.length; at += 7) packets.feed(text.slice(at, at + 7))
  const facts = packets.facts()
  expect(facts).toMatchObject({ codec: 'h264', width: undefined, gopSeconds: 1 })
  expect(facts.fps).toBeCloseTo(25, 6)
  expect(facts.bitsPerSecond).toBeCloseTo((26_000 * 8 * 25) / 51, 3)
  expect(packets.spanMs).toBeCloseTo(49 * 40, 6)
})
