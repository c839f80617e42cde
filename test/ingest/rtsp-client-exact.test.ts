/** What our client gives, decoded by ffmpeg, is bit for bit what the clip holds: from our simulator and from GStreamer's server. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CameraSim } from '../../scripts/sim/server.ts'
import { GstCamera, gstPackages, gstPresent } from '../support/gst-camera.ts'
import { ClipFolder, type Drawing } from './clips.ts'
import { clientOf, collect, hashesOfClip, hashesOfPictures } from './rtsp-client-support.ts'

const run = promisify(execFile)

const x265 = (more: string) => ['-x265-params', `log-level=error:keyint=10:min-keyint=10:${more}`]

/** One clip for each way in which cameras and encoders differ; 20 pictures, a key picture each second. */
const drawings: Record<string, Drawing & { readonly codec: 'libx264' | 'libx265' }> = {
  'H.264 as cameras send it': { codec: 'libx264', more: ['-g', '10', '-bf', '0'] },
  'H.264 with B pictures': { codec: 'libx264', more: ['-g', '10', '-bf', '3', '-preset', 'veryfast'] },
  'H.264 in four slices with delimiters': {
    codec: 'libx264',
    size: '640x480',
    more: ['-g', '10', '-x264-params', 'slices=4:aud=1'],
  },
  'H.264 of a constant rate with filler': {
    codec: 'libx264',
    more: [
      '-g',
      '10',
      '-b:v',
      '400k',
      '-minrate',
      '400k',
      '-maxrate',
      '400k',
      '-bufsize',
      '100k',
      '-x264-params',
      'nal-hrd=cbr:filler=1',
    ],
  },
  'H.264 with open groups of pictures': {
    codec: 'libx264',
    more: [
      '-preset',
      'veryfast',
      '-bf',
      '2',
      '-x264-params',
      'open-gop=1:keyint=10:min-keyint=10:scenecut=0',
    ],
  },
  'H.265 as cameras send it': { codec: 'libx265', more: x265('bframes=0:open-gop=0') },
  'H.265 with open groups and B pictures': { codec: 'libx265', more: x265('bframes=3:open-gop=1') },
  'H.265 in four slices with delimiters': {
    codec: 'libx265',
    size: '640x480',
    more: x265('bframes=0:slices=4:aud=1:repeat-headers=1'),
  },
}

let clips: ClipFolder
const paths = new Map<string, string>()
beforeAll(async () => {
  clips = await ClipFolder.make()
  for (const [index, [name, drawing]] of Object.entries(drawings).entries()) {
    paths.set(name, await clips.draw(`${index}.mp4`, drawing))
  }
})
afterAll(() => clips[Symbol.asyncDispose]())

/** Places of the key pictures in the order of decoding, by ffmpeg's own parser. */
async function keysOf(clip: string, codec: 'libx264' | 'libx265'): Promise<number[]> {
  const format = codec === 'libx264' ? 'h264' : 'hevc'
  const raw = `${clip}.${format}`
  await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-i', clip, '-c', 'copy', '-f', format, raw])
  const { stdout } = await run('ffprobe', [
    '-v',
    'error',
    '-show_entries',
    'packet=flags',
    '-of',
    'csv=p=0',
    raw,
  ])
  return stdout.split('\n').flatMap((flags, at) => (flags.startsWith('K') ? [at] : []))
}

describe('pictures of the simulator', () => {
  const sim = new CameraSim()
  beforeAll(() => sim.start())
  afterAll(() => sim.stop())

  it.concurrent.each(Object.entries(drawings))(
    '%s: the same frames, key pictures and times',
    async (name, drawing) => {
      const clip = paths.get(name)!
      const client = clientOf(await sim.addCamera(name, { clip }))
      const pictures = await collect(client, 20)
      expect(await hashesOfPictures(pictures)).toEqual(await hashesOfClip(clip))
      const keys = await keysOf(clip, drawing.codec)
      expect(keys.length).toBeGreaterThan(1)
      expect(pictures.flatMap(({ key }, at) => (key ? [at] : []))).toEqual(keys)
      const times = pictures
        .map(({ timeMs }) => Math.round(timeMs - pictures[0].timeMs))
        .sort((a, b) => a - b)
      expect(times).toEqual(times.map((_, at) => times[0] + 100 * at))
      expect(pictures.filter(({ afterLoss }) => afterLoss)).toEqual([])
      expect(client).toMatchObject({ lost: 0, broken: 0 })
      for (const { bytes, sliceBytes, qp } of pictures) {
        expect(sliceBytes).toBeGreaterThan(0)
        expect(sliceBytes).toBeLessThan(bytes.length)
        expect(qp).toBeGreaterThanOrEqual(0)
      }
    },
  )

  it('each key picture alone is enough to begin with', async () => {
    const name = 'H.265 in four slices with delimiters'
    const clip = paths.get(name)!
    const pictures = await collect(clientOf(await sim.addCamera('alone', { clip })), 20)
    const all = await hashesOfClip(clip)
    for (const [at, picture] of pictures.entries()) {
      if (picture.key) expect(await hashesOfPictures([picture])).toEqual([all[at]])
    }
  })
})

describe.skipIf(!gstPresent())(`pictures of GStreamer's server (skipped without ${gstPackages})`, () => {
  let camera: GstCamera
  let urls: Record<string, string>
  beforeAll(async () => {
    const served = Object.entries(drawings).map(([name, { codec }], index) => {
      const gst = { clip: paths.get(name)!, codec: codec === 'libx264' ? 'h264' : 'h265' } as const
      return [`camera${index}`, gst] as const
    })
    camera = new GstCamera(Object.fromEntries(served), { user: 'admin', password: 'p@ss:w/rd#口令' })
    urls = await camera.start()
  })
  afterAll(() => camera?.stop())

  it.concurrent.each(Object.keys(drawings).map((name, index) => [name, index] as const))(
    '%s: the same frames, and the end of the clip is the end',
    async (name, index) => {
      const client = clientOf(urls[`camera${index}`])
      const pictures = await collect(client)
      expect(await hashesOfPictures(pictures)).toEqual(await hashesOfClip(paths.get(name)!))
      expect(client.report?.cameraClockMs).toBeGreaterThan(1.6e12)
    },
  )
})
