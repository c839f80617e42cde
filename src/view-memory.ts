/** What is remembered of views over a restart: their references, and which of them nobody trusts. */
import { createHash } from 'node:crypto'
import { type Camera, mayRead } from './domain/camera.ts'
import type { KeptView, Rememberable } from './domain/view.ts'
import { type Log, oncePer } from './kit/log.ts'
import { SecretMask } from './kit/secrets.ts'

/** Of the store. */
export interface ViewShelf {
  keptViews(): Promise<KeptView[]>
  keepView(view: KeptView): Promise<void>
  withdrawViews(of: Rememberable): Promise<void>
}

export interface ViewMemoryOptions {
  readonly shelf: ViewShelf
  /** As configured now: nothing is remembered of others, and no outline of those that may not be read. */
  cameras(): readonly Pick<Camera, 'id' | 'tier' | 'consent'>[]
  readonly log: Log
}

export class ViewMemory {
  readonly #options: ViewMemoryOptions
  readonly #grumble = oncePer(60_000)
  #views: readonly KeptView[] = []

  constructor(options: ViewMemoryOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    this.#views = await this.#options.shelf.keptViews()
  }

  /** Under the same address and masks; by preset. */
  find(camera: string, of: string, preset?: string): KeptView | undefined {
    return this.#views.find((one) => one.camera === camera && one.of === of && one.preset === preset)
  }

  /** In place of what was there of that view. False where the disk refuses it. Never rejects. */
  async keep(view: KeptView): Promise<boolean> {
    const kept = this.#seen().includes(view.camera) ? view : withoutOutline(view)
    this.note(kept)
    return await this.#write(() => this.#options.shelf.keepView(kept))
  }

  /** It is on the disk already. */
  note(view: KeptView): void {
    const isOther = ({ camera, preset }: KeptView) => camera !== view.camera || preset !== view.preset
    this.#views = [...this.#views.filter(isOther), view]
  }

  /**
   * Only what may be remembered stays. Of a camera whose consent has ended that is whether its view is trusted: this shows
   * nothing, and a consent that is renewed is no look at where the camera points.
   */
  async withdraw(): Promise<boolean> {
    const { cameras, shelf } = this.#options
    const of = { known: cameras().map(({ id }) => id), seen: this.#seen() }
    this.#views = this.#views
      .filter(({ camera }) => of.known.includes(camera))
      .map((view) => (of.seen.includes(view.camera) ? view : withoutOutline(view)))
    return await this.#write(() => shelf.withdrawViews(of))
  }

  #seen(): string[] {
    const seen = this.#options.cameras().filter((camera) => mayRead(camera, Date.now()))
    return seen.map(({ id }) => id)
  }

  async #write(write: () => Promise<void>): Promise<boolean> {
    try {
      await write()
      return true
    } catch (error) {
      this.#grumble('write', () =>
        this.#options.log.error({ err: error }, 'what is known of the views of cameras could not be written'),
      )
      return false
    }
  }
}

function withoutOutline({ outline: _, ...view }: KeptView): KeptView {
  return view
}

/** With another address, or other masks, it is another view; a new account changes nothing of it. */
export function digestOf({ url, masks }: { readonly url: string; readonly masks: unknown }): string {
  const address = new SecretMask().mask(url).replace('***@', '')
  const what = JSON.stringify([address, masks])
  return createHash('sha256').update(what).digest('hex')
}
