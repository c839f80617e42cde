/** What the simulator's tests share: clips that ffmpeg draws, and ffmpeg and bare sockets as viewers. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A moving test picture of 320 × 240 at 25 fps, two seconds long; extra arguments come before the output. */
export async function drawClip(
  out: string,
  extra: readonly string[],
  inputs: readonly string[] = [],
): Promise<string> {
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25', ...inputs]
  await run('ffmpeg', [
    '-v',
    'error',
    '-y',
    ...picture,
    '-t',
    '2',
    '-g',
    '25',
    '-pix_fmt',
    'yuv420p',
    ...extra,
    out,
  ])
  return out
}

export interface Watched {
  readonly status: number
  /** Checksum of each decoded picture. */
  readonly pictures: readonly string[]
  /** Show times, seconds from the first picture. */
  readonly times: readonly number[]
  /** Bytes of each decoded picture: another size shows another resolution. */
  readonly sizes: readonly number[]
  /** What ffmpeg complained about. */
  readonly complaints: string
}

/** Decodes a clip or a stream up to so many pictures, and tells what came; gives up on two silent seconds. */
export async function watch(source: string, pictures = 1_000_000, transport = 'tcp'): Promise<Watched> {
  const live = source.startsWith('rtsp:') ? ['-rtsp_transport', transport, '-timeout', '2000000'] : []
  const limit = ['-frames:v', String(pictures), '-fps_mode', 'passthrough', '-copyts']
  const args = [
    '-nostdin',
    '-v',
    'error',
    '-threads',
    '1',
    ...live,
    '-i',
    source,
    '-map',
    '0:v',
    '-autoscale',
    '0',
    ...limit,
    '-f',
    'framemd5',
    '-',
  ]
  const { stdout, stderr, code } = await run('ffmpeg', args, { maxBuffer: 1 << 26 }).then(
    (done) => ({ ...done, code: 0 }),
    (failed) => failed,
  )
  const rows = String(stdout)
    .split('\n')
    .filter((row) => /^\d/.test(row))
    .map((row) => row.split(','))
  const base = /#tb 0: (\d+)\/(\d+)/.exec(stdout)
  const second = base ? Number(base[1]) / Number(base[2]) : 0
  const times = rows.map((row) => (Number(row[2]) - Number(rows[0][2])) * second)
  const sizes = rows.map((row) => Number(row[4]))
  return {
    status: code,
    sizes,
    pictures: rows.map((row) => row[5].trim()),
    times,
    complaints: String(stderr),
  }
}

/** What ffprobe says of the streams: `type,codec,width,height`. */
export async function probe(url: string): Promise<string[]> {
  const entries = ['-show_entries', 'stream=codec_type,codec_name,width,height', '-of', 'csv=p=0']
  const { stdout } = await run('ffprobe', ['-v', 'error', '-rtsp_transport', 'tcp', ...entries, url])
  return stdout.trim().split('\n')
}

/** A viewer that plays without any library: it counts packets and keeps the RTCP reports. */
export class BareViewer {
  readonly socket: Socket
  readonly reports: Buffer[] = []
  packets = 0
  private cseq = 0
  private session = ''
  private pending: Buffer = Buffer.alloc(0)
  private answered: (status: number) => void = () => {}

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1')
    this.socket.on('error', () => this.socket.destroy())
    this.socket.on('data', (bytes) => {
      this.pending = Buffer.concat([this.pending, bytes])
      while (this.takeFrame() || this.takeAnswer());
    })
  }

  /** Sends one request and gives the status of its answer. */
  async ask(method: string, url: string, extra = ''): Promise<number> {
    const answer = new Promise<number>((resolve) => {
      this.answered = resolve
    })
    const session = this.session ? `Session: ${this.session}\r\n` : ''
    this.socket.write(`${method} ${url} RTSP/1.0\r\nCSeq: ${++this.cseq}\r\n${session}${extra}\r\n`)
    return answer
  }

  async play(url: string): Promise<void> {
    await this.ask('SETUP', `${url}/trackID=0`, 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n')
    await this.ask('PLAY', url)
  }

  async closed(): Promise<void> {
    if (!this.socket.closed) await once(this.socket, 'close')
  }

  private takeFrame(): boolean {
    if (this.pending[0] !== 0x24 || this.pending.length < 4) return false
    const end = 4 + this.pending.readUInt16BE(2)
    if (this.pending.length < end) return false
    if (this.pending[1] === 1) this.reports.push(Buffer.from(this.pending.subarray(4, end)))
    else this.packets++
    this.pending = this.pending.subarray(end)
    return true
  }

  /** Only answers without a body are asked for here. */
  private takeAnswer(): boolean {
    const end = this.pending[0] === 0x24 ? -1 : this.pending.indexOf('\r\n\r\n')
    if (end < 0) return false
    const head = this.pending.subarray(0, end).toString()
    this.pending = this.pending.subarray(end + 4)
    this.session ||= /^Session: (\w+)/m.exec(head)?.[1] ?? ''
    this.answered(Number(head.split(' ')[1]))
    return true
  }
}

/** Waits until something is so; vitest's own limit ends what never becomes so. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}
