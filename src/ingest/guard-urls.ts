/** Two names for every resource of a camera: its true URL, and the loopback URL that ffmpeg is told instead. */
import { authority, type RtspAddress } from './address.ts'

const maxBases = 32

/**
 * ffmpeg asks for `<root><suffix>` or `<root>-<n><suffix>`. `root` is the camera's configured URL; number n is the
 * n-th other URL that the camera itself named. Whatever host a camera names, the camera's own address is meant.
 */
export class GuardUrls {
  readonly #camera: string
  readonly #root: string
  /** Paths at the camera, without a `/` at the end; the first is the configured one. */
  readonly #bases: string[]
  /** What ffmpeg is told to open. */
  readonly start: string

  constructor(address: RtspAddress, port: number, token: string) {
    this.#camera = `rtsp://${authority(address)}`
    this.#root = `rtsp://127.0.0.1:${port}/${token}`
    this.#bases = [address.path.replace(/\/$/, '')]
    this.start = address.path.endsWith('/') ? `${this.#root}/` : this.#root
  }

  /** The camera's URL for one that ffmpeg asks for; undefined where it does not carry this guard's token. */
  toCamera(uri: string): string | undefined {
    if (!uri.startsWith(this.#root)) return
    const match = /^(?:-(\d{1,2}))?((?:[/?].*)?)$/.exec(uri.slice(this.#root.length))
    const base = match ? this.#bases[Number(match[1] ?? 0)] : undefined
    return base === undefined ? undefined : `${this.#camera}${base}${match?.[2]}`
  }

  /** The loopback URL for an absolute one that the camera named; relative ones stay. Throws where it names too many. */
  toClient(url: string): string {
    const match = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*(.*)$/i.exec(url.trim())
    if (!match) return url
    const base = match[1].replace(/\/$/, '')
    let index = this.#bases.indexOf(base)
    if (index < 0) index = this.#bases.push(base) - 1
    if (index >= maxBases) throw new Error(`more than ${maxBases} URLs in its answers`)
    return `${this.#root}${index > 0 ? `-${index}` : ''}${match[1].endsWith('/') ? '/' : ''}`
  }

  /** The session description with every absolute control URL replaced. */
  describe(sdp: Buffer): Buffer {
    const rewritten = sdp
      .toString('latin1')
      .replace(/^(a=control:)([^\r\n]*)/gm, (_, name: string, url: string) => name + this.toClient(url))
    return Buffer.from(rewritten, 'latin1')
  }
}
