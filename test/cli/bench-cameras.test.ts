/** The cameras of `skyeye bench` before the product's own RTSP client and decoder. */
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { BenchCameras } from '../../src/cli/bench-cameras.ts'
import { drawClip, drawPicture, type StreamKind } from '../../src/cli/bench-clip.ts'
import { packetsOf, type SentClip, toClip } from '../../src/cli/bench-rtp.ts'
import type { CodedPicture } from '../../src/domain/coded-picture.ts'
import { parseCameraUrl, type RtspAddress } from '../../src/ingest/address.ts'
import { FedDecoder } from '../../src/ingest/fed-decoder.ts'
import { Networks } from '../../src/ingest/networks.ts'
import { RtspClient } from '../../src/ingest/rtsp/client.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'

const small: StreamKind = { width: 352, height: 288, bitsPerSecond: 400_000 }
const log = createLog('silent', new SecretMask())
let clips: { quiet: SentClip; active: SentClip }

beforeAll(async () => {
  const [quiet, active] = [await drawClip('quiet', small), await drawClip('active', small)]
  clips = { quiet: toClip(quiet), active: toClip(active) }
})

async function read(url: string, count: number): Promise<CodedPicture[]> {
  const stopping = new AbortController()
  const client = new RtspClient({
    ...{ address: parseCameraUrl(url) as RtspAddress, networks: new Networks(['127.0.0.0/8']), log },
    ...{ signal: stopping.signal, silentAfterMs: 20_000 },
  })
  const pictures: CodedPicture[] = []
  await client.read((picture) => {
    pictures.push({ ...picture, bytes: Buffer.from(picture.bytes) })
    if (pictures.length === count) stopping.abort()
    return false
  })
  expect([client.lost, client.broken]).toEqual([0, 0])
  return pictures
}

it('draws clips that begin with a key picture each two seconds, in which something moves or nothing does', () => {
  for (const [{ pictures, parameterSets }, keys] of [
    [clips.quiet, [0, 50]],
    [clips.active, [0, 50, 100, 150, 200, 250]],
  ] as const) {
    expect(pictures).toHaveLength(50 * keys.length)
    expect(pictures.flatMap(({ key }, i) => (key ? i : []))).toEqual(keys)
    expect(parameterSets.map((nal) => nal[0] & 0x1f)).toEqual([7, 8])
  }
  const bytesEach = ({ pictures }: SentClip) =>
    pictures
      .flatMap(({ key, payloads }) => (key ? [] : payloads))
      .reduce((sum, { length }) => sum + length, 0) / pictures.length
  expect(bytesEach(clips.active)).toBeGreaterThan(1.5 * bytesEach(clips.quiet))
})

it('draws a picture of any size', async () => {
  expect(await drawPicture(small, 176, 144)).toHaveLength((176 * 144 * 3) / 2)
})

it('is read whole by the RTSP client, at the pace of a camera, over the end of the clip, and decodes', async () => {
  const cameras = new BenchCameras(clips)
  await cameras.start()
  onTestFinished(() => cameras.stop())
  const wanted = 110
  const [quiet, active] = await Promise.all([
    read(cameras.url('quiet', 1), wanted),
    read(cameras.url('active', 7), 3),
  ])
  expect(quiet[0].bytes.length).not.toBe(active[0].bytes.length)
  expect(quiet.flatMap(({ key }, i) => (key ? i : []))).toEqual([0, 50, 100])
  expect(quiet[100].bytes).toEqual(quiet[0].bytes)
  expect(quiet.every(({ afterLoss, qp }) => !afterLoss && qp !== undefined)).toBe(true)
  const steps = quiet.slice(1).map(({ timeMs }, i) => timeMs - quiet[i].timeMs)
  expect(Math.max(...steps)).toBeCloseTo(40, 5)
  // Never faster than a camera; on a busy machine later.
  expect(quiet[wanted - 1].arrivedAt - quiet[0].arrivedAt).toBeGreaterThan((wanted - 1) * 40 - 500)
  expect(await decoded(quiet)).toBe(wanted)
  expect(cameras.cutOff).toBe(0)
})

/** How many pictures come out of the decoder, all of the size they should have. */
function decoded(pictures: readonly CodedPicture[]): Promise<number> {
  return new Promise((resolve, reject) => {
    let count = 0
    const decoder = new FedDecoder({
      ...{ codec: 'h264', maxWidth: 1_280, onFailure: reject },
      onPicture: ({ width, height }) => {
        if (width !== small.width || height !== small.height) reject(new Error(`${width}x${height}`))
        if (++count === pictures.length) void decoder.stop().then(() => resolve(count))
      },
    })
    for (const [i, { bytes }] of pictures.entries()) decoder.feed(bytes, i + 1, true)
  })
}

it('numbers packets without a gap, and marks the last of each picture', () => {
  const position = { sequence: 0xfffe, stamp: 90_000 }
  const picture = clips.active.pictures[0]
  const bytes = packetsOf(picture, position)
  const seen: { sequence: number; marker: boolean; length: number }[] = []
  for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt16BE(at + 2)) {
    expect([bytes[at], bytes[at + 1], bytes[at + 5] & 0x7f]).toEqual([0x24, 0, 96])
    expect(bytes.readUInt32BE(at + 8)).toBe(90_000)
    const marker = (bytes[at + 5] & 0x80) !== 0
    seen.push({ sequence: bytes.readUInt16BE(at + 6), marker, length: bytes.readUInt16BE(at + 2) - 12 })
  }
  expect(seen.map(({ length }) => length)).toEqual(picture.payloads.map(({ length }) => length))
  expect(seen.map(({ sequence }) => sequence)).toEqual(seen.map((_, i) => (0xfffe + i) & 0xffff))
  expect(seen.map(({ marker }) => marker)).toEqual(seen.map((_, i) => i === seen.length - 1))
  expect(position.sequence).toBe((0xfffe + seen.length) & 0xffff)
})
