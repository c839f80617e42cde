/** What the tests of our RTSP client share: clients of loopback cameras, and what ffmpeg decodes from what they gave. */
import { execFile } from 'node:child_process'
import { pino } from 'pino'
import type { CodedPicture } from '../../src/domain/coded-picture.ts'
import { parseCameraUrl, type RtspAddress } from '../../src/ingest/address.ts'
import { Networks } from '../../src/ingest/networks.ts'
import { RtspClient, type RtspClientOptions } from '../../src/ingest/rtsp/client.ts'

/** What ends each client whose reader has left. */
const leaving = new WeakMap<RtspClient, AbortController>()

/** A client of a camera on loopback; gives up after 45 s. */
export function clientOf(url: string, more: Partial<RtspClientOptions> = {}): RtspClient {
  const { signal = AbortSignal.timeout(45_000), ...others } = more
  const left = new AbortController()
  const client = new RtspClient({
    address: parseCameraUrl(url) as RtspAddress,
    networks: new Networks(['127.0.0.0/8']),
    log: pino({ level: 'silent' }),
    silentAfterMs: 10_000,
    ...others,
    signal: AbortSignal.any([signal, left.signal]),
  })
  leaving.set(client, left)
  return client
}

/** Copies of the pictures as they come. A reader that leaves ends the client. */
export async function* picturesOf(client: RtspClient): AsyncGenerator<CodedPicture> {
  const come: CodedPicture[] = []
  let wake = () => {}
  const reading = client.read((picture) => {
    come.push(copyOf(picture))
    wake()
    return false
  })
  const ended = reading.then(
    () => true,
    () => true,
  )
  try {
    for (;;) {
      const picture = come.shift()
      if (picture) {
        yield picture
        continue
      }
      const more = new Promise<boolean>((resolve) => {
        wake = () => resolve(false)
      })
      if ((await Promise.race([more, ended])) && come.length === 0) break
    }
    await reading
  } finally {
    leaving.get(client)?.abort()
    await ended
  }
}

/** Whoever gives a picture may write over its bytes. */
export function copyOf(picture: CodedPicture): CodedPicture {
  return { ...picture, bytes: Buffer.from(picture.bytes) }
}

/** So many pictures, or all there are. */
export async function collect(client: RtspClient, count = Number.POSITIVE_INFINITY): Promise<CodedPicture[]> {
  const pictures: CodedPicture[] = []
  for await (const picture of picturesOf(client)) {
    pictures.push(picture)
    if (pictures.length === count) break
  }
  return pictures
}

/** A hash of each picture that ffmpeg decodes from a clip, in the order of showing. */
export function hashesOfClip(clip: string): Promise<string[]> {
  return frameHashes(['-i', clip], undefined)
}

/** The same of coded pictures, one after the other. */
export function hashesOfPictures(pictures: readonly CodedPicture[]): Promise<string[]> {
  const format = pictures[0]?.codec === 'h265' ? 'hevc' : 'h264'
  return frameHashes(['-f', format, '-i', 'pipe:0'], Buffer.concat(pictures.map(({ bytes }) => bytes)))
}

function frameHashes(input: readonly string[], stdin: Buffer | undefined): Promise<string[]> {
  const output = ['-map', '0:V:0', '-fps_mode', 'passthrough', '-f', 'framemd5', '-']
  return new Promise((resolve, reject) => {
    const args = ['-v', 'error', ...(stdin ? [] : ['-nostdin']), ...input, ...output]
    const child = execFile('ffmpeg', args, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error || stderr) reject(error ?? new Error(stderr))
      else
        resolve(stdout.split('\n').flatMap((line) => (/^\d/.test(line) ? [line.split(',')[5].trim()] : [])))
    })
    child.stdin?.on('error', () => {})
    child.stdin?.end(stdin)
  })
}
