/** Does what the centre asks for: judges each command, has the store settle it, and lets it take effect. */
import { createHash } from 'node:crypto'
import { v7 as newId } from 'uuid'
import { snapshotMessage } from './contract/alert-message.ts'
import type { AnswerData, Recorded, Verdict } from './contract/answer-schema.ts'
import { answerMessage, type Command, faultOfTime, readCommand, refused } from './contract/command-message.ts'
import { type Camera, type CameraState, mayShow, type Preset, rulesOf } from './domain/camera.ts'
import type { DispositionState } from './domain/disposition.ts'
import type { Override } from './domain/override.ts'
import type { KeptView } from './domain/view.ts'
import { type Log, oncePer } from './kit/log.ts'
import type { Part } from './kit/part.ts'
import type { Still } from './stills.ts'
import type { Deed, Recalled, Settlement } from './store/ledger-ports.ts'

/** So often the clock is asked what has ended by itself. */
const lapseEveryMs = 1_000

export interface CommandsOptions {
  readonly gateway: string
  /** Beginning of every topic. */
  readonly prefix: string
  readonly version: string
  epoch(): string
  readonly store: {
    recalled(id: string): Promise<Recalled | undefined>
    settle(settlement: Settlement): Promise<Recorded>
    overrides(): Promise<Override[]>
    lapse(): Promise<Override[]>
  }
  /** As configured and enabled, with all its rules. */
  camera(id: string): Camera | undefined
  state(camera: string): CameraState | undefined
  /** False where there is a grid without this cell. */
  isCell(code: string): boolean
  configuration(): object
  /** The next frame of a camera that is read. */
  still(camera: string): Promise<Still | 'busy' | 'none'>
  readonly views: {
    /** Why the view of that camera cannot be confirmed now, as a sentence. */
    whyNot(camera: string): string | undefined
    /** What is kept of it once it is; of a camera that turns, for one of its presets. */
    confirmed(camera: Camera, preset?: Preset): KeptView
    /** It is on record: it takes effect. */
    confirm(kept: KeptView): void
  }
  /** Overrides have changed: resolves when they are in force. */
  overridden(): Promise<void>
  /** The outbox has something new. */
  nudge(): void
  /** Older messages wait again in the outbox. */
  rewind(): void
  readonly log: Log
  readonly now?: () => number
}

export interface CommandCounts {
  readonly done: number
  readonly refused: number
  /** Answered from the record. */
  readonly repeated: number
  /** Not heard, because too many came at once. */
  readonly missed: number
}

type CommandOf<Name extends Command['verb']> = Extract<Command, { verb: Name }>

export class Commands implements Part {
  readonly name = 'commands'
  readonly #options: CommandsOptions
  readonly #now: () => number
  readonly #grumble = oncePer(10_000)
  readonly #atWork = new Map<string, { readonly digest: string; readonly answer: Promise<AnswerData> }>()
  readonly #counts = { done: 0, refused: 0, repeated: 0, missed: 0 }
  #overrides: readonly Override[] = []
  #timer: NodeJS.Timeout | undefined
  #lapsing: Promise<void> | undefined

