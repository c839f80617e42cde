/** Our RTSP client's dialogue: cameras that behave as they like, and the simulator's faults. */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { CameraSim, type SimCamera } from '../../scripts/sim/server.ts'
import type { CodedPicture } from '../../src/domain/coded-picture.ts'
import { Authenticator } from '../../src/ingest/digest.ts'
import { Networks } from '../../src/ingest/networks.ts'
import type { RtspClient, RtspClientOptions } from '../../src/ingest/rtsp/client.ts'
import { header, type RtspRequest } from '../../src/ingest/rtsp-message.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { spotClip } from '../support/spot-clip.ts'
import { clientOf, collect, picturesOf } from './rtsp-client-support.ts'
import { aggregate, framed, goodbye, h264, rtp, senderReport } from './rtsp-packets.ts'
import { type Answer, reply, type TestCamera, testCamera } from './rtsp-server.ts'

const password = 'p@ss:密/码'
const user = `admin:${encodeURIComponent(password)}`
const sdp = 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\n'

const cleanup: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const end of cleanup.splice(0).reverse()) await end()
})

async function camera(answer: Answer, onConnect?: (socket: Socket) => void): Promise<TestCamera> {
  const made = await testCamera(answer, onConnect)
  cleanup.push(() => made[Symbol.asyncDispose]())
  return made
}

/** A client of a test camera; what it logs goes to `lines`, unmasked. */
function clientFor(port: number, more: Partial<RtspClientOptions> = {}, path = '/live?ch=1') {
  const lines: string[] = []
  const log = createLog('debug', new SecretMask(), (line) => lines.push(line))
  return { client: clientOf(`rtsp://${user}@127.0.0.1:${port}${path}`, { log, ...more }), lines }
}

/** The pictures of two `$` frames: a key picture, and one that needs it. */
const twoPictures = Buffer.concat([
  framed(0, rtp({ number: 1, stamp: 0, marker: true, payload: aggregate(h264.sps, h264.pps, h264.key()) })),
  framed(0, rtp({ number: 2, stamp: 3_600, marker: true, payload: h264.predicted() })),
])
const bye = framed(1, goodbye)

interface Manners {
  readonly sdp?: string
  readonly describe?: readonly string[]
  readonly session?: string
  readonly transport?: string
  readonly public?: string
  /** Sent behind the answer to PLAY; two pictures and a goodbye where absent. */
  readonly media?: Buffer
}

/** A camera that says yes to everything. */
function willing(manners: Manners = {}): Answer {
  return (request, socket) => {
    const { session = '77;timeout=60', transport = 'RTP/AVP/TCP;unicast;interleaved=0-1' } = manners
    if (request.method === 'DESCRIBE') return reply(request, '200 OK', manners.describe, manners.sdp ?? sdp)
    if (request.method === 'SETUP') {
      return reply(request, '200 OK', [`Session: ${session}`, `Transport: ${transport}`])
    }
    if (request.method !== 'PLAY') return reply(request, '200 OK', [`Public: ${manners.public ?? 'OPTIONS'}`])
    socket.write(reply(request, '200 OK'))
    socket.write(manners.media ?? Buffer.concat([twoPictures, bye]))
    return
  }
}

/** Asks for a log-in with these headers until `accepts` says yes. */
function locked(
  inner: Answer,
  challenges: readonly string[],
  accepts: (request: RtspRequest) => boolean,
): Answer {
  const headers = challenges.map((challenge) => `WWW-Authenticate: ${challenge}`)
  return (request, socket) =>
    accepts(request) ? inner(request, socket) : reply(request, '401 Unauthorized', headers)
}

function accepts(challenge: string): (request: RtspRequest) => boolean {
  return (request) => {
    const given = header(request, 'authorization')
    const cnonce = /cnonce="([^"]*)"/.exec(given ?? '')?.[1] ?? ''
    const check = new Authenticator({ username: 'admin', password }, () => cnonce)
    check.challenge([challenge])
    // The count of the nonce's uses moves on; each request is as good as the first.
    const count = Number.parseInt(/nc=(\w+)/.exec(given ?? '')?.[1] ?? '1', 16)
    for (let use = 1; use < count; use++) check.authorization(request.method, request.uri)
    return given === check.authorization(request.method, request.uri)
  }
}

