/** The composition root: the only file that constructs parts and plugs them into each other. */
import { isDeepStrictEqual } from 'node:util'
import { v7 as newId } from 'uuid'
import { alertRecord } from './alert-record.ts'
import { Attention } from './attention/attention.ts'
import { PacketActivity } from './attention/packet-activity.ts'
import { Commands } from './commands.ts'
import type { Config } from './config/config.ts'
import { configReport } from './config-report.ts'
import { reachOf } from './coverage.ts'
import { CoverageBook } from './coverage-book.ts'
import { CoverageRecord } from './coverage-record.ts'
import type { Alert, EndedBecause } from './domain/alert.ts'
import type { Camera, CameraState } from './domain/camera.ts'
import { underOverrides, type Wish } from './domain/override.ts'
import { Drills } from './drill.ts'
import type { Told } from './health/pulse.ts'
import { ControlSocket } from './http/control.ts'
import { HttpServer } from './http/server.ts'
import { Hosts } from './ingest/hosts.ts'
import { Networks } from './ingest/networks.ts'
import { CameraSource } from './ingest/source.ts'
import { inventoryOf } from './inventory.ts'
import type { Log } from './kit/log.ts'
import { type Part, startAll, stopAll } from './kit/part.ts'
import { PixelStore } from './kit/pixel-store.ts'
import { Room } from './kit/room.ts'
import { ServiceNotifier } from './kit/service.ts'
import { type CameraFacts, gatewayMetrics } from './metrics.ts'
import { OutageWatch, placeOfAlert } from './outage-watch.ts'
import type { Picture, Stages } from './pipeline.ts'
import { EmbeddedBroker } from './publish/embedded-broker.ts'
import { Publisher } from './publish/publisher.ts'
import { Saving } from './saving.ts'
import { stagesOf } from './stages.ts'
import { Status } from './status.ts'
import { Stills } from './stills.ts'
import type { RetentionLimits } from './store/ports.ts'
import { Store } from './store/store.ts'
import { Strain } from './strain.ts'
import { VisionPool } from './vision/pool.ts'
import type { Models } from './vision/ports.ts'
import { modelNames } from './vision/tiers.ts'
import { CameraWatch } from './watch.ts'

/** How long each part may take to stop. */
const stopDeadlineMs = 10_000

/** Of frames that are done, to be used again: one for each camera and then some. */
const spareBytes = 64 * 2 ** 20
/** Of frames that wait because a gate opened: bursts of a dozen cameras at 1280x720 at once. */
const burstBytes = 192 * 2 ** 20

export interface GatewayOptions {
  readonly config: Config
  readonly models: Models
  /** Of this program, for health and presence. */
  readonly version: string
  readonly log: Log
  /** A model run hangs in native code: the process has to be replaced. */
  readonly onHung: () => void
  /** Silence after which a model run counts as hung, ms; default that of the vision pool. */
  readonly runDeadlineMs?: number
}

/** A camera that is watched as it is wished; one that is paused has no running parts. */
interface Watched {
  readonly wish: Wish
  readonly running?: {
    readonly attention: Attention
    readonly source: CameraSource
    readonly watch: CameraWatch
  }
}

export class Gateway {
  readonly #log: Log
  readonly #models: readonly string[]
  readonly #store: Store
  readonly #coverage: CoverageBook
  readonly #outages: OutageWatch
  readonly #saving: Saving
  /** Memory of frames, from the decoders to the workers and back. */
  readonly #pixels = new PixelStore(spareBytes)
  readonly #burstRoom = new Room(burstBytes)
  readonly #vision: VisionPool
  readonly #publisher: Publisher
  readonly #commands: Commands
  readonly #stills = new Stills()
  readonly #networks: Networks
  readonly #hosts: Hosts
  readonly #http: HttpServer
  readonly #status: Status
  readonly #parts: readonly Part[]
  readonly #watched = new Map<string, Watched>()
  readonly #states = new Map<string, CameraState>()
  #config: Config
  /** The newest reload: they come one after the other, and the cameras stop after the last. */
  #reloaded: Promise<void> = Promise.resolve()