  constructor(options: CommandsOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** What is in force beside the configuration. */
  get overrides(): readonly Override[] {
    return this.#overrides
  }

  counts(): CommandCounts {
    return { ...this.#counts }
  }

  async start(): Promise<void> {
    await this.#options.store.lapse()
    this.#overrides = await this.#options.store.overrides()
    this.#timer = setInterval(() => this.#mindClock(), lapseEveryMs)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#lapsing
  }

  missed(): void {
    this.#counts.missed++
  }

  /** JSON of the answer. Never rejects. */
  async answer({ verb, payload, retain }: Asked): Promise<string> {
    const read = retain ? retained : readCommand(verb, payload)
    const data = 'refusal' in read ? this.#unread(read) : await this.#once(read)
    if (data.repeated) this.#counts.repeated++
    else this.#counts[data.outcome]++
    const { gateway } = this.#options
    return answerMessage({ id: newId(), gateway, time: this.#now() }, data)
  }

  #unread({ id, verb, refusal }: { id?: string; verb?: string; refusal: Verdict }): AnswerData {
    const why = refusal.refusal?.why
    this.#grumble('unread', (held) => this.#options.log.warn({ verb, why, held }, 'a command was refused'))
    return { command: id, verb, repeated: false, ...refusal }
  }

  /** A repeat that comes while the first is at work waits for its answer. */
  async #once(command: Command): Promise<AnswerData> {
    const { id, digest } = command
    const same = this.#atWork.get(id)
    if (same) return same.digest === digest ? { ...(await same.answer), repeated: true } : reused(command)
    const answer = this.#perform(command)
    this.#atWork.set(id, { digest, answer })
    try {
      return await answer
    } finally {
      this.#atWork.delete(id)
    }
  }

  async #perform(command: Command): Promise<AnswerData> {
    const { id, verb, digest } = command
    const { store, log } = this.#options
    try {
      const known = await store.recalled(id)
      if (known && known.digest !== digest) return reused(command)
      if (known) return { command: id, verb, repeated: true, ...known.answer }
      const fault = faultOfTime(command, this.#now())
      const deed = fault ? nothing(fault) : await this.#deed(command)
      const answer = await store.settle(settlementOf(command, deed))
      log.info({ command: id, verb, outcome: answer.refusal?.code ?? answer.outcome }, 'command')
      if (answer.outcome === 'done') await this.#takeEffect(deed)
      return { command: id, verb, repeated: false, ...answer }
    } catch (error) {
      log.error({ command: id, verb, err: error }, 'a command failed')
      return {
        command: id,
        verb,
        repeated: false,
        ...refused('failed', 'the gateway could not do it: see its log'),
      }
    }
  }

  async #deed(command: Command): Promise<Deed> {
    switch (command.verb) {
      case 'acknowledge':
        return this.#decision(command, 'acknowledged')
      case 'assign':
        return this.#options.isCell(command.data.cell)
          ? this.#decision(command, 'assigned')
          : nothing(refused('not-found', `the grid of this gateway has no cell ${command.data.cell}`))
      case 'dispose':
        return this.#decision(command, command.data.state)
      case 'comment':
        return this.#decision(command, 'commented')
      case 'rule-enable':
        return this.#switchRule(command)
      case 'camera-pause':
        return this.#pause(command)
      case 'snapshot-now':
        return this.#picture(command)
      case 'confirm-view':
        return this.#confirmView(command)
      case 'replay':
        return replay(command)
      case 'ping': {
        const { version } = this.#options
        return nothing({ outcome: 'done', result: { version, epoch: this.#options.epoch() } })
      }
      case 'config-report':
        return nothing({ outcome: 'done', result: { configuration: this.#options.configuration() } })
    }
  }

  #decision(
    { data }: CommandOf<'acknowledge' | 'assign' | 'dispose' | 'comment'>,
    state: DispositionState,
  ): Deed {
    const { gateway, prefix } = this.#options
    const { alert, revision, actor, reason } = data
    const due = 'due' in data && data.due !== undefined ? Date.parse(data.due) : undefined
    const cell = 'cell' in data ? data.cell : undefined
    return {
      kind: 'decide',
      disposition: { alert, state, actor, cell, reason, due },
      seen: revision,
      origin: { id: newId(), gateway, prefix },
    }
  }

  #switchRule({ data }: CommandOf<'rule-enable'>): Deed {
    const { camera: id, rule, enabled, until } = data
    const camera = this.#options.camera(id)
    if (!camera && !(enabled && this.#isOverridden(id, rule))) return unknownCamera(id)
    const names = camera ? rulesOf(camera).map(({ name }) => name) : []
    if (!names.includes(rule) && !(enabled && this.#isOverridden(id, rule))) {
      return nothing(refused('not-found', `camera ${id} has no rule ${rule} (rules: ${names.join(', ')})`))
    }
    return {
      kind: 'override',
      override: { camera: id, rule, ...end(until) },
      holds: !enabled,
      verdict: { outcome: 'done', result: { camera: id, rule, enabled, until } },
    }
  }

  #pause({ data }: CommandOf<'camera-pause'>): Deed {
    const { camera: id, paused, until } = data
    if (!this.#options.camera(id) && (paused || !this.#isOverridden(id))) return unknownCamera(id)
    return {
      kind: 'override',
      override: { camera: id, ...end(until) },
      holds: paused,
      verdict: { outcome: 'done', result: { camera: id, paused, until } },
    }
  }

  /** What holds can be taken back, also of a camera or rule that is no longer configured: it may come back under its name. */
  #isOverridden(camera: string, rule?: string): boolean {
    return this.#overrides.some((one) => one.camera === camera && one.rule === rule)
  }

  async #picture({ data }: CommandOf<'snapshot-now'>): Promise<Deed> {
    const { camera: cameraOf, state: stateOf, still: next, gateway, prefix } = this.#options
    const camera = cameraOf(data.camera)
    if (!camera) return unknownCamera(data.camera)
    if (!mayShow(camera))
      return nothing(refused('consent', 'no consent for pictures of this camera is recorded'))
    const state = stateOf(camera.id)
    if (state !== 'live') return nothing(refused('unavailable', `the camera is ${state ?? 'not read'}`))
    const still = await next(camera.id)
    if (still === 'busy') return nothing(refused('busy', 'too many pictures are being made'))
    if (still === 'none') return nothing(refused('unavailable', 'no frame came in time'))
    // While the frame was waited for, the consent may have ended.
    const now = cameraOf(camera.id)
    if (!now || !mayShow(now)) return nothing(refused('consent', 'the consent for pictures has ended'))
    const { picture, frameTime } = still
    if ('missing' in picture)
      return nothing(refused('unavailable', `no picture could be made: ${picture.missing}`))
    const { jpeg, width, height } = picture
    const sha256 = createHash('sha256').update(jpeg).digest('hex')
    const own = { id: newId(), alert: { id: newId() } }
    const message = snapshotMessage({ ...own, gateway, prefix, camera, sha256 })
    const time = new Date(frameTime).toISOString()
    const snapshot = { topic: message.topic, sha256, time, width, height, redacted: true as const }
    return {
      kind: 'picture',
      message,
      jpeg,
      verdict: { outcome: 'done', result: { camera: camera.id, snapshot } },
    }
  }

  #confirmView({ data }: CommandOf<'confirm-view'>): Deed {
    const { camera: cameraOf, views } = this.#options
    const camera = cameraOf(data.camera)
    if (!camera) return unknownCamera(data.camera)
    const { id, presets } = camera
    const preset = presets?.find(({ name }) => name === data.preset)
    if (!preset && (presets || data.preset !== undefined)) return noPreset(id, presets, data.preset)
    const why = views.whyNot(id)
    if (why !== undefined) return nothing(refused('unavailable', why))
    return {
      kind: 'confirm',
      view: views.confirmed(camera, preset),
      verdict: { outcome: 'done', result: { camera: id, preset: preset?.name } },
    }
  }

  /** It is written down already: what goes wrong now is the gateway's to mend, and at the latest its next start does. */
  async #takeEffect(deed: Deed): Promise<void> {
    const { kind } = deed
    if (kind === 'replay') this.#options.rewind()
    else if (kind === 'confirm') this.#options.views.confirm(deed.view)
    else if (kind === 'decide' || kind === 'picture') this.#options.nudge()
    if (kind !== 'override') return
    try {
      await this.#followOverrides()
    } catch (error) {
      this.#options.log.error({ err: error }, 'the cameras do not follow a command that was recorded')
    }
  }

  async #followOverrides(): Promise<void> {
    this.#overrides = await this.#options.store.overrides()
    await this.#options.overridden()
  }

  #mindClock(): void {
    const now = this.#now()
    if (!this.#overrides.some(({ until }) => until !== undefined && until <= now)) return
    this.#lapsing ??= this.#lapse().finally(() => {
      this.#lapsing = undefined
    })
  }

  async #lapse(): Promise<void> {
    const { store, log } = this.#options
    try {
      for (const override of await store.lapse())
        log.info(override, 'what a command changed has ended by itself')
      await this.#followOverrides()
    } catch (error) {
      this.#grumble('lapse', () => log.error({ err: error }, 'what a command changed could not be ended'))
    }
  }
}

