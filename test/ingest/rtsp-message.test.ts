/** RTSP on the wire, in pieces of every size. */
import { describe, expect, it, vi } from 'vitest'
import { header, maxBodyBytes, maxHeadBytes, RtspReader, serialise } from '../../src/ingest/rtsp-message.ts'

function media(length: number, fill: number): Buffer {
  const frame = Buffer.alloc(4 + length, fill)
  frame.writeUInt8(0x24, 0)
  frame.writeUInt8(0, 1)
  frame.writeUInt16BE(length, 2)
  return frame
}

/** Everything the reader says, in order, with media runs joined. */
function read(stream: Buffer, pieceBytes: number): (string | Buffer)[] {
  const said: (string | Buffer)[] = []
  const reader = new RtspReader({
    message: (message) => said.push(serialise(message).toString('latin1')),
    media: (bytes) => {
      const last = said.at(-1)
      if (Buffer.isBuffer(last)) said[said.length - 1] = Buffer.concat([last, bytes])
      else said.push(bytes)
    },
  })
  for (let at = 0; at < stream.length; at += pieceBytes)
    reader.feed(Buffer.from(stream.subarray(at, at + pieceBytes)))
  return said
}

describe('RtspReader', () => {
  const describeAnswer = 'RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 7\r\n\r\nv=0\r\n$\n'
  const request = 'OPTIONS rtsp://a/ RTSP/1.0\r\nCSeq: 3\r\n\r\n'
  const frames = Buffer.concat([media(0, 0), media(1_400, 0x24), media(3, 0x52)])
  const stream = Buffer.concat([Buffer.from(`\r\n${describeAnswer}`), frames, Buffer.from(request), frames])

  it.each([1, 2, 3, 5, 7, 64, 1_000, 100_000])(
    'finds the same messages and media in pieces of %i bytes',
    (size) => {
      expect(read(stream, size)).toEqual([describeAnswer, frames, request, frames])
    },
  )

  it('hands on a chunk that is all media as it is, without a copy', () => {
    const seen: Buffer[] = []
    const reader = new RtspReader({ message: () => {}, media: (bytes) => seen.push(bytes) })
    const whole = media(60_000, 1)
    const chunks = [whole.subarray(0, 1_000), whole.subarray(1_000)]
    for (const chunk of chunks) reader.feed(chunk)
    expect(seen[0]).toBe(chunks[0])
    expect(seen[1]).toBe(chunks[1])
  })

  it.each([
    ['binary', Buffer.from([0, 1, 2, 3])],
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n')],
    ['a header line without a colon', Buffer.from('RTSP/1.0 200 OK\r\nnonsense\r\n\r\n')],
    ['a control character in a header', Buffer.from('RTSP/1.0 200 OK\r\nA: b\0c\r\n\r\n')],
    ['an endless head', Buffer.from(`RTSP/1.0 200 OK\r\nA: ${'x'.repeat(maxHeadBytes)}`)],
    ['too large a body', Buffer.from(`RTSP/1.0 200 OK\r\nContent-Length: ${maxBodyBytes + 1}\r\n\r\n`)],
    ['a negative body', Buffer.from('RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n')],
  ])('refuses %s', (_, bytes) => {
    expect(() => read(bytes, 4_096)).toThrow()
  })

  it('accepts bare line feeds, folded lines and names in any case', () => {
    const heads: (string | undefined)[] = []
    const reader = new RtspReader({
      media: () => {},
      message: (message) => heads.push(header(message, 'session')),
    })
    reader.feed(Buffer.from('RTSP/1.0 200 OK\nSESSION: 12;\n timeout=60\n\n'))
    expect(heads).toEqual(['12; timeout=60'])
  })

  it.each([
    ['\r\n', 1],
    ['\n', maxHeadBytes + 4],
  ])('searches no more of a chunk full of messages than each of them may be long (%j)', (newLine, most) => {
    const request = `OPTIONS rtsp://a/ RTSP/1.0${newLine}${newLine}`
    const stream = Buffer.from(request.repeat(2_000))
    const search = vi.spyOn(Buffer.prototype, 'indexOf')
    let messages = 0
    const reader = new RtspReader({ message: () => messages++, media: () => {} })
    reader.feed(stream)
    const searched = search.mock.contexts.map((whole, call) => {
      const [what, from = 0] = search.mock.calls[call]
      return what === '\n\n' ? (whole as Buffer).length - Number(from) : 0
    })
    search.mockRestore()
    expect(messages).toBe(2_000)
    expect(Math.max(...searched)).toBeLessThanOrEqual(Math.max(most, request.length))
  })

  it('takes a bare end only where it comes before the strict one', () => {
    const body = 'a\n\nb'
    const bytes = `RTSP/1.0 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    expect(read(Buffer.from(bytes), 1_000)).toEqual([bytes])
    expect(read(Buffer.from('OPTIONS a RTSP/1.0\n\nOPTIONS b RTSP/1.0\r\n\r\n'), 1_000)).toHaveLength(2)
  })
})