const timesOf = (pictures: readonly CodedPicture[]) => pictures.map(({ timeMs }) => timeMs)
const failure = (client: RtspClient) =>
  collect(client).then(
    () => expect.unreachable(),
    (error) => error,
  )

it.each([
  ['goodbye', (socket: Socket) => socket.write(bye)],
  ['the end of the connection', (socket: Socket) => socket.end()],
])('where nobody waits for the next picture several are read at once, all of them, to %s', async (_, end) => {
  const count = 60
  const cam = await camera(
    willing({ media: twoPictures }),
    (socket) =>
      void (async () => {
        await once(socket, 'data')
        await expect.poll(() => cam.requests.some(({ method }) => method === 'PLAY')).toBe(true)
        for (let n = 3; n <= count; n++) {
          await sleep(10)
          const payload = h264.predicted()
          socket.write(framed(0, rtp({ number: n, stamp: (n - 1) * 3_600, marker: true, payload })))
        }
        end(socket)
      })(),
  )
  const { client } = clientFor(cam.port)
  const times: number[] = []
  let turns = 0
  let isNew = true
  await client
    .read(({ timeMs }) => {
      times.push(timeMs)
      if (isNew) turns++
      isNew = false
      setImmediate(() => {
        isNew = true
      })
      return true
    })
    .catch(({ code }) => expect(code).toBe('STREAM_FAILED'))
  expect(times).toEqual(Array.from({ length: count }, (_, i) => i * 40))
  expect(turns).toBeLessThan(count / 3)
})

