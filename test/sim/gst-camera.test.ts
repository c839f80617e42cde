import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GstCamera, gstPackages, gstPresent } from '../support/gst-camera.ts'
import { drawClip, probe, watch } from './support.ts'

describe.skipIf(!gstPresent())(`GStreamer's RTSP server (skipped without Debian's ${gstPackages})`, () => {
  let folder: string
  let server: GstCamera
  let urls: Record<string, string>

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gst-'))
    const x264 = ['-c:v', 'libx264', '-preset', 'veryfast']
    const x265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error']
    server = new GstCamera({
      street: { clip: await drawClip(join(folder, 'h264.mp4'), x264), codec: 'h264' },
      yard: { clip: await drawClip(join(folder, 'h265.mp4'), x265), codec: 'h265' },
    })
    urls = await server.start()
  })

  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true })
  })

  it('serves H.264 and H.265 to who knows the password', async () => {
    expect(await probe(urls.street)).toEqual(['h264,video,320,240'])
    expect(await probe(urls.yard)).toEqual(['hevc,video,320,240'])
    const refused = await watch(urls.street.replace('secret', 'wrong'), 1)
    expect(refused.complaints).toContain('401 Unauthorized')
  })
})
