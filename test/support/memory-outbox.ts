/** An outbox in memory that keeps the order and the numbers as the store does. */
import { v7 as newId } from 'uuid'
import type { Announced, Delivery, Outbox } from '../../src/publish/ports.ts'

export class MemoryOutbox implements Outbox, Announced {
  readonly epoch = newId()
  readonly waiting = new Map<number, Delivery>()
  readonly parkedBecause = new Map<number, string>()
  readonly writes: number[][] = []
  readonly cameras = new Set<string>()
  readonly topics = new Set<string>()
  /** While true every call fails, as on a broken disk. */
  broken = false
  #rowId = 0
  readonly #numbers = new Map<string, number>()

  add(
    message: Pick<Delivery, 'id' | 'class' | 'topic' | 'contentType' | 'body'> & Partial<Delivery>,
  ): Delivery {
    const sequence = (this.#numbers.get(message.class) ?? 0) + 1
    this.#numbers.set(message.class, sequence)
    const rowId = ++this.#rowId
    const rest = { epoch: this.epoch, sequence, createdAt: Date.now(), attempts: 0 }
    const delivery = { urgent: false, ...message, rowId, ...rest }
    this.waiting.set(rowId, delivery)
    return delivery
  }

  async next(afterRowId: number, limit: number): Promise<Delivery[]> {
    this.#check()
    const after = [...this.waiting.values()].filter(({ rowId }) => rowId > afterRowId)
    return after.slice(0, limit)
  }

  async urgent(afterRowId: number, limit: number): Promise<Delivery[]> {
    const waiting = await this.next(afterRowId, Number.POSITIVE_INFINITY)
    return waiting.filter(({ urgent }) => urgent).slice(0, limit)
  }

  async acknowledged(rowIds: number[]): Promise<void> {
    this.#check()
    this.writes.push(rowIds)
    for (const rowId of rowIds) this.waiting.delete(rowId)
  }

  async parked(rowId: number, why: string): Promise<void> {
    this.#check()
    this.waiting.delete(rowId)
    this.parkedBecause.set(rowId, why)
  }

  async sendAgain(): Promise<number> {
    this.#check()
    return 0
  }

  async confirmed(): Promise<undefined> {
    this.#check()
  }

  async announcedCameras(): Promise<string[]> {
    this.#check()
    return [...this.cameras]
  }

  async announced(cameras: string[]): Promise<void> {
    this.#check()
    for (const camera of cameras) this.cameras.add(camera)
  }

  async cleared(cameras: string[]): Promise<void> {
    this.#check()
    for (const camera of cameras) this.cameras.delete(camera)
  }

  async voicedTopics(): Promise<string[]> {
    this.#check()
    return [...this.topics]
  }

  async voiced(topics: string[]): Promise<void> {
    this.#check()
    for (const topic of topics) this.topics.add(topic)
  }

  async unvoiced(topics: string[]): Promise<void> {
    this.#check()
    for (const topic of topics) this.topics.delete(topic)
  }

  #check(): void {
    if (this.broken) throw new Error('disk I/O error')
  }
}