  constructor({ config, models, version, log, onHung, runDeadlineMs }: GatewayOptions) {
    this.#config = config
    this.#log = log
    this.#models = modelNames(models)
    const modelFacts = { tier: models.tier, names: this.#models }
    const receipts = config.publish.receipts === 'required'
    const origin = { gateway: config.gateway.id, prefix: config.broker.prefix }
    this.#store = new Store({ dir: config.dataDir, retention: limitsOf(config), origin, receipts, log })
    this.#saving = new Saving(log)
    this.#coverage = new CoverageBook(reachOf(config.analysis.idle.everyMs))
    this.#vision = new VisionPool({
      workers: config.analysis.workers,
      models,
      log,
      runDeadlineMs,
      weight: (camera) => this.#watched.get(camera)?.running?.attention.weight ?? 1,
      onReturned: (pixels) => this.#pixels.give(pixels),
      onHung: () => {
        this.#status.hung = true
        onHung()
      },
    })
    this.#commands = new Commands({
      gateway: config.gateway.id,
      prefix: config.broker.prefix,
      version,
      epoch: () => this.#store.epoch,
      store: this.#store,
      camera: (id) => this.#config.cameras.find((camera) => camera.id === id && camera.enabled),
      state: (camera) => this.#states.get(camera),
      isCell: (code) => this.#config.tables.grid?.cells.some((cell) => cell.code === code) ?? true,
      configuration: () => configReport(this.#config, this.#commands.overrides),
      still: (camera) => this.#stills.next(camera),
      overridden: () => {
        this.#publisher.inventoryChanged()
        return this.#inTurn(() => this.#followWishes())
      },
      nudge: () => this.#publisher.nudge(),
      rewind: () => this.#publisher.rewind(),
      log,
    })
    const broker =
      config.broker.kind === 'embedded' ? new EmbeddedBroker({ port: config.broker.port }) : undefined
    this.#publisher = new Publisher({
      gateway: config.gateway,
      broker:
        config.broker.kind === 'embedded'
          ? { url: `mqtt://127.0.0.1:${config.broker.port}`, prefix: config.broker.prefix }
          : config.broker,
      outbox: this.#store,
      announced: this.#store,
      commands: this.#commands,
      cameras: () => this.#config.cameras.filter(({ enabled }) => enabled).map(({ id }) => id),
      health: () => this.#status.announcement(),
      inventory: () =>
        inventoryOf({
          ...{ config: this.#config, models, version, epoch: this.#store.epoch },
          overrides: this.#commands.overrides,
        }),
      drainPerSecond: config.publish.drainPerSecond,
      receipts,
      voices: config.publish.voices,
      log,
    })
    this.#outages = new OutageWatch({
      offlineAfterMs: config.ingest.offlineAfterMs,
      tell: (camera, told) => this.#tellState(camera, told),
      save: (alert) => this.#save(this.#configured(alert.camera) ?? removedCamera(alert.camera), alert),
    })
    this.#networks = new Networks(config.ingest.allowNetworks)
    this.#hosts = new Hosts(config.ingest)
    const metrics = gatewayMetrics({
      models: modelFacts,
      vision: () => this.#vision.stats(),
      store: () => this.#store.counts(),
      saving: () => this.#saving,
      broker: () => this.#publisher.stats(),
      commands: () => this.#commands.counts(),
      cameras: () => this.#cameraFacts(),
      coverage: () => this.#coverage.cameras(),
    })
    const status = new Status({
      gateway: config.gateway.id,
      version,
      dataDir: config.dataDir,
      models: modelFacts,
      cameras: () => this.#cameraFacts(),
      vision: () => this.#vision.stats(),
      coverage: () => this.#coverage.mean(),
      store: () => this.#store,
      publisher: () => this.#publisher.stats(),
    })
    this.#status = status
    const ports = {
      health: () => status.health(),
      ready: () => status.readiness(),
      metrics: () => metrics.text(),
    }
    this.#http = new HttpServer({ ...config.http, ports, log })
    const drills = new Drills({
      cameras: () => this.#config.cameras.filter(({ enabled }) => enabled),
      save: (camera, alert, messageId, onSaved) =>
        this.#save(camera, alert, undefined, { messageId, onSaved }),
      deliveryOf: (messageId) => this.#store.deliveryOf(messageId),
      receipts,
      broker: () => this.#publisher.stats(),
    })
    const control = new ControlSocket({
      dataDir: config.dataDir,
      ports: { drill: (camera) => drills.raise(camera), drillFacts: (alert) => drills.look(alert) },
      log,
    })
    // Left to right at start, right to left at stop: cameras end first, and what they raise still leaves.
    this.#parts = [
      this.#store,
      this.#saving,
      this.#commands,
      ...(broker ? [broker] : []),
      this.#http,
      this.#publisher,
      this.#vision,
      new CoverageRecord({
        book: this.#coverage,
        store: this.#store,
        tell: (camera, hour) => this.#publisher.cameraCoverage(camera, hour),
        log,
      }),
      new Strain(
        () => this.#vision.stats(),
        (strain) => {
          for (const { running } of this.#watched.values()) if (running) running.attention.strain = strain
        },
      ),
      this.#outages,
      { name: 'cameras', start: () => this.#startCameras(), stop: () => this.#stopCameras() },
      control,
      new ServiceNotifier(() => status.alive),
    ]
  }

  async start(): Promise<void> {
    await startAll(this.#parts, stopDeadlineMs)
    this.#status.started = true
    // What was asked for while the cameras started.
    await this.#inTurn(() => this.#followWishes())
  }

  /** Names of parts that did not stop in time. */
  async stop(): Promise<string[]> {
    this.#status.started = false
    return stopAll(this.#parts, stopDeadlineMs)
  }

  /** Takes over what changed among the cameras and in the tables; cameras that did not change are not touched. */
  reload(config: Config): Promise<void> {
    return this.#inTurn(() => this.#takeOver(config))
  }

  /** A new configuration was refused and the old one stays in force: /healthz says so until one is taken over. */
  noteRefusal(why: string): void {
    this.#status.refusedConfiguration = why
  }

  async #takeOver(config: Config): Promise<void> {
    if (!this.#status.started) return
    this.#status.refusedConfiguration = undefined
    const { cameras, tables, places, secrets: _, ...others } = config
    const changed = Object.entries(others).filter(
      ([section, value]) => !isDeepStrictEqual(value, this.#config[section as keyof Config]),
    )
    if (changed.length > 0) {
      const sections = changed.map(([section]) => section)
      this.#log.warn(
        { sections },
        'only cameras and the tables of the grid are taken over now; these settings take effect at the next start',
      )
    }
    const before = [this.#config.cameras, this.#config.tables]
    // A new version of the tables alone interrupts no camera: alerts carry it from now on.
    this.#config = { ...this.#config, cameras, tables, places }
    if (!isDeepStrictEqual([cameras, tables], before)) this.#publisher.inventoryChanged()
    this.#log.info(await this.#followWishes(), 'cameras loaded again')
  }

  /** One change of the cameras after the other. */
  #inTurn(change: () => Promise<unknown>): Promise<void> {
    const changed = this.#reloaded.then(change).then(() => {})
    this.#reloaded = changed.catch(() => {})
    return changed
  }

  /** By id: each enabled camera as the configuration and what was changed beside it want it. */
  #wishes(): Map<string, Wish> {
    const enabled = this.#config.cameras.filter((camera) => camera.enabled)
    return new Map(enabled.map((camera) => [camera.id, underOverrides(camera, this.#commands.overrides)]))
  }

  /** Ends and begins watching where the wishes have changed. */
  async #followWishes(): Promise<{ removed: number; started: number }> {
    if (!this.#status.started) return { removed: 0, started: 0 }
    const wishes = this.#wishes()
    const gone = [...this.#watched].filter(([id, { wish }]) => !isDeepStrictEqual(wish, wishes.get(id)))
    for (const [id, { running }] of gone) {
      const next = wishes.get(id)
      await running?.watch.stop(!next ? 'camera-removed' : next.paused ? 'camera-lost' : 'rule-changed')
      this.#watched.delete(id)
      if (next) continue
      this.#outages.forget(id)
      this.#states.delete(id)
      this.#publisher.forgetCamera(id)
      this.#coverage.forget(id)
    }
    const added = [...wishes].filter(([id]) => !this.#watched.has(id))
    for (const [, wish] of added) await this.#watch(wish)
    return { removed: gone.length, started: added.length }
  }

  async #startCameras(): Promise<void> {
    await this.#endLeftOver()
    for (const wish of this.#wishes().values()) await this.#watch(wish)
  }

  async #stopCameras(): Promise<void> {
    await this.#reloaded
    await Promise.all([...this.#watched.values()].map(({ running }) => running?.watch.stop()))
    this.#watched.clear()
  }

  /** Alerts that were open when the last process ended have ended with it: nobody watched what they are about. */
  async #endLeftOver(): Promise<void> {
    for (const alert of await this.#store.openAlerts()) {
      const known = this.#configured(alert.camera)
      const because: EndedBecause = known ? 'gateway-restarted' : 'camera-removed'
      // A box without a clock of its own may wake up in the past.
      const now = Math.max(Date.now(), alert.time)
      const ended: Alert = { ...alert, phase: 'ended', time: now, ended: now, endedBecause: because }
      await this.#save(known ?? removedCamera(alert.camera), ended)
    }
  }

  #configured(camera: string): Camera | undefined {
    return this.#config.cameras.find(({ id }) => id === camera)
  }

  async #watch(wish: Wish): Promise<void> {
    const { camera, paused } = wish
    const coverage = this.#coverage.of(camera.id, Date.now())
    this.#outages.expect(camera)
    const onState = (state: CameraState, why?: string) => {
      this.#log.info({ camera: camera.id, state, why }, 'camera state')
      this.#outages.hear(camera.id, state)
    }
    if (paused) {
      this.#watched.set(camera.id, { wish })
      onState('paused')
      return
    }
    const { fps, maxWidth, idle, fullLookEveryMs } = this.#config.analysis
    const pace = { fps, idleEveryMs: idle.everyMs, fullLookEveryMs }
    const attention = new Attention(camera.rules, pace, new PacketActivity())
    const source = new CameraSource({
      camera,
      gate: attention,
      pixels: this.#pixels,
      burstRoom: this.#burstRoom,
      turn: (signal) => this.#vision.ready(camera.id, signal),
      fps,
      maxWidth,
      silentAfterMs: this.#config.ingest.silentAfterMs,
      networks: this.#networks,
      hosts: this.#hosts,
      log: this.#log,
      onState,
      onMissed: (trouble) => coverage.missed(trouble),
    })
    const save: Stages['save'] = (alert, picture) => this.#save(camera, alert, picture)
    const follow: Stages['attention']['follow'] = (tracks, time) => {
      attention.follow(tracks, time)
      this.#publisher.inView(camera.id, tracks)
    }
    const vision = this.#stills.over(this.#vision)
    const stages = stagesOf({ camera, vision, attention: { follow }, coverage, save })
    const watch = new CameraWatch(camera, source, stages, onState, this.#log)
    this.#watched.set(camera.id, { wish, running: { attention, source, watch } })
    await watch.start()
  }

  /** What everybody hears of a camera: the centre, people, metrics and the account of its coverage. */
  #tellState(camera: string, told: Told): void {
    this.#states.set(camera, told.state)
    this.#coverage.of(camera, Date.now()).state(told.state, Date.now())
    this.#publisher.cameraState(camera, told)
  }

  /** Alert, picture and their messages in one transaction; then the relay is told. Never rejects. */
  #save(
    owner: Camera,
    alert: Alert,
    picture?: Picture,
    { messageId = newId(), onSaved = () => {} } = {},
  ): Promise<void> {
    const { gateway, broker, tables, cameras } = this.#config
    const camera = placeOfAlert(alert, owner, cameras)
    const versions = { grid: tables.grid?.version, places: tables.places?.version }
    const origin = { gateway: gateway.id, prefix: broker.prefix, camera, alert }
    const facts = { ...origin, models: alert.outage ? [] : this.#models, versions }
    const ids = { messageId, snapshotId: newId() }
    return this.#saving.add(async (late) => {
      // The first attempt has given the picture's memory away.
      const shown = late && picture ? ({ missing: 'sacrificed' } as const) : picture
      await this.#store.saveAlert(alertRecord({ ...facts, ...ids, picture: shown }))
      onSaved()
      this.#publisher.nudge()
      this.#publisher.alert(alert)
      const { id, kind, phase, endedBecause: because } = alert
      this.#log.info({ camera: camera.id, alert: id, kind, phase, because }, 'alert')
    })
  }

  #cameraFacts(): CameraFacts[] {
    return this.#config.cameras.map(({ id, enabled }) => {
      const counters = this.#watched.get(id)?.running?.source.counters
      const { frames, replaced, attempts, gate } = counters ?? nothingRead
      return {
        id,
        state: this.#states.get(id) ?? (enabled ? 'connecting' : 'paused'),
        frames,
        replaced,
        attempts,
        gate,
      }
    })
  }
}

function limitsOf({ retention, publish }: Config): RetentionLimits {
  const { snapshotMaxMegabytes, ...days } = retention
  const { alerts, dispositions } = publish.quotaMegabytes
  const quotaBytes = { alert: alerts * 2 ** 20, disposition: dispositions * 2 ** 20 }
  return {
    ...days,
    snapshotMaxBytes: snapshotMaxMegabytes * 2 ** 20,
    quotaBytes,
    expiryDays: publish.expiryDays,
  }
}

const nothingRead = {
  ...{ frames: 0, replaced: 0, attempts: 0 },
  gate: { coded: 0, decoded: 0, openings: 0, lost: 0, skipped: 0 },
}

/** What is left to say of a camera that is no longer configured. */
function removedCamera(id: string): Camera {
  return {
    id,
    name: id,
    tier: 'public',
    url: '',
    enabled: false,
    tags: [],
    grid: {},
    masks: [],
    zones: [],
    lines: [],
    rules: [],
  }
}
