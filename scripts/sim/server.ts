/** The camera simulator: clips served as endless RTSP cameras that can be told to misbehave. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Codec } from './annexb.ts'
import { Camera, type SeenRequest } from './camera.ts'
import { type Clip, loadClip } from './clip.ts'
import { Connection } from './connection.ts'
import { parseFault } from './fault.ts'
import { clipCodec, transcoded } from './transcode.ts'

const cacheFolder = fileURLToPath(new URL('../../.cache/', import.meta.url))

const maxConnections = 1_024

export interface CameraSimOptions {
  /** Loopback, unless someone really wants it seen from elsewhere. */
  readonly host?: string
  /** 0 takes a free port, and keeps it over stop and start. */
  readonly port?: number
  /** A session whose client says nothing for so long is ended, ms; 60 s when absent. */
  readonly sessionTimeoutMs?: number
  /** Where clips that had to be transcoded are kept; the project's `.cache` when absent. */
  readonly cacheFolder?: string
}

export interface SimCamera {
  /** Path of a clip; sound and cover pictures in it are left out. */
  readonly clip: string
  /** When the clip has another codec, it is transcoded once. Absent: the clip's own, or H.264 where that is neither. */
  readonly codec?: Codec
  readonly auth?: { readonly user: string; readonly password: string; readonly scheme?: 'digest' | 'basic' }
  /** Misbehaviour in the words of `faultHelp`. */
  readonly fault?: string
  /**
   * The camera runs whether or not somebody looks, and is this far into its clip when it is added, ms: a session joins it
   * at its next key picture. Absent: each session begins with the clip.
   */
  readonly phaseMs?: number
}

export class CameraSim {
  private readonly host: string
  private readonly timeoutMs: number
  private readonly cacheFolder: string
  private port: number
  private readonly cameras = new Map<string, Camera>()
  private readonly sources = new Map<string, SimCamera>()
  private readonly clips = new Map<string, Promise<Clip>>()
  private readonly sockets = new Set<Socket>()
  private server: Server | undefined

  constructor(options: CameraSimOptions = {}) {
    this.host = options.host ?? '127.0.0.1'
    this.port = options.port ?? 0
    this.timeoutMs = options.sessionTimeoutMs ?? 60_000
    this.cacheFolder = options.cacheFolder ?? cacheFolder
  }

  /** Listens; rejects when the port is taken. Cameras stay known over stop and start. */
  async start(): Promise<void> {
    const server = createServer((socket) => this.admit(socket))
    server.maxConnections = maxConnections
    server.listen(this.port, this.host)
    await once(server, 'listening')
    this.port = (server.address() as AddressInfo).port
    this.server = server
  }

  /** Cuts every connection and waits until they are closed. */
  async stop(): Promise<void> {
    const server = this.server
    this.server = undefined
    if (!server) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of this.sockets) socket.destroy()
    await closed
  }

  /**
   * Adds a camera, or replaces the one of that name for later sessions.
   * Gives its address, with the account in it; rejects on an unreadable clip or unknown fault.
   */
  async addCamera(name: string, options: SimCamera): Promise<string> {
    if (!this.server) throw new Error('start the simulator before adding cameras: the address needs its port')
    const { user, password, scheme = 'digest' } = options.auth ?? { user: '', password: '' }
    const account = options.auth ? { user, password, scheme } : undefined
    const clip = await this.load(options, false)
    const runsSince = options.phaseMs === undefined ? undefined : performance.now() - options.phaseMs
    const camera = new Camera(name, clip, account, runsSince)
    this.sources.set(name, options)
    if (options.fault) await this.fit(camera, options.fault)
    this.cameras.set(name, camera)
    const login = account ? `${encodeURIComponent(user)}:${encodeURIComponent(password)}@` : ''
    const path = name.split('/').map(encodeURIComponent).join('/')
    return `rtsp://${login}${this.host}:${this.port}/${path}`
  }

  /** Changes a camera's behaviour, also in sessions that play; undefined makes it well again. Resolves when it is in force. */
  async setFault(name: string, fault: string | undefined): Promise<void> {
    const camera = this.camera(name)
    if (fault === undefined) camera.fault = undefined
    else await this.fit(camera, fault)
  }

  /** When the first round of the clip of a camera with a phase began, epoch ms. */
  runsSince(name: string): number | undefined {
    const { runsSince } = this.camera(name)
    return runsSince === undefined ? undefined : performance.timeOrigin + runsSince
  }

  /** How many sessions play this camera now. */
  sessions(name: string): number {
    return this.camera(name).playing
  }

  /** What clients asked of this camera, oldest first, the newest thousand. */
  requests(name: string): readonly SeenRequest[] {
    return this.camera(name).requests
  }

  /** Pictures not sent because a reader was too slow. */
  dropped(name: string): number {
    return this.camera(name).dropped
  }

  private camera(name: string): Camera {
    const camera = this.cameras.get(name)
    if (!camera) throw new Error(`no camera "${name}" (cameras: ${[...this.cameras.keys()].join(', ')})`)
    return camera
  }

  private async fit(camera: Camera, text: string): Promise<void> {
    const fault = parseFault(text)
    if (fault.kind === 'resize') camera.halfSize ??= await this.load(this.sources.get(camera.name)!, true)
    camera.fault = fault
  }

  private admit(socket: Socket): void {
    this.sockets.add(socket)
    socket.once('close', () => this.sockets.delete(socket))
    new Connection(socket, (name) => this.cameras.get(name), this.timeoutMs).start()
  }

  /** Each clip is read once, however many cameras show it. */
  private async load({ clip, codec }: SimCamera, half: boolean): Promise<Clip> {
    const own = await clipCodec(clip)
    const wanted = codec ?? (own === 'h265' ? 'h265' : 'h264')
    const key = JSON.stringify([clip, wanted, half])
    const known = this.clips.get(key)
    if (known) return known
    const loading = (async () => {
      const file = own === wanted && !half ? clip : await transcoded(clip, wanted, half, this.cacheFolder)
      return loadClip(file, wanted)
    })()
    this.clips.set(key, loading)
    // A clip that failed to load is tried afresh the next time.
    loading.catch(() => this.clips.delete(key))
    return loading
  }
}
