/** Looks after the box itself: one alert says what is wrong with it, while anything is. */
import { isDeepStrictEqual } from 'node:util'
import { v7 as newId } from 'uuid'
import type { BoxReader } from './box-readings.ts'
import { type Alert, gatewayItself } from './domain/alert.ts'
import type { BoxReadings, Degradation } from './domain/degradation.ts'
import { DegradationCourse } from './health/degradation.ts'
import type { Part } from './kit/part.ts'
import { sleep } from './kit/retry.ts'

const everyMs = 10_000

export interface DegradationWatchOptions {
  readonly box: Pick<BoxReader, 'read'>
  /** 0..1, how overloaded the box is. */
  strain(): number
  /** Never rejects. */
  save(alert: Alert): Promise<void>
  /** Monotonic ms. */
  readonly ticks?: () => number
}

export class DegradationWatch implements Part {
  readonly name = 'box'
  readonly #options: DegradationWatchOptions
  readonly #course = new DegradationCourse()
  #newest: Degradation | undefined
  #alert: Alert | undefined
  #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(options: DegradationWatchOptions) {
    this.#options = options
  }

  /** What the box showed last, and what is wrong with it; undefined before the first reading. */
  get newest(): Degradation | undefined {
    return this.#newest
  }

  async start(): Promise<void> {
    this.#stopping = new AbortController()
    this.#running = this.#run(this.#stopping.signal)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
    if (this.#alert) await this.#end(this.#alert, 'gateway-stopped')
  }

  /** One reading; called every ten seconds. */
  async look(): Promise<void> {
    const { box, strain, ticks = () => performance.now() } = this.#options
    const readings = await box.read(strain())
    const reasons = this.#course.note(readings, ticks())
    this.#newest = { reasons, ...readings }
    const told = this.#alert?.degradation?.reasons ?? []
    if (isDeepStrictEqual(reasons, told)) return
    if (reasons.length > 0) await this.#raise(this.#newest)
    else if (this.#alert) await this.#end(this.#alert, 'cleared', readings)
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look()
      await sleep(everyMs, signal)
    }
  }

  #raise(degradation: Degradation): Promise<void> {
    const time = Date.now()
    this.#alert = this.#alert
      ? { ...this.#alert, phase: 'updated', time: Math.max(this.#alert.time, time), degradation }
      : {
          ...{ id: newId(), camera: gatewayItself, rule: 'gateway-degraded', kind: 'gateway-degraded' },
          ...{ severity: 'major', duty: 'system', phase: 'began', began: time, time, objects: [] },
          degradation,
        }
    return this.#options.save(this.#alert)
  }

  /** Says what was wrong last, and what the box shows now. */
  #end(alert: Alert, because: 'cleared' | 'gateway-stopped', readings?: BoxReadings): Promise<void> {
    this.#alert = undefined
    const time = Math.max(alert.time, Date.now())
    const reasons = alert.degradation?.reasons ?? []
    const degradation = readings ? { reasons, ...readings } : alert.degradation
    return this.#options.save({
      ...{ ...alert, phase: 'ended', time, ended: time, endedBecause: because },
      ...(degradation && { degradation }),
    })
  }
}