/** A command as it came; the same shape as publishing declares. */
interface Asked {
  readonly verb: string
  readonly payload: Uint8Array
  readonly retain: boolean
}

const retained = {
  refusal: refused('malformed', 'a command must not be retained: it would come again at each connect'),
}

function reused({ id, verb }: Command): AnswerData {
  return { command: id, verb, repeated: false, ...refused('id-reused', 'another command had this id') }
}

function nothing(verdict: Verdict): Deed {
  return { kind: 'nothing', verdict }
}

function replay({ data }: CommandOf<'replay'>): Deed {
  const { actor: _, ...range } = data
  if (range.from > range.to) return nothing(refused('invalid', 'from is greater than to'))
  return { kind: 'replay', range }
}

function unknownCamera(id: string): Deed {
  return nothing(refused('not-found', `no camera ${id} is configured and enabled`))
}

function noPreset(id: string, presets: readonly Preset[] | undefined, wanted: string | undefined): Deed {
  if (!presets) return nothing(refused('invalid', `camera ${id} does not turn: it has no presets`))
  const known = `presets: ${presets.map(({ name }) => name).join(', ')}`
  return wanted === undefined
    ? nothing(refused('invalid', `camera ${id} turns: say at which preset it stands (${known})`))
    : nothing(refused('not-found', `camera ${id} has no preset ${wanted} (${known})`))
}

function end(until: string | undefined): { until?: number } {
  return until === undefined ? {} : { until: Date.parse(until) }
}

function settlementOf({ id, verb, digest, expiresAt, data }: Command, deed: Deed): Settlement {
  const { actor, ...detail } = data
  return { command: { id, verb, digest, expiresAt }, deed, actor, detail }
}
