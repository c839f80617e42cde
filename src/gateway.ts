/** The composition root: the only file that constructs parts and plugs them into each other; those of one camera are in camera-parts.ts. */
import { isDeepStrictEqual } from 'node:util'
import { BoxReader } from './box-readings.ts'
import { CameraParts, type OnState } from './camera-parts.ts'
import { CameraTelling } from './camera-telling.ts'
import { ClockWatch } from './clock-watch.ts'
import { Commands } from './commands.ts'
import type { Config } from './config/config.ts'
import { configReport } from './config-report.ts'
import { reachOf } from './coverage.ts'
import { CoverageBook } from './coverage-book.ts'
import { CoverageRecord } from './coverage-record.ts'
import { DegradationWatch } from './degradation-watch.ts'
import { mayShow, mayStructure } from './domain/camera.ts'
import { underOverrides, type Wish } from './domain/override.ts'
import { Drills } from './drill.ts'
import { DryRuns } from './dry-runs.ts'
import { Fleet, type Running } from './fleet.ts'
import { ControlSocket } from './http/control.ts'
import { HttpServer } from './http/server.ts'
import { Hosts } from './ingest/hosts.ts'
import { Networks } from './ingest/networks.ts'
import { inventoryOf } from './inventory.ts'
import type { Log } from './kit/log.ts'
import { type Part, startAll, stopAll } from './kit/part.ts'
import { PixelStore } from './kit/pixel-store.ts'
import { Room } from './kit/room.ts'
import { ServiceNotifier } from './kit/service.ts'
import { commandHere } from './local-command.ts'
import { gatewayMetrics } from './metrics.ts'
import { OutageWatch } from './outage-watch.ts'
import { outboxFacts, requeue } from './outbox.ts'
import { EmbeddedBroker } from './publish/embedded-broker.ts'
import { Publisher } from './publish/publisher.ts'
import { Recorder } from './recorder.ts'
import { Saving } from './saving.ts'
import { Status } from './status.ts'
import { Stills } from './stills.ts'
import type { RetentionLimits } from './store/ports.ts'
import { Store } from './store/store.ts'
import { StormWatch } from './storm-watch.ts'
import { Strain } from './strain.ts'
import { Structuring } from './structuring.ts'
import { ViewMemory } from './view-memory.ts'
import { ViewWatch } from './view-watch.ts'
import { VisionPool } from './vision/pool.ts'
import type { Models } from './vision/ports.ts'
import { modelNames } from './vision/tiers.ts'

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

export class Gateway {
  readonly #log: Log
  readonly #models: readonly string[]
  readonly #store: Store
  readonly #coverage: CoverageBook
  readonly #outages: OutageWatch
  readonly #box: DegradationWatch
  readonly #storms: StormWatch
  readonly #strain: Strain
  readonly #structuring: Structuring
  readonly #recorder: Recorder
  readonly #fleet: Fleet
  readonly #vision: VisionPool
  readonly #publisher: Publisher
  readonly #commands: Commands
  readonly #http: HttpServer
  readonly #status: Status
  readonly #parts: readonly Part[]
  readonly #viewMemory: ViewMemory
  readonly #views: ViewWatch
  readonly #clocks: ClockWatch
  readonly #telling: CameraTelling
  readonly #cameraParts: CameraParts
  #config: Config

