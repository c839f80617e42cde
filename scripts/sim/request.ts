/** Cuts what an RTSP client sends into requests, skipping the RTCP it interleaves. */

export interface RtspRequest {
  readonly method: string
  readonly uri: string
  /** Lower-case header names. */
  readonly headers: ReadonlyMap<string, string>
}

/** Longest request, headers and body, that is still waited for, bytes. */
const maxRequest = 65_536

/** Collects bytes; each call of `take` gives the requests that are complete by now. */
export class RequestReader {
  private pending: Buffer = Buffer.alloc(0)

  /** Throws on what is no RTSP and on requests beyond 64 KiB. */
  take(bytes: Buffer): RtspRequest[] {
    this.pending = Buffer.concat([this.pending, bytes])
    const requests: RtspRequest[] = []
    for (let next = this.next(); next; next = this.next()) if (next !== 'rtcp') requests.push(next)
    if (this.pending.length > maxRequest) throw new Error('request too long')
    return requests
  }

  private next(): RtspRequest | 'rtcp' | undefined {
    if (this.pending[0] === 0x24) {
      if (this.pending.length < 4 || this.pending.length < 4 + this.pending.readUInt16BE(2)) return undefined
      this.pending = this.pending.subarray(4 + this.pending.readUInt16BE(2))
      return 'rtcp'
    }
    const end = this.pending.indexOf('\r\n\r\n')
    if (end < 0) return undefined
    const [first, ...lines] = this.pending.subarray(0, end).toString().trimStart().split('\r\n')
    const [method, uri, version] = first.split(' ')
    if (!version?.startsWith('RTSP/1.')) throw new Error('not RTSP')
    const headers = new Map(
      lines.map((line) => [line.split(':', 1)[0].toLowerCase(), line.replace(/^[^:]*:\s*/, '')]),
    )
    const body = Number(headers.get('content-length') ?? 0)
    if (!(body >= 0 && body <= maxRequest)) throw new Error('bad Content-Length')
    if (this.pending.length < end + 4 + body) return undefined
    this.pending = this.pending.subarray(end + 4 + body)
    return { method, uri, headers }
  }
}
