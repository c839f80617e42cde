/** Session descriptions made to keep us busy: what they cost stays in proportion to their length, and that is bounded. */
import { describe, expect, it, vi } from 'vitest'
import { maxDescriptionLength, videoTrack } from '../../src/ingest/rtsp/sdp.ts'

const good = ['v=0', 'm=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000']

/** A description that is as long as is allowed. */
function filled(unit: string, before: readonly string[] = good): string {
  const start = `${before.join('\n')}\n`
  return start + unit.repeat(Math.floor((maxDescriptionLength - start.length) / unit.length))
}

describe('videoTrack', () => {
  it('refuses a description that is too long, and takes one that is just short enough', () => {
    const whole = filled('x')
    expect(videoTrack(whole)).toMatchObject({ codec: 'h264', payloadType: 96 })
    expect(() => videoTrack(`${whole}x`)).toThrow(
      expect.objectContaining({
        name: 'Refusal',
        code: 'STREAM_FAILED',
        message: expect.stringMatching(/32 KiB/),
      }),
    )
  })

  it('tries each payload type once, however often a line names it', () => {
    const formats = `${'96 '.repeat(2_000)}97 128 999 -1 x`
    const media = [`m=video 0 RTP/AVP ${formats}`, 'a=rtpmap:97 H265/90000']
    const startsWith = vi.spyOn(String.prototype, 'startsWith')
    const track = videoTrack(['v=0', ...media].join('\n'))
    const asked = startsWith.mock.calls.filter(([start]) => start === 'a=rtpmap:96 ')
    startsWith.mockRestore()
    expect(track).toMatchObject({ codec: 'h265', payloadType: 97 })
    expect(asked).toHaveLength(media.length)
  })

  it('trims lines and parameters of whatever space a camera writes', () => {
    const track = videoTrack(
      ' v=0 \r\n\r\n  \r\nm=video \t0  RTP/AVP   96  \r\n a=rtpmap:96  H264/90000\t\r\na=fmtp:96   Sprop-Parameter-Sets =  Z0I=,aM4= ; x\r\n',
    )
    expect(track).toMatchObject({ codec: 'h264', payloadType: 96, clockRate: 90_000 })
    expect(track.parameterSets).toEqual(['Z0I=', 'aM4='].map((text) => Buffer.from(text, 'base64')))
  })
})