  constructor({ config, models, version, log, onHung, runDeadlineMs }: GatewayOptions) {
    this.#config = config
    this.#log = log
    this.#models = modelNames(models)
    const modelFacts = { tier: models.tier, names: this.#models }
    const receipts = config.publish.receipts === 'required'
    const origin = { gateway: config.gateway.id, prefix: config.broker.prefix }
    this.#store = new Store({ dir: config.dataDir, retention: limitsOf(config), origin, receipts, log })
    const saving = new Saving(log)
    const pixels = new PixelStore(spareBytes)
    const stills = new Stills()
    this.#recorder = new Recorder({
      config: () => this.#config,
      ...{ models: this.#models, store: this.#store, saving, log },
      saved: (alert) => {
        this.#publisher.nudge()
        this.#publisher.alert(alert)
      },
      clockOffsetMs: (camera) => this.#clocks.of(camera)?.clockOffsetMs,
      adopt: (alert, camera) => this.#views.adopt(alert, camera),
    })
    this.#coverage = new CoverageBook(reachOf(config.analysis.idle.everyMs))
    this.#vision = new VisionPool({
      workers: config.analysis.workers,
      models,
      log,
      runDeadlineMs,
      weight: (camera) => this.#fleet.running(camera)?.attention.weight ?? 1,
      onReturned: (returned) => pixels.give(returned),
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
      state: (camera) => this.#telling.state(camera),
      isCell: (code) => this.#config.tables.grid?.cells.some((cell) => cell.code === code) ?? true,
      configuration: () => configReport(this.#config, this.#commands.overrides),
      still: (camera) => stills.next(camera),
      views: {
        whyNot: (camera) => this.#views.whyNot(camera),
        confirmed: (camera, preset) => this.#views.confirmed(camera, preset),
        confirm: (kept) => this.#views.confirm(kept),
      },
      overridden: () => {
        this.#publisher.inventoryChanged()
        return this.#fleet.follow()
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
    this.#structuring = new Structuring({
      gateway: config.gateway.id,
      prefix: config.broker.prefix,
      gridVersion: () => this.#config.tables.grid?.version,
      store: this.#store,
      saved: () => this.#publisher.nudge(),
      log,
    })
    this.#strain = new Strain(
      () => this.#vision.stats(),
      (strain) => {
        for (const { attention } of this.#fleet.all()) attention.strain = strain
      },
    )
    this.#outages = new OutageWatch({
      offlineAfterMs: config.ingest.offlineAfterMs,
      tell: (camera, told) => this.#telling.hear(camera, told),
      save: (alert) => this.#recorder.saveOf(alert),
    })
    this.#box = new DegradationWatch({
      box: new BoxReader({ dataDir: config.dataDir }),
      strain: () => this.#strain.newest,
      save: (alert) => this.#recorder.saveOf(alert),
    })
    this.#viewMemory = new ViewMemory({ shelf: this.#store, cameras: () => this.#config.cameras, log })
    this.#views = new ViewWatch({
      tell: (camera) => this.#telling.tell(camera),
      save: (camera, alert, picture) => this.#storms.save(camera, alert, picture),
      isLive: (camera) => this.#fleet.running(camera)?.source.state === 'live',
      memory: this.#viewMemory,
    })
    this.#storms = new StormWatch({
      least: config.publish.stormCameras,
      cameras: () => this.#fleet.all().length,
      save: (camera, alert, picture) => this.#recorder.save(camera, alert, picture),
      saveOf: (alert, picture) => this.#recorder.saveOf(alert, picture),
    })
    this.#clocks = new ClockWatch({
      offsets: () =>
        this.#config.cameras.map(({ id }) => [id, this.#fleet.running(id)?.source.clockOffsetMs] as const),
      tell: (camera) => this.#telling.tell(camera),
      log,
    })
    this.#fleet = new Fleet({
      wishes: () => this.#wishes(),
      open: (wish) => this.#open(wish),
      forget: (camera) => this.#forget(camera),
      log,
    })
    this.#telling = new CameraTelling({
      cameras: () => this.#config.cameras,
      running: (camera) => this.#fleet.running(camera),
      ...{ views: () => this.#views, clocks: () => this.#clocks, publisher: () => this.#publisher },
      coverage: this.#coverage,
    })
    this.#cameraParts = new CameraParts({
      ...{
        config,
        vision: this.#vision,
        pixels,
        burstRoom: new Room(burstBytes),
        views: this.#views,
        stills,
      },
      ...{ networks: new Networks(config.ingest.allowNetworks), hosts: new Hosts(config.ingest) },
      structuring: this.#structuring,
      save: (camera, alert, picture) => this.#storms.save(camera, alert, picture),
      inView: (camera, tracks) => this.#publisher.inView(camera, tracks),
      telling: this.#telling,
      log,
    })
    const metrics = gatewayMetrics({
      models: modelFacts,
      vision: () => this.#vision.stats(),
      store: () => this.#store.counts(),
      saving: () => saving,
      structuring: () => this.#structuring,
      broker: () => this.#publisher.stats(),
      commands: () => this.#commands.counts(),
      cameras: () => this.#telling.facts(),
      coverage: () => this.#coverage.cameras(),
    })
    const status = new Status({
      gateway: config.gateway.id,
      version,
      dataDir: config.dataDir,
      models: modelFacts,
      cameras: () => this.#telling.facts(),
      vision: () => this.#vision.stats(),
      coverage: () => this.#coverage.mean(),
      box: () => this.#box.newest,
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
        this.#recorder.save(camera, alert, undefined, { messageId, onSaved }),
      deliveryOf: (messageId) => this.#store.deliveryOf(messageId),
      receipts,
      broker: () => this.#publisher.stats(),
    })
    const dryRuns = new DryRuns(() => this.#config)
    const control = new ControlSocket({
      dataDir: config.dataDir,
      ports: {
        drill: (camera) => drills.raise(camera),
        drillFacts: (alert) => drills.look(alert),
        outbox: () => outboxFacts(this.#store, this.#publisher.stats()),
        requeue: (id) => requeue(id, this.#store, this.#publisher),
        dryRun: (wish) => dryRuns.run(wish),
        confirmView: (which) => commandHere(this.#commands, 'confirm-view', which),
      },
      log,
    })
    // Left to right at start, right to left at stop: cameras end first, and what they raise still leaves.
    this.#parts = [
      this.#store,
      saving,
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
      this.#strain,
      this.#outages,
      this.#structuring,
      this.#storms,
      this.#views,
      this.#clocks,
      { name: 'consents', start: () => this.#withdraw(), stop: async () => {} },
      { name: 'alerts', start: () => this.#recorder.endLeftOver(), stop: async () => {} },
      this.#box,
      this.#fleet,
      control,
      new ServiceNotifier(() => status.alive),
    ]
  }

  async start(): Promise<void> {
    await startAll(this.#parts, stopDeadlineMs)
    this.#status.started = true
  }

  /** Names of parts that did not stop in time. */
  async stop(): Promise<string[]> {
    this.#status.started = false
    return stopAll(this.#parts, stopDeadlineMs)
  }

  /** A new configuration was refused and the old one stays in force: /healthz says so until one is taken over. */
  noteRefusal(why: string): void {
    this.#status.refusedConfiguration = why
  }

  /** Takes over what changed among the cameras and in the tables; cameras that did not change are not touched. */
  async reload(config: Config): Promise<void> {
    if (!this.#status.started) return
    this.#status.refusedConfiguration = undefined
    const { cameras, tables, places, secrets, ...others } = config
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
    this.#config = { ...this.#config, cameras, tables, places, secrets }
    await this.#withdraw()
    if (!isDeepStrictEqual([cameras, tables], before)) this.#publisher.inventoryChanged()
    await this.#fleet.follow()
  }

  /** By id: each enabled camera as the configuration and what was changed beside it want it. */
  #wishes(): Map<string, Wish> {
    const enabled = this.#config.cameras.filter((camera) => camera.enabled)
    return new Map(enabled.map((camera) => [camera.id, underOverrides(camera, this.#commands.overrides)]))
  }

  /** What a consent no longer covers is not kept to be sent again. */
  async #withdraw(): Promise<void> {
    const { cameras } = this.#config
    await this.#viewMemory.withdraw()
    const shown = cameras.filter(mayShow).map(({ id }) => id)
    const structured = cameras.filter(mayStructure).map(({ id }) => id)
    await this.#store
      .withdraw({ snapshot: shown, track: structured, count: structured })
      .catch((error: unknown) =>
        this.#log.error({ err: error }, 'what consents no longer cover could not be forgotten'),
      )
  }

  #forget(camera: string): void {
    this.#outages.forget(camera)
    this.#telling.forget(camera)
    void this.#views.forget(camera)
    this.#publisher.forgetCamera(camera)
    this.#coverage.forget(camera)
  }

  #open({ camera, paused }: Wish): Running | undefined {
    const coverage = this.#coverage.of(camera.id, Date.now())
    this.#telling.stand(camera.id, undefined)
    this.#outages.expect(camera)
    const onState: OnState = (state, why) => {
      this.#log.info({ camera: camera.id, state, why }, 'camera state')
      this.#outages.hear(camera.id, state)
      if (state === 'consent_ended') void this.#views.forget(camera.id, 'camera-lost')
    }
    if (!paused) return this.#cameraParts.open(camera, coverage, onState)
    onState('paused')
    return undefined
  }
}

function limitsOf({ retention, publish }: Config): RetentionLimits {
  const { snapshotMaxMegabytes, ...days } = retention
  const { alerts, dispositions, tracks, counts } = publish.quotaMegabytes
  const quotaBytes = {
    ...{ alert: alerts * 2 ** 20, disposition: dispositions * 2 ** 20 },
    ...{ track: tracks * 2 ** 20, count: counts * 2 ** 20 },
  }
  return {
    ...days,
    snapshotMaxBytes: snapshotMaxMegabytes * 2 ** 20,
    quotaBytes,
    expiryDays: publish.expiryDays,
  }
}
