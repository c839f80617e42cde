/** The guard between a client that knows nothing and cameras that behave as they like. */
import { execFile, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { parseCameraUrl, type RtspAddress } from '../../src/ingest/address.ts'
import { Authenticator } from '../../src/ingest/digest.ts'
import { RtspGuard, type RtspGuardOptions } from '../../src/ingest/guard.ts'
import { Networks } from '../../src/ingest/networks.ts'
import { header, type RtspRequest } from '../../src/ingest/rtsp-message.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { type Answer, reply, testCamera } from './rtsp-server.ts'

const password = 'p@ss:密/码'
const user = `admin:${encodeURIComponent(password)}`
const sdp = 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\n'
const loopback = new Networks(['127.0.0.1'])

const cleanup: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const end of cleanup.splice(0).reverse()) await end()
})

async function camera(answer: Answer, onConnect?: (socket: Socket) => void) {
  const made = await testCamera(answer, onConnect)
  cleanup.push(() => made[Symbol.asyncDispose]())
  return made
}

/** What the guard logged goes to `lines`, unmasked. */
function guardFor(port: number, account = user, path = '/live?ch=1', more: Partial<RtspGuardOptions> = {}) {
  const lines: string[] = []
  const log = createLog('debug', new SecretMask(), (line) => lines.push(line))
  const address = parseCameraUrl(`rtsp://${account}@127.0.0.1:${port}${path}`) as RtspAddress
  const guard = new RtspGuard({ address, networks: loopback, log, ...more })
  cleanup.push(() => guard.stop())
  return { guard, lines }
}

/** A client that does as ffmpeg does; `seen` is everything it was told. */
async function client(url: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  cleanup.push(() => socket.destroy())
  let seen = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    seen = Buffer.concat([seen, chunk])
  })
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  let sequence = 0
  return {
    socket,
    closed,
    seen: () => seen.toString('latin1'),
    bytes: () => seen,
    /** Sends a request and resolves with all that came until the answer to it was whole. */
    async ask(method: string, uri = url, headers = ''): Promise<string> {
      const from = seen.length
      socket.write(`${method} ${uri} RTSP/1.0\r\nCSeq: ${++sequence}\r\n${headers}\r\n`)
      while (!socket.closed) {
        const text = seen.subarray(from).toString('latin1')
        const [head, body] = text.split('\r\n\r\n', 2)
        if (body !== undefined && body.length >= Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0))
          return text
        await Promise.race([once(socket, 'data'), once(socket, 'close')])
      }
      return seen.subarray(from).toString('latin1')
    },
  }
}

/** Says yes to everything. */
const willing: Answer = (request) => {
  if (request.method === 'DESCRIBE') return reply(request, '200 OK', ['Content-Type: application/sdp'], sdp)
  if (request.method === 'SETUP') {
    return reply(request, '200 OK', [
      'Session: 77;timeout=60',
      'Transport: RTP/AVP/TCP;interleaved=0-1;source=10.9.9.9',
    ])
  }
  return reply(request, '200 OK', request.method === 'PLAY' ? ['RTP-Info: url=rtsp://10.9.9.9/x;seq=1'] : [])
}

/** Wants a Digest of the true password, with a nonce of its own for each 401. */
function locked(inner: Answer, accept: (authorization: string, request: RtspRequest) => boolean): Answer {
  return (request, socket) => {
    const authorization = header(request, 'authorization')
    if (authorization && accept(authorization, request)) return inner(request, socket)
    return reply(request, '401 Unauthorized', [
      'WWW-Authenticate: Digest realm="cam", nonce="abc"',
      'WWW-Authenticate: Basic realm="cam"',
    ])
  }
}

function rightDigest(authorization: string, request: RtspRequest): boolean {
  const check = new Authenticator({ username: 'admin', password })
  check.challenge(['Digest realm="cam", nonce="abc"'])
  return authorization === check.authorization(request.method, request.uri)
}

const tcp = 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n'