describe('a session', () => {
  it.each([
    'Digest realm="cam", nonce="abc"',
    'Digest realm="cam", nonce="abc", algorithm=SHA-256, qop="auth"',
    'Basic realm="cam"',
  ])('logs in with %s, plays, and ends in good manners', async (challenge) => {
    const cam = await camera(locked(willing(), [challenge], accepts(challenge)))
    const { client, lines } = clientFor(cam.port)
    expect(timesOf(await collect(client))).toEqual([0, 40])
    const own = `rtsp://127.0.0.1:${cam.port}/live?ch=1`
    await expect.poll(() => cam.requests.at(-1)?.method).toBe('TEARDOWN')
    expect(cam.requests.map(({ method, uri }) => `${method} ${uri}`)).toEqual([
      `DESCRIBE ${own}`,
      `DESCRIBE ${own}`,
      `SETUP ${own}/trackID=0`,
      `PLAY ${own}`,
      `OPTIONS ${own}`,
      `TEARDOWN ${own}`,
    ])
    expect(cam.requests.slice(3).map((request) => header(request, 'session'))).toEqual(['77', '77', '77'])
    expect(client.sdp).toBe(sdp)
    expect(lines.join('')).not.toContain('p@ss')
  })

  it.each<[string, readonly string[], string, readonly string[]]>([
    [
      'a base of its own',
      ['Content-Base: rtsp://evil.example:9/base/'],
      'trackID=0',
      ['/base/trackID=0', '/base/'],
    ],
    [
      'a base without a slash',
      ['Content-Location: rtsp://x/base'],
      'trackID=0',
      ['/base/trackID=0', '/base'],
    ],
    ['another host', [], 'rtsp://10.9.9.9/other/track2?x=1', ['/other/track2?x=1', '/live?ch=1']],
    ['the base itself', [], '*', ['/live?ch=1', '/live?ch=1']],
    ['a slash in front', ['Content-Base: rtsp://x/base/'], '/track1', ['/base/track1', '/base/']],
  ])('resolves control URLs to its own camera: %s', async (_, describe, control, paths) => {
    const cam = await camera(willing({ describe, sdp: sdp.replace('trackID=0', control) }))
    await collect(clientFor(cam.port).client)
    const asked = cam.requests.filter(({ method }) => method === 'SETUP' || method === 'PLAY')
    expect(asked.map(({ uri }) => uri)).toEqual(paths.map((path) => `rtsp://127.0.0.1:${cam.port}${path}`))
  })

  it('plays the URL that the description names for the whole session', async () => {
    const whole = sdp.replace('m=video', 'a=control:rtsp://127.0.0.1/all\r\nm=video')
    const cam = await camera(willing({ sdp: whole }))
    await collect(clientFor(cam.port).client)
    expect(cam.requests.find(({ method }) => method === 'PLAY')?.uri).toBe(`rtsp://127.0.0.1:${cam.port}/all`)
  })

  it('takes a new nonce where the old one is stale, also in the middle of a session', async () => {
    const uses = new Map<string, number>()
    const cam = await camera((request, socket) => {
      const nonce = /nonce="(\d+)"/.exec(header(request, 'authorization') ?? '')?.[1] ?? '0'
      const used = (uses.get(nonce) ?? 0) + 1
      uses.set(nonce, used)
      // The first nonce is too old when it comes back, the others after two requests.
      if (Number(nonce) > 1 && used <= 2) return willing()(request, socket)
      const next = `Digest realm="c", nonce="${Number(nonce) + 1}"${nonce === '0' ? '' : ', stale=true'}`
      return reply(request, '401 Unauthorized', [`WWW-Authenticate: ${next}`])
    })
    expect(await collect(clientFor(cam.port).client)).toHaveLength(2)
    expect(uses.size).toBeGreaterThan(2)
  })

  it('keeps the session alive in the way the camera knows, twice in its time-out, whether it answers or not', async () => {
    const quiet: Answer = (request, socket) =>
      request.method === 'GET_PARAMETER'
        ? undefined
        : willing({ session: '77; timeout=2', public: 'DESCRIBE, GET_PARAMETER', media: twoPictures })(
            request,
            socket,
          )
    const cam = await camera(quiet)
    const stopping = new AbortController()
    const { client } = clientFor(cam.port, { signal: stopping.signal })
    const reading = collect(client)
    const kept = () => cam.requests.map(({ method }) => method).slice(3)
    await expect.poll(kept, { timeout: 20_000 }).toEqual(['OPTIONS', 'GET_PARAMETER', 'GET_PARAMETER'])
    stopping.abort()
    expect(await reading).toHaveLength(2)
    await expect.poll(() => cam.requests.at(-1)?.method).toBe('TEARDOWN')
  })

  it('reads the channels the camera chose, pictures that overtake the answer to PLAY, and its clock', async () => {
    const epoch1970 = 2_208_988_800
    const media = Buffer.concat([twoPictures, framed(1, senderReport(epoch1970 + 50, 0, 1_800)), bye])
    for (let at = 0; at < media.length; at += 4 + media.readUInt16BE(at + 2)) media[at + 1] += 4
    const inner = willing({ transport: 'RTP/AVP/TCP;unicast;interleaved=4-5;ssrc=7', media: Buffer.alloc(0) })
    const cam = await camera((request, socket) => {
      if (request.method === 'PLAY') socket.write(Buffer.concat([framed(0, Buffer.from('other')), media]))
      return inner(request, socket)
    })
    const { client } = clientFor(cam.port)
    expect(timesOf(await collect(client))).toEqual([0, 40])
    expect(client.report).toMatchObject({ timeMs: 20, cameraClockMs: 50_000 })
    expect(client.bytes).toBeGreaterThan(media.length)
    expect(client).toMatchObject({ lost: 0, broken: 0 })
  })

  it('tells by how much the clock of the camera is ahead, once it has reported three times', async () => {
    const epoch1970 = 2_208_988_800
    const report = () => framed(1, senderReport(epoch1970 + Math.floor(Date.now() / 1_000) + 60, 0, 1_800))
    const inner = willing({ media: Buffer.alloc(0) })
    const cam = await camera((request, socket) => {
      const answered = inner(request, socket)
      if (request.method === 'PLAY')
        socket.write(Buffer.concat([twoPictures, report(), report(), report(), bye]))
      return answered
    })
    const { client } = clientFor(cam.port)
    expect(client.clockOffsetMs).toBeUndefined()
    await collect(client)
    // Whole seconds are told, and a busy box is late.
    expect(client.clockOffsetMs).toBeGreaterThan(30_000)
    expect(client.clockOffsetMs).toBeLessThanOrEqual(60_000)
  })

  it('ends when its reader leaves, and when its signal fires at whatever moment', async () => {
    const cam = await camera(willing({ media: twoPictures }))
    expect(await collect(clientFor(cam.port).client, 1)).toHaveLength(1)
    await expect.poll(() => cam.requests.at(-1)?.method).toBe('TEARDOWN')

    const fired = clientFor(cam.port, { signal: AbortSignal.abort() }).client
    expect(await collect(fired)).toEqual([])
    expect(cam.sockets).toHaveLength(1)

    for (const method of ['DESCRIBE', 'SETUP', 'PLAY']) {
      const stopping = new AbortController()
      const hung = await camera((request, socket) => {
        if (request.method !== method) return willing()(request, socket)
        stopping.abort()
        return
      })
      expect(await collect(clientFor(hung.port, { signal: stopping.signal }).client)).toEqual([])
      await expect.poll(() => hung.sockets[0].destroyed).toBe(true)
    }
  })
})

