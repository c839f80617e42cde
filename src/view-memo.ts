/** What is remembered of one view: written when there is news of it, now and then where only the light has changed. */
import type { KeptView, Outline } from './domain/view.ts'
import type { ViewMemory } from './view-memory.ts'

/** References follow the light: what is kept of them is renewed this often, as each writing wears the flash. */
const keepEveryMs = 3_600_000
/** What the disk refused is tried again after this, ms. */
const keepAgainMs = 10_000

export interface MemoOptions {
  readonly camera: string
  /** Absent for a camera that stands still. */
  readonly preset?: string
  readonly of: string
  /** As it is now; undefined where it is not learned yet. */
  outline(): Outline | undefined
  readonly memory: ViewMemory
  now(): number
}

export class Memo {
  readonly #options: MemoOptions
  #distrusted: boolean
  #outline: Outline | undefined
  #writtenAt: number
  /** The disk refused: nothing is written before. */
  #refusedUntil = Number.NEGATIVE_INFINITY

  /** `kept`: what is written already. */
  constructor(options: MemoOptions, kept: KeptView | undefined) {
    this.#options = options
    this.#distrusted = kept?.distrusted ?? false
    this.#outline = kept?.outline
    this.#writtenAt = options.now()
  }

  isOf({ of, preset }: KeptView): boolean {
    return of === this.#options.of && preset === this.#options.preset
  }

  /** It was confirmed, and that is written: what was known of it is forgotten. */
  confirmed(): void {
    this.#distrusted = false
    this.#outline = undefined
    this.#writtenAt = this.#options.now()
  }

  /** Distrust is written at once, a first reference too; how that changes, now and then. */
  note(distrusted: boolean): void {
    const now = this.#options.now()
    if (now < this.#refusedUntil) return
    const outline = this.#options.outline() ?? this.#outline
    const isUrgent = distrusted !== this.#distrusted || (outline !== undefined && !this.#outline)
    if (isUrgent || (outline !== this.#outline && now - this.#writtenAt >= keepEveryMs))
      void this.keep(distrusted)
  }

  /** Writes it where it has changed at all. */
  async keep(distrusted: boolean): Promise<void> {
    const { camera, preset, of, memory, now } = this.#options
    const outline = this.#options.outline() ?? this.#outline
    const before = { distrusted: this.#distrusted, outline: this.#outline }
    if (distrusted === before.distrusted && outline === before.outline) return
    this.#distrusted = distrusted
    this.#outline = outline
    this.#writtenAt = now()
    if (await memory.keep({ camera, ...(preset !== undefined && { preset }), of, distrusted, outline }))
      return
    this.#distrusted = before.distrusted
    this.#outline = before.outline
    this.#refusedUntil = now() + keepAgainMs
  }
}
