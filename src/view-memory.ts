/** What is remembered of views over a restart: their references, and which of them nobody trusts. */
import { createHash } from 'node:crypto'
import type { KeptView } from './domain/view.ts'
import { type Log, oncePer } from './kit/log.ts'
import { SecretMask } from './kit/secrets.ts'

/** Of the store. */
export interface ViewShelf {
  keptViews(): Promise<KeptView[]>
  keepView(view: KeptView): Promise<void>
  withdrawViews(allowed: readonly string[]): Promise<void>
}

export class ViewMemory {
  readonly #shelf: ViewShelf
  readonly #log: Log
  readonly #grumble = oncePer(60_000)
  #views: readonly KeptView[] = []

  constructor(shelf: ViewShelf, log: Log) {
    this.#shelf = shelf
    this.#log = log
  }

  async start(): Promise<void> {
    this.#views = await this.#shelf.keptViews()
  }

  /** Under the same address and masks; by preset. */
  find(camera: string, of: string, preset?: string): KeptView | undefined {
    return this.#views.find((one) => one.camera === camera && one.of === of && one.preset === preset)
  }

  /** In place of what was there of that view. False where the disk refuses it. Never rejects. */
  async keep(view: KeptView): Promise<boolean> {
    this.note(view)
    return await this.#write(() => this.#shelf.keepView(view))
  }

  /** It is on the disk already. */
  note(view: KeptView): void {
    const isOther = ({ camera, preset }: KeptView) => camera !== view.camera || preset !== view.preset
    this.#views = [...this.#views.filter(isOther), view]
  }

  forget(camera: string): Promise<boolean> {
    return this.withdraw(this.#views.map((one) => one.camera).filter((one) => one !== camera))
  }

  /** Only what is known of these cameras stays. */
  async withdraw(allowed: readonly string[]): Promise<boolean> {
    this.#views = this.#views.filter(({ camera }) => allowed.includes(camera))
    return await this.#write(() => this.#shelf.withdrawViews(allowed))
  }

  async #write(write: () => Promise<void>): Promise<boolean> {
    try {
      await write()
      return true
    } catch (error) {
      this.#grumble('write', () =>
        this.#log.error({ err: error }, 'what is known of the views of cameras could not be written'),
      )
      return false
    }
  }
}

/** With another address, or other masks, it is another view; a new account changes nothing of it. */
export function digestOf({ url, masks }: { readonly url: string; readonly masks: unknown }): string {
  const address = new SecretMask().mask(url).replace('***@', '')
  const what = JSON.stringify([address, masks])
  return createHash('sha256').update(what).digest('hex')
}