describe('an end with a reason', () => {
  it.each<[string, string, RegExp, Answer]>([
    ['REDIRECT_REFUSED', 'a 302', /redirect/, (r) => reply(r, '302 Moved', ['Location: rtsp://10.9.9.9/x'])],
    [
      'REDIRECT_REFUSED',
      'a REDIRECT',
      /REDIRECT/,
      () => 'REDIRECT rtsp://10.9.9.9/x RTSP/1.0\r\nCSeq: 1\r\n\r\n',
    ],
    ['NO_VIDEO', 'sound alone', /no video/, willing({ sdp: 'v=0\r\nm=audio 0 RTP/AVP 0\r\n' })],
    ['CODEC_UNSUPPORTED', 'another codec', /as JPEG/, willing({ sdp: sdp.replace('H264', 'JPEG') })],
    [
      'CODEC_UNSUPPORTED',
      'a control URL that is none',
      /URL/,
      willing({ sdp: sdp.replace('trackID', 'tr ack') }),
    ],
    [
      'CODEC_UNSUPPORTED',
      'a 461',
      /does not send over TCP/,
      (r, s) => (r.method === 'SETUP' ? reply(r, '461 Unsupported Transport') : willing()(r, s)),
    ],
    [
      'CODEC_UNSUPPORTED',
      'UDP all the same',
      /another transport/,
      willing({ transport: 'RTP/AVP;unicast;client_port=1-2' }),
    ],
    [
      'CODEC_UNSUPPORTED',
      'unknown packets',
      /type 26/,
      willing({ media: framed(0, rtp({ number: 1, payload: [26, 0, 0] })) }),
    ],
    ['STREAM_FAILED', 'a 404', /check the path/, (r) => reply(r, '404 Not Found')],
    ['STREAM_FAILED', 'a 403 without a log-in', /403/, (r) => reply(r, '403 Forbidden')],
    [
      'STREAM_FAILED',
      'a 454 for PLAY',
      /PLAY with 454/,
      (r, s) => (r.method === 'PLAY' ? reply(r, '454 Session Not Found') : willing()(r, s)),
    ],
    ['STREAM_FAILED', 'garbage', /does not speak RTSP/, () => Buffer.from([0, 255, 1, 2])],
    ['STREAM_FAILED', 'another protocol', /does not speak RTSP/, () => 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    [
      'STREAM_FAILED',
      'an endless head',
      /does not speak RTSP/,
      () => `RTSP/1.0 200 OK\r\nA: ${'x'.repeat(20_000)}`,
    ],
    [
      'STREAM_FAILED',
      'a huge body',
      /does not speak RTSP/,
      () => 'RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n',
    ],
    ['STREAM_FAILED', 'a hang-up', /closed the connection/, (_, socket) => void socket.destroy()],
  ])('%s at %s', async (code, _, message, answer) => {
    const cam = await camera(answer)
    const { client, lines } = clientFor(cam.port)
    const error = await failure(client)
    expect(error).toMatchObject({ name: 'GatewayError', code, message: expect.stringMatching(message) })
    expect(error.message).toMatch(/^The camera rtsp:\/\/127\.0\.0\.1:\d+\/live\?ch=1 .*\.$/)
    expect(error.message + lines.join('')).not.toMatch(/p@ss|密|10\.9\.9\.9/)
    await expect.poll(() => cam.sockets.every((socket) => socket.destroyed)).toBe(true)
    expect(cam.sockets).toHaveLength(1)
  })

  it('asks a camera that refuses the account once, not twice', async () => {
    const cam = await camera(
      locked(willing(), ['Digest realm="c", nonce="n"', 'Basic realm="c"'], () => false),
    )
    expect(await failure(clientFor(cam.port).client)).toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringMatching(/refuses the account/),
    })
    expect(cam.requests.filter((request) => header(request, 'authorization'))).toHaveLength(1)
  })

  it('says that the camera wants an account, or a way of logging in that is not known', async () => {
    const cam = await camera(locked(willing(), ['Negotiate'], () => false))
    expect(await failure(clientFor(cam.port).client)).toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringMatching(/not known here/),
    })
    expect(await failure(clientOf(`rtsp://127.0.0.1:${cam.port}/`))).toMatchObject({
      message: expect.stringMatching(/its URL has none/),
    })
  })

  it('at a camera that accepts and stays silent, at a dead one, and where cameras may not be', async () => {
    const mute = await camera(() => undefined)
    expect(await failure(clientFor(mute.port, { responseTimeoutMs: 50 }).client)).toMatchObject({
      code: 'STREAM_FAILED',
      message: expect.stringMatching(/did not answer DESCRIBE in 50 ms/),
    })
    expect(
      await failure(clientFor(mute.port, { networks: new Networks(['0.0.0.0/0']) }).client),
    ).toMatchObject({ code: 'URL_REFUSED' })
    expect(mute.sockets).toHaveLength(1)

    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    server.close()
    expect(await failure(clientFor(port).client)).toMatchObject({
      code: 'STREAM_FAILED',
      message: expect.stringMatching(/ECONNREFUSED/),
    })
  })

  it('at a camera that plays and sends nothing, and later at one that sends nothing that gives a picture', async () => {
    const empty = await camera(willing({ media: Buffer.alloc(0) }))
    expect(await failure(clientFor(empty.port, { silentAfterMs: 300 }).client)).toMatchObject({
      code: 'STREAM_SILENT',
      message: expect.stringMatching(/it sends nothing/),
    })
    const useless = await camera(willing({ media: twoPictures }), (socket) => {
      const chatter = setInterval(() => socket.write(framed(7, Buffer.alloc(9))), 20)
      socket.once('close', () => clearInterval(chatter))
    })
    const { client } = clientFor(useless.port, { silentAfterMs: 300 })
    const given: CodedPicture[] = []
    const reading = (async () => {
      for await (const picture of picturesOf(client)) given.push(picture)
    })()
    await expect(reading).rejects.toMatchObject({
      code: 'STREAM_SILENT',
      message: expect.stringMatching(/nothing that gives a picture/),
    })
    expect(given).toHaveLength(2)
  })

  it('answers what a camera asks with its number and no more, and leaves one that never reads the answers', async () => {
    const answers: Buffer[] = []
    const curious = await camera(
      () => undefined,
      (socket) => {
        socket.on('data', (bytes) => answers.push(bytes))
        for (const number of ['312', '7'.repeat(15_000)])
          socket.write(`OPTIONS * RTSP/1.0\r\nCSeq: ${number}\r\n\r\n`)
      },
    )
    const stopping = new AbortController()
    const reading = collect(clientFor(curious.port, { signal: stopping.signal }).client)
    const text = () => Buffer.concat(answers).toString()
    await expect.poll(() => text().match(/501/g)).toHaveLength(2)
    expect(text()).toContain('CSeq: 312\r\n')
    expect(text()).not.toContain('7'.repeat(17))
    stopping.abort()
    await reading

    const ask = Buffer.from('OPTIONS * RTSP/1.0\r\nCSeq: 1234567890123456\r\n\r\n'.repeat(1_000))
    const flooding = await camera(
      () => undefined,
      (socket) => {
        socket.pause()
        const flood = () => {
          while (socket.writable && socket.write(ask));
        }
        socket.on('drain', flood)
        flood()
      },
    )
    expect(await failure(clientFor(flooding.port, { responseTimeoutMs: 40_000 }).client)).toMatchObject({
      message: expect.stringMatching(/never reads/),
    })
  }, 60_000)
})

