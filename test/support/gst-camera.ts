/** Cameras of GStreamer's RTSP server, a second opinion on our RTSP client; absent where Debian's packages for it are. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./gst-rtsp-server.py', import.meta.url))
/** The system's Python: the packages are Debian's. */
const python = '/usr/bin/python3'

const needed = `import gi
for name in ("Gst", "GstRtsp", "GstRtspServer"):
    gi.require_version(name, "1.0")
from gi.repository import Gst
Gst.init(None)
assert all(Gst.ElementFactory.find(name) for name in ("qtdemux", "h264parse", "h265parse", "rtph264pay", "rtph265pay"))`

/** Packages a test names when it skips itself. */
export const gstPackages =
  'gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-good gstreamer1.0-plugins-bad'

export function gstPresent(): boolean {
  return spawnSync(python, ['-c', needed], { stdio: 'ignore' }).status === 0
}

export interface GstClip {
  /** An MP4, played once for each viewer. */
  readonly clip: string
  readonly codec: 'h264' | 'h265'
}

export class GstCamera {
  private readonly cameras: Readonly<Record<string, GstClip>>
  private readonly account: { readonly user: string; readonly password: string }
  private child: ChildProcess | undefined

  /** Cameras by name; Digest is asked for this account. */
  constructor(cameras: Readonly<Record<string, GstClip>>, account = { user: 'admin', password: 'secret' }) {
    this.cameras = cameras
    this.account = account
  }

  /** Resolves with the address of each camera, the account in it. */
  async start(): Promise<Record<string, string>> {
    const wanted = Object.entries(this.cameras).map(([name, { codec, clip }]) => `${name}=${codec}:${clip}`)
    const child = spawn(python, [script, this.account.user, ...wanted], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.child = child
    // A child that dies early shows itself by its end.
    child.stdin.on('error', () => {})
    child.stdin.write(`${this.account.password}\n`)
    const ended = once(child, 'close').then(() => {
      throw new Error("GStreamer's RTSP server ended before it listened")
    })
    const [port] = await Promise.race([once(createInterface(child.stdout), 'line'), ended])
    ended.catch(() => {})
    const login = `${encodeURIComponent(this.account.user)}:${encodeURIComponent(this.account.password)}`
    const address = (name: string) => `rtsp://${login}@127.0.0.1:${port}/${name}`
    return Object.fromEntries(Object.keys(this.cameras).map((name) => [name, address(name)]))
  }

  async stop(): Promise<void> {
    const child = this.child
    this.child = undefined
    if (!child || child.exitCode !== null) return
    const closed = once(child, 'close')
    child.stdin?.end()
    await closed
  }
}