describe('RtspGuard', () => {
  it('logs in for a client that never learns the account, the address or the path', async () => {
    const cam = await camera(locked(willing, rightDigest))
    const { guard, lines } = guardFor(cam.port)
    const url = await guard.start()
    expect(url).toMatch(/^rtsp:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}$/)
    const ffmpeg = await client(url)
    await ffmpeg.ask('OPTIONS')
    expect(await ffmpeg.ask('DESCRIBE', url, 'Authorization: Basic bm9uZQ==\r\n')).toContain('m=video')
    await ffmpeg.ask('SETUP', `${url}/trackID=0`, tcp)
    await ffmpeg.ask('PLAY', url, 'Session: 77\r\n')
    expect(cam.requests.filter((r) => header(r, 'authorization')).map((r) => `${r.method} ${r.uri}`)).toEqual(
      [
        `OPTIONS rtsp://127.0.0.1:${cam.port}/live?ch=1`,
        `DESCRIBE rtsp://127.0.0.1:${cam.port}/live?ch=1`,
        `SETUP rtsp://127.0.0.1:${cam.port}/live?ch=1/trackID=0`,
        `PLAY rtsp://127.0.0.1:${cam.port}/live?ch=1`,
      ],
    )
    expect(cam.requests).toHaveLength(5)
    expect(guard.sdp).toBe(sdp)
    for (const secret of ['admin', password, 'p@ss', 'Digest', '/live', `:${cam.port}`, '10.9.9.9']) {
      expect(ffmpeg.seen() + url).not.toContain(secret)
    }
    expect(lines.join('')).not.toContain('p@ss')
    ffmpeg.socket.destroy()
    await guard.stop()
    expect(guard.failure).toBeUndefined()
    await expect.poll(() => cam.requests.at(-1)?.method).toBe('TEARDOWN')
  })

  it('asks a camera that refuses the account once, not twice', async () => {
    const cam = await camera(locked(willing, () => false))
    const { guard, lines } = guardFor(cam.port)
    const ffmpeg = await client(await guard.start())
    const closed = new Promise<void>((resolve) => guard.onClosed(resolve))
    expect(await ffmpeg.ask('DESCRIBE')).toContain('502')
    await closed
    expect(guard.failure?.code).toBe('AUTH_FAILED')
    expect(cam.requests.filter((request) => header(request, 'authorization'))).toHaveLength(1)
    expect(guard.failure?.message + lines.join('') + ffmpeg.seen()).not.toMatch(/p@ss|密|admin/)
  })

  it('takes a new nonce where the old one is stale', async () => {
    const nonces = ['one', 'two', 'three']
    let at = 0
    const cam = await camera((request, socket) => {
      if (header(request, 'authorization')?.includes(`nonce="${nonces[2]}"`)) return willing(request, socket)
      const stale = at > 0 ? ', stale=true' : ''
      at++
      return reply(request, '401 Unauthorized', [
        `WWW-Authenticate: Digest realm="c", nonce="${nonces[at]}"${stale}`,
      ])
    })
    const { guard } = guardFor(cam.port)
    const ffmpeg = await client(await guard.start())
    expect(await ffmpeg.ask('DESCRIBE')).toContain('200 OK')
    expect(guard.failure).toBeUndefined()
  })

  it('uses Basic where nothing else is offered', async () => {
    const basic = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`
    const cam = await camera((request, socket) =>
      header(request, 'authorization') === basic
        ? willing(request, socket)
        : reply(request, '401 Unauthorized', ['WWW-Authenticate: Basic realm="c"']),
    )
    const { guard } = guardFor(cam.port)
    const ffmpeg = await client(await guard.start())
    expect(await ffmpeg.ask('DESCRIBE')).toContain('200 OK')
  })

  it.each<[string, string, Answer]>([
    ['REDIRECT_REFUSED', 'fault 4: a 302', (r) => reply(r, '302 Moved', ['Location: rtsp://10.9.9.9/x'])],
    ['REDIRECT_REFUSED', 'a REDIRECT', () => 'REDIRECT rtsp://10.9.9.9/x RTSP/1.0\r\nCSeq: 1\r\n\r\n'],
    ['NO_VIDEO', 'fault 17: audio only', (r) => reply(r, '200 OK', [], 'v=0\r\nm=audio 0 RTP/AVP 0\r\n')],
    ['STREAM_FAILED', 'a 404', (r) => reply(r, '404 Not Found')],
    ['STREAM_FAILED', 'a 403 without a log-in', (r) => reply(r, '403 Forbidden')],
    ['STREAM_FAILED', 'garbage', () => Buffer.from([0, 255, 1, 2])],
    ['STREAM_FAILED', 'another protocol', () => 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['STREAM_FAILED', 'an endless head', () => `RTSP/1.0 200 OK\r\nA: ${'x'.repeat(20_000)}`],
    ['STREAM_FAILED', 'a huge body', () => 'RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n'],
    [
      'STREAM_FAILED',
      'a hundred addresses',
      (r) =>
        reply(r, '200 OK', [], Array.from({ length: 99 }, (_, i) => `a=control:rtsp://x/${i}\r\n`).join('')),
    ],
  ])('ends with %s at %s', async (code, _, answer) => {
    const cam = await camera(answer)
    const { guard } = guardFor(cam.port)
    const ffmpeg = await client(await guard.start())
    expect(await ffmpeg.ask('DESCRIBE')).toContain('502 Bad Gateway')
    await guard.stop()
    expect(guard.failure?.code).toBe(code)
    expect(ffmpeg.seen()).not.toContain('10.9.9.9')
    expect(cam.sockets).toHaveLength(1)
  })

  it('fault 12: ends at a camera that accepts and stays silent', async () => {
    const cam = await camera(() => undefined)
    const { guard } = guardFor(cam.port, user, '/', { responseTimeoutMs: 50 })
    const ffmpeg = await client(await guard.start())
    expect(await ffmpeg.ask('OPTIONS')).toContain('502')
    await ffmpeg.closed
    expect(guard.failure?.message).toMatch(/did not answer OPTIONS in 50 ms/)
  })

  it('says before any ffmpeg is needed that a camera cannot be reached or may not be', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    server.close()
    const { guard } = guardFor(port)
    await expect(guard.start()).rejects.toMatchObject({
      code: 'STREAM_FAILED',
      message: expect.stringMatching(/ECONNREFUSED/),
    })
    expect(guard.failure?.code).toBe('STREAM_FAILED')

    const cam = await camera(willing)
    const outside = guardFor(cam.port, user, '/', { networks: new Networks(['0.0.0.0/0']) }).guard
    await expect(outside.start()).rejects.toMatchObject({ code: 'URL_REFUSED' })
    expect(cam.sockets).toHaveLength(0)
  })

  it('serves one connection, and only one that knows the token', async () => {
    const cam = await camera(willing)
    const { guard } = guardFor(cam.port)
    const url = await guard.start()
    const stranger = await client(url)
    const second = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
    await new Promise((resolve) => second.on('close', resolve))
    await stranger.ask(
      'DESCRIBE',
      url.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    )
    await stranger.closed
    expect(guard.failure?.message).toMatch(/token/)
    expect(cam.requests).toEqual([])
  })

  it('refuses media over UDP, which would pass beside it', async () => {
    const cam = await camera(willing)
    const { guard } = guardFor(cam.port)
    const url = await guard.start()
    const ffmpeg = await client(url)
    expect(
      await ffmpeg.ask('SETUP', url, 'Transport: RTP/AVP/TCP;interleaved=0-1,RTP/AVP;client_port=1-2\r\n'),
    ).toContain('461')
    expect(cam.requests).toEqual([])
  })

  it('keeps the client on its own URL whatever hosts the camera names', async () => {
    const body = `${sdp}a=control:rtsp://10.9.9.9:99/other/track2\r\n`
    const cam = await camera((request, socket) =>
      request.method === 'DESCRIBE'
        ? reply(request, '200 OK', ['Content-Base: rtsp://evil.example/base/'], body)
        : willing(request, socket),
    )
    const { guard } = guardFor(cam.port)
    const url = await guard.start()
    const ffmpeg = await client(url)
    const answer = await ffmpeg.ask('DESCRIBE')
    expect(answer).not.toMatch(/evil|10\.9\.9\.9/)
    const base = /Content-Base: (\S+)/.exec(answer)?.[1] ?? ''
    const track = /a=control:(rtsp\S+)/.exec(answer)?.[1] ?? ''
    expect(Number(/Content-Length: (\d+)/.exec(answer)?.[1])).toBe(answer.split('\r\n\r\n')[1].length)
    await ffmpeg.ask('SETUP', `${base}trackID=0`, tcp)
    await ffmpeg.ask('SETUP', track, tcp)
    await ffmpeg.ask('PLAY', base)
    const own = `rtsp://127.0.0.1:${cam.port}`
    expect(cam.requests.slice(1).map((r) => r.uri)).toEqual([
      `${own}/base/trackID=0`,
      `${own}/other/track2`,
      `${own}/base/`,
    ])
  })

  it('passes media both ways unchanged, and lets the camera wait for a slow client', async () => {
    const total = 64 * 1_024 * 1_024
    const frame = Buffer.alloc(4 + 60_000, 0x52)
    frame.set([0x24, 0, 60_000 >> 8, 60_000 & 255])
    const cam = await camera((request, socket) => {
      if (request.method !== 'PLAY') return willing(request, socket)
      socket.write(reply(request, '200 OK'))
      for (let sent = 0; sent < total; sent += frame.length) socket.write(frame)
      return
    })
    const { guard } = guardFor(cam.port)
    const url = await guard.start()
    const ffmpeg = await client(url)
    await ffmpeg.ask('DESCRIBE')
    await ffmpeg.ask('SETUP', `${url}/trackID=0`, tcp)
    ffmpeg.socket.pause()
    ffmpeg.socket.removeAllListeners('data')
    ffmpeg.socket.write(`PLAY ${url} RTSP/1.0\r\nCSeq: 9\r\n\r\n`)
    // Nobody reads: the relay stops when the buffers between are full, long before all has passed.
    let before = -1
    await expect
      .poll(
        () => {
          const still = guard.bytes > 100_000 && guard.bytes === before
          before = guard.bytes
          return still
        },
        { interval: 200 },
      )
      .toBe(true)
    expect(guard.bytes).toBeLessThan(total / 2)
    expect(Date.now() - guard.lastByteAt).toBeLessThan(60_000)
    let received = 0
    ffmpeg.socket.on('data', (chunk) => {
      received += chunk.length
    })
    ffmpeg.socket.resume()
    await expect.poll(() => received, { timeout: 20_000 }).toBeGreaterThanOrEqual(total)
    const report = Buffer.from([0x24, 1, 0, 2, 0x80, 0xc9])
    ffmpeg.socket.write(report)
    await expect.poll(() => Buffer.concat(cam.media)).toEqual(report)
  })

  it('gives up a camera that asks and asks and never reads the answers', async () => {
    const ask = Buffer.from('OPTIONS * RTSP/1.0\r\nCSeq: 1234567890123456\r\n\r\n'.repeat(1_000))
    const cam = await camera(
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
    const { guard } = guardFor(cam.port)
    const closed = new Promise<void>((resolve) => guard.onClosed(resolve))
    await client(await guard.start())
    await closed
    expect(guard.failure).toMatchObject({
      code: 'STREAM_FAILED',
      message: expect.stringContaining('never reads'),
    })
  }, 60_000)

  it('answers a request of the camera with its number, and with no more than a number', async () => {
    const answers: Buffer[] = []
    const cam = await camera(
      () => undefined,
      (socket) => {
        socket.on('data', (bytes) => answers.push(bytes))
        for (const sequence of ['312', '7'.repeat(15_000)])
          socket.write(`OPTIONS * RTSP/1.0\r\nCSeq: ${sequence}\r\n\r\n`)
      },
    )
    const { guard } = guardFor(cam.port)
    await guard.start()
    const text = () => Buffer.concat(answers).toString()
    await expect.poll(() => text().match(/501/g)).toHaveLength(2)
    expect(text()).toContain('CSeq: 312\r\n')
    expect(text().length).toBeLessThan(300)
    expect(cam.requests).toHaveLength(0)
  })

  it('bounds what may be unanswered, and stays with a playing camera that ignores keep-alives', async () => {
    const cam = await camera((request, socket) =>
      request.method === 'OPTIONS' ? undefined : willing(request, socket),
    )
    const ask = (socket: Socket, url: string) => socket.write(`OPTIONS ${url} RTSP/1.0\r\nCSeq: 50\r\n\r\n`)
    const first = guardFor(cam.port).guard
    const url = await first.start()
    const eager = await client(url)
    for (let i = 0; i < 9; i++) ask(eager.socket, url)
    await eager.closed
    expect(first.failure?.message).toMatch(/8 requests unanswered/)

    const { guard } = guardFor(cam.port)
    const patient = await guard.start()
    const ffmpeg = await client(patient)
    await ffmpeg.ask('PLAY')
    for (let i = 0; i < 20; i++) ask(ffmpeg.socket, patient)
    expect(await ffmpeg.ask('GET_PARAMETER')).toContain('200 OK')
    expect(guard.failure).toBeUndefined()
  })

  it('says so when a playing camera hangs up', async () => {
    const cam = await camera(willing)
    const { guard } = guardFor(cam.port)
    const ffmpeg = await client(await guard.start())
    await ffmpeg.ask('PLAY')
    cam.sockets[0].destroy()
    await ffmpeg.closed
    expect(guard.failure?.message).toMatch(/closed the connection/)
  })

  it('stops at any moment', async () => {
    const cam = await camera(willing)
    const { guard } = guardFor(cam.port)
    const started = guard.start()
    await guard.stop()
    await expect(started).rejects.toMatchObject({ code: 'STREAM_FAILED' })
    const never = guardFor(cam.port).guard
    await never.stop()
    const idle = guardFor(cam.port).guard
    await idle.start()
    await idle.stop()
    expect(idle.failure).toBeUndefined()
  })

  it('lets a real ffmpeg decode a picture through it, with no secret in its arguments or output', async () => {
    const { packets, description } = await recordRtp()
    const cam = await camera(
      locked((request, socket) => {
        if (request.method === 'DESCRIBE') {
          const base = [`Content-Base: rtsp://127.0.0.1/live/`, 'Content-Type: application/sdp']
          return reply(request, '200 OK', base, description)
        }
        if (request.method !== 'PLAY') return willing(request, socket)
        socket.write(reply(request, '200 OK', ['Session: 77']))
        socket.write(Buffer.concat(packets))
        return
      }, rightDigest),
    )
    const { guard } = guardFor(cam.port)
    const url = await guard.start()
    const args = [
      '-v',
      'debug',
      '-analyzeduration',
      '500000',
      '-probesize',
      '32768',
      '-nostdin',
      '-rtsp_transport',
      'tcp',
      '-i',
      url,
      '-frames:v',
      '5',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'gray',
      '-y',
      '/dev/null',
    ]
    const { stderr } = await promisify(execFile)('ffmpeg', args, {
      timeout: 40_000,
      maxBuffer: 16 * 1_024 * 1_024,
    })
    expect(stderr).toMatch(/frame=\s*5/)
    expect(guard.sdp).toContain('H264')
    expect(guard.failure).toBeUndefined()
    expect(args.join(' ') + stderr).not.toMatch(/admin|p@ss|密/)
  })
})