describe('whatever arrives', () => {
  it('ends an attempt with a GatewayError and nothing else, before and after PLAY', async () => {
    const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
    const frame = fc.tuple(fc.integer({ min: 0, max: 2 }), random).map(([to, bytes]) => framed(to, bytes))
    const packet = fc
      .record({ number: fc.nat(5), stamp: fc.nat(5), marker: fc.boolean(), payload: random })
      .map((one) => framed(0, rtp(one)))
    const text = fc.constantFrom('RTSP/1.0 200 OK\r\n\r\n', 'OPTIONS * RTSP/1.0\r\n\r\n', '\r\n', '$')
    const piece = fc.oneof(frame, packet, packet, text.map(Buffer.from), fc.constant(twoPictures), random)
    const pieces = fc.array(piece, { maxLength: 12 }).map((list) => Buffer.concat(list))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('DESCRIBE', 'SETUP', 'PLAY'), pieces, async (method, bytes) => {
        await using cam = await testCamera((request, socket) => {
          if (request.method !== method) return willing()(request, socket)
          socket.end(Buffer.concat([Buffer.from(method === 'PLAY' ? reply(request, '200 OK') : ''), bytes]))
          return
        })
        const error = await failure(clientFor(cam.port, { responseTimeoutMs: 5_000 }).client)
        expect(error).toMatchObject({
          name: 'GatewayError',
          code: expect.stringMatching(/^(STREAM|CODEC|REDIRECT|NO)_/),
        })
      }),
      { numRuns: 150 },
    )
  })
})

