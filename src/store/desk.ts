/** The order of work in the store's thread: calls as they came, saves that came together in one transaction, retention in the gaps. */
import { GatewayError } from '../kit/errors.ts'
import type { Call, Failure, Say } from './messages.ts'
import type { Delivery } from './ports.ts'
import type { Records, Saved } from './records.ts'

/** Saves that share a transaction at most: bounds how long the first of them waits for the last one's picture. */
const mostTogether = 32

const retentionEveryMs = 3_600_000

/** Making room on a full disk is tried so often at most. */
const roomEveryMs = 10_000

type SaveCall = Extract<Call, { name: 'saveAlert' }>

export class Desk {
  readonly #records: Records
  readonly #say: Say
  #waiting: Call[] = []
  #scheduled = false
  #chore: Generator<void> | undefined
  #roomMadeAt = Number.NEGATIVE_INFINITY
  #hourly: NodeJS.Timeout | undefined

  constructor(records: Records, say: Say) {
    this.#records = records
    this.#say = say
  }

  open(): void {
    const clean = () => this.#begin(this.#records.retention.run(Date.now()))
    this.#hourly = setInterval(() => {
      this.#renewIdentity()
      clean()
    }, retentionEveryMs)
    clean()
  }

  take(call: Call): void {
    this.#waiting.push(call)
    this.#schedule()
  }

  /** Does what was asked before, then closes the database. */
  close(): void {
    clearInterval(this.#hourly)
    this.#work()
    this.#chore = undefined
    this.#records.close()
  }

  /** setImmediate runs after all messages that have arrived, so what came together is done together. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#work()
      this.#step()
    })
  }

  #work(): void {
    const calls = this.#waiting
    this.#waiting = []
    for (let i = 0; i < calls.length; ) {
      const saves = leadingSaves(calls, i)
      if (saves.length > 0) this.#save(saves)
      else this.#answer(calls[i])
      i += Math.max(1, saves.length)
    }
    this.#mindSpace()
  }

  #save(calls: readonly SaveCall[]): void {
    const saved = this.#saveAll(calls)
    for (const [i, { id }] of calls.entries()) {
      const value = saved[i]
      if (value instanceof GatewayError) this.#say({ kind: 'failed', id, failure: failureOf(value) })
      else this.#say({ kind: 'returned', id, value })
    }
  }

  /** Whatever a save breaks, the thread goes on. */
  #saveAll(calls: readonly SaveCall[]): Saved[] {
    try {
      return this.#records.saveAll(calls.map((call) => call.args[0]))
    } catch (error) {
      const { code, message } = failureOf(error)
      return calls.map(() => new GatewayError(code, message, { cause: error }))
    }
  }

  #answer(call: Call): void {
    try {
      const value = this.#perform(call)
      this.#say(
        { kind: 'returned', id: call.id, value },
        call.name === 'next' || call.name === 'urgent' ? buffersOf(value) : [],
      )
    } catch (error) {
      this.#say({ kind: 'failed', id: call.id, failure: failureOf(error) })
    }
  }

  #perform(call: Call): unknown {
    // The compiler cannot see that the arguments belong to the method of the same name; the Call type says so.
    const { deliveries, ledger } = this.#records
    const owner = [this.#records, deliveries, ledger].find((one) => call.name in one) as object
    const method = owner[call.name as never] as (...args: unknown[]) => unknown
    return method.apply(owner, call.args)
  }

  #renewIdentity(): void {
    try {
      this.#records.renewIdentity()
    } catch (error) {
      const message = `the token of the database could not be renewed: ${(error as Error).message}`
      this.#say({ kind: 'trouble', message })
    }
  }

  /** Between two hourly runs: a disk that is full, and what comes faster than the hour. */
  #mindSpace(): void {
    const { spaceWanted } = this.#records
    if (this.#chore) return
    if (spaceWanted && performance.now() - this.#roomMadeAt > roomEveryMs) {
      this.#records.spaceWanted = false
      this.#roomMadeAt = performance.now()
      this.#say({
        kind: 'trouble',
        message: 'the disk is full or refuses pictures: what matters least is removed',
      })
      this.#begin(this.#records.retention.makeRoom(Date.now()))
    } else if (this.#records.takeOverdue()) {
      this.#begin(this.#records.retention.run(Date.now()))
    }
  }

  #begin(chore: Generator<void>): void {
    if (this.#chore) return
    this.#chore = chore
    this.#schedule()
  }

  #step(): void {
    if (!this.#chore) return
    const refused = this.#records.retention.refused
    try {
      if (this.#chore.next().done) this.#chore = undefined
    } catch (error) {
      this.#chore = undefined
      this.#say({
        kind: 'trouble',
        message: `the clean-up failed and is tried again: ${(error as Error).message}`,
      })
    }
    if (this.#records.retention.refused > refused) {
      const message = 'nothing was deleted by age: the clock seems to have jumped by more than a year'
      this.#say({ kind: 'trouble', message })
    }
    if (this.#chore) this.#schedule()
  }
}

function leadingSaves(calls: readonly Call[], from: number): SaveCall[] {
  const saves: SaveCall[] = []
  for (let i = from; i < calls.length && saves.length < mostTogether; i++) {
    const call = calls[i]
    if (call.name !== 'saveAlert') break
    saves.push(call)
  }
  return saves
}

/** Memory of pictures: moved to the caller, not copied. */
function buffersOf(deliveries: unknown): ArrayBuffer[] {
  return (deliveries as Delivery[]).flatMap(({ body }) =>
    typeof body === 'string' ? [] : [body.buffer as ArrayBuffer],
  )
}

export function failureOf(error: unknown): Failure {
  if (error instanceof GatewayError) return { code: error.code, message: error.message }
  return { code: 'STORE_FAILED', message: `the database refused: ${(error as Error).message}` }
}