/** Two seconds of H.264 as interleaved RTP, and its session description, both made by ffmpeg. */
async function recordRtp(): Promise<{ packets: Buffer[]; description: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'skyeye-rtp-'))
  cleanup.push(() => rmSync(folder, { recursive: true }))
  const socket = createSocket('udp4')
  const packets: Buffer[] = []
  socket.on('message', (packet) => {
    const head = Buffer.from([0x24, 0, packet.length >> 8, packet.length & 255])
    packets.push(Buffer.concat([head, packet]))
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const file = join(folder, 'a.sdp')
  const encode = [
    '-v',
    'error',
    '-nostdin',
    '-re',
    '-f',
    'lavfi',
    '-i',
    'testsrc2=size=320x240:rate=10',
    '-t',
    '2',
  ]
  const send = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-tune',
    'zerolatency',
    '-g',
    '5',
    '-flags',
    '+global_header',
  ]
  const to = `rtp://127.0.0.1:${socket.address().port}?rtcpport=${socket.address().port}&pkt_size=1200`
  const ffmpeg = spawn('ffmpeg', [...encode, ...send, '-f', 'rtp', '-sdp_file', file, to], {
    stdio: 'ignore',
  })
  await once(ffmpeg, 'exit')
  socket.close()
  // RTCP came to the same port; its packet types are 200 and up.
  const media = packets.filter((packet) => packet[5] < 200 || packet[5] > 204)
  const text = readFileSync(file, 'latin1').replace(/m=video \d+/, 'm=video 0')
  return {
    packets: media,
    description: `${text.slice(text.indexOf('v=0')).trim().replace(/\r?\n/g, '\r\n')}\r\na=control:trackID=0\r\n`,
  }
}