describe('faults of the simulator', () => {
  const sim = new CameraSim()
  let clip: string
  beforeAll(async () => {
    clip = await spotClip('h264')
    await sim.start()
  })
  afterAll(() => sim.stop())
  const auth = { user: 'viewer', password, scheme: 'digest' } as const
  const add = (name: string, more: Partial<SimCamera> = {}) => sim.addCamera(name, { clip, auth, ...more })

  it.each([
    ['wrong-password', 'AUTH_FAILED'],
    ['404', 'STREAM_FAILED'],
    ['audio-only', 'NO_VIDEO'],
    ['redirect=rtsp://10.9.9.9/x', 'REDIRECT_REFUSED'],
    ['silent', 'STREAM_FAILED'],
  ])('%s is %s', async (fault, code) => {
    const client = clientOf(await add(code, { fault }), { responseTimeoutMs: 1_000 })
    expect(await failure(client)).toMatchObject({ code })
  })

  it('a cut ends with what came before it, a stall with its silence', async () => {
    const cut = clientOf(await add('cut', { fault: 'cut@1' }))
    const seen: CodedPicture[] = []
    const reading = (async () => {
      for await (const picture of picturesOf(cut)) seen.push(picture)
    })()
    await expect(reading).rejects.toMatchObject({
      code: 'STREAM_FAILED',
      message: expect.stringMatching(/closed the connection/),
    })
    expect(seen.length).toBeGreaterThan(0)
    const stalled = clientOf(await add('stall', { fault: 'stall@0.5' }), { silentAfterMs: 500 })
    expect(await failure(stalled)).toMatchObject({
      code: 'STREAM_SILENT',
      message: expect.stringMatching(/it sends nothing/),
    })
    await expect.poll(() => sim.sessions('stall')).toBe(0)
  })

  it('garbage in the place of pictures ends nothing, and the next sound key picture is as good as ever', async () => {
    const client = clientOf(await add('garbage'), { silentAfterMs: 20_000 })
    let broken = 0
    for await (const picture of picturesOf(client)) {
      if (picture.timeMs === 0) await sim.setFault('garbage', 'garbage')
      if (broken === 0 && client.broken > 5) {
        broken = client.broken
        await sim.setFault('garbage', undefined)
      } else if (broken > 0 && picture.key && !picture.afterLoss) break
    }
    expect(broken).toBeGreaterThan(5)
  })

  it('a camera that changes its size sends new parameter sets with its next key picture', async () => {
    const client = clientOf(await add('resize', { fault: 'resize@1' }))
    const sizes = new Set<string>()
    for await (const { key, bytes } of picturesOf(client)) {
      if (key) sizes.add(Buffer.from(bytes.subarray(0, 20)).toString('hex'))
      if (sizes.size === 2) break
    }
    expect(sizes.size).toBe(2)
  })
})
