/** What is to be sent next: what is urgent, then the oldest; read ahead in gulps, so that sending never waits for the disk. */
import type { Delivery, Outbox } from './ports.ts'

/** Rows of a gulp; the store gives fewer where they are large. More of them only make V8 grow its young generation. */
const gulp = 128

class Lane {
  readonly #read: (afterRowId: number, limit: number) => Promise<Delivery[]>
  #ahead: Delivery[] = []
  #taken = 0
  #after = 0
  /** The outbox may hold more. */
  more = true

  constructor(read: (afterRowId: number, limit: number) => Promise<Delivery[]>) {
    this.#read = read
  }

  get length(): number {
    return this.#ahead.length - this.#taken
  }

  get isHungry(): boolean {
    return this.more && this.length <= gulp / 2
  }

  take(): Delivery | undefined {
    return this.#ahead[this.#taken++]
  }

  rewind(): void {
    this.#ahead = []
    this.#taken = 0
    this.#after = 0
    this.more = true
  }

  async refill(): Promise<void> {
    if (!this.isHungry) return
    // Whoever nudges while this reads is heard the next time.
    this.more = false
    try {
      const rows = await this.#read(this.#after, gulp)
      if (rows.length === 0) return
      this.more = true
      this.#ahead = [...this.#ahead.slice(this.#taken), ...rows]
      this.#taken = 0
      this.#after = rows.at(-1)!.rowId
    } catch (error) {
      this.more = true
      throw error
    }
  }
}

export class Lanes {
  readonly #urgent: Lane
  readonly #others: Lane
  #refilling: Promise<void> | undefined

  constructor(outbox: Outbox) {
    this.#urgent = new Lane((after, limit) => outbox.urgent(after, limit))
    this.#others = new Lane((after, limit) => outbox.next(after, limit))
  }

  /** Nothing is left to send, as far as is known. */
  get isDry(): boolean {
    const lanes = [this.#urgent, this.#others]
    return this.#refilling === undefined && lanes.every(({ more, length }) => !more && length === 0)
  }

  /** The store has saved something. */
  nudge(): void {
    this.#urgent.more = true
    this.#others.more = true
  }

  /** From the oldest again. */
  async rewind(): Promise<void> {
    await this.#refilling?.catch(() => undefined)
    this.#urgent.rewind()
    this.#others.rewind()
  }

  /** Reads ahead. One read at a time: undefined where nothing has to be read or somebody does already. Rejects as the outbox does. */
  refill(): Promise<void> | undefined {
    if (this.#refilling || !(this.#urgent.isHungry || this.#others.isHungry)) return undefined
    this.#refilling = this.#urgent
      .refill()
      .then(() => this.#others.refill())
      .finally(() => {
        this.#refilling = undefined
      })
    return this.#refilling
  }

  takeUrgent(): Delivery | undefined {
    return this.#urgent.length > 0 ? this.#urgent.take() : undefined
  }

  /** The oldest that is not urgent: those have their lane. */
  takeOther(): Delivery | undefined {
    while (this.#others.length > 0) {
      const delivery = this.#others.take()
      if (delivery && !delivery.urgent) return delivery
    }
    return undefined
  }
}
