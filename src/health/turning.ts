/** Where a camera that turns stands: each picture against the views of its presets. Pure: times are the stream's own, ms. */
import type { Luma } from '../domain/luma.ts'
import type { Outline, ViewFault } from '../domain/view.ts'
import { judgeLight } from './looks.ts'
import { Texture } from './texture.ts'
import { View } from './view.ts'

/** So much of what is usually found of a view is in its place: the camera stands there. More than for one that cannot turn. */
const shows = 0.7
/** It has come to rest once it shows a preset for so long, in so many pictures, ms. */
const restMs = 3_000
const leastPictures = 3
/** It has left once it shows no preset for so long, ms; no picture is let through meanwhile. */
const leftAfterMs = 3_000
/** So much of a picture is black, and nobody can tell what it shows: there is nothing to compare it with. */
const black = 0.94
/** What could not be learned by then is given up, ms. */
const learnMs = 60_000

/** What is to be done with a picture: `withheld` it only serves to learn a view. */
export type Fate = 'fine' | 'corrupted' | 'withheld'

export class Turning {
  readonly #views: Map<string, View>
  #at: string | undefined
  /** Where it may be coming to rest. */
  #nearing: { readonly preset: string; readonly sinceMs: number; readonly pictures: number } | undefined
  #missedSinceMs: number | undefined
  #learning: { readonly preset: string; readonly sinceMs?: number } | undefined
  #newestMs = Number.NEGATIVE_INFINITY
  #texture: Texture | undefined
  #hidden: ViewFault | undefined

  /** By preset: what was learned of its view. */
  constructor(kept: ReadonlyMap<string, Outline | undefined>) {
    this.#views = new Map([...kept].map(([preset, outline]) => [preset, new View(outline)]))
  }

  /** The preset at which it stands; undefined while it turns, is elsewhere, or nobody knows. */
  get at(): string | undefined {
    return this.#at
  }

  /** Does the next picture say more than whether it still is where it was? */
  get isChanging(): boolean {
    return (this.#nearing ?? this.#missedSinceMs ?? this.#learning) !== undefined
  }

  /** Has any of its presets been learned? */
  get isLearned(): boolean {
    return [...this.#views.values()].some(({ isTelling }) => isTelling)
  }

  /** What is wrong with the view of the preset at which it stands. */
  get faults(): ViewFault[] {
    const faults = this.#at === undefined ? [] : (this.#views.get(this.#at)?.faults ?? [])
    return faults.filter((fault) => fault !== 'moved')
  }

  /** What keeps anybody from telling what the newest picture shows. */
  get hidden(): ViewFault | undefined {
    return this.#hidden
  }

  outline(preset: string): Outline | undefined {
    return this.#views.get(preset)?.outline
  }

  /** The stream begins anew: nobody knows what the camera did meanwhile. */
  begin(): void {
    for (const view of this.#views.values()) view.begin()
    this.#leave()
    this.#newestMs = Number.NEGATIVE_INFINITY
    this.#texture = undefined
  }

  /** What it shows from now on is the view of that preset. */
  learn(preset: string): void {
    this.#views.set(preset, new View())
    this.#learning = { preset }
    this.#leave()
  }

  /** A picture, nothing of which is painted: the preset whose masks lie on it; undefined where nobody knows. */
  place(luma: Luma, timeMs: number): string | undefined {
    this.#judgeLight(luma)
    if (this.#learning) return this.#learning.preset
    const shown = this.#shown(luma)
    // Pictures of a burst are older: they are let through or not, and say nothing of where it stands now.
    if (timeMs >= this.#newestMs) {
      this.#newestMs = timeMs
      if (shown !== this.#at) this.#doubt(luma, timeMs)
      else this.#missedSinceMs = undefined
      this.#near(shown === this.#at ? undefined : shown, timeMs)
    }
    return shown === this.#at ? shown : undefined
  }

  /** The same picture, painted. */
  see(luma: Luma, timeMs: number): Fate {
    if (this.#learning) {
      this.#learn(luma, timeMs)
      return 'withheld'
    }
    const view = this.#at === undefined ? undefined : this.#views.get(this.#at)
    if (!view) return 'withheld'
    return view.see(luma, timeMs) ? 'corrupted' : 'fine'
  }

  #learn(luma: Luma, timeMs: number): void {
    const { preset, sinceMs = timeMs } = this.#learning as { preset: string; sinceMs?: number }
    const view = this.#views.get(preset)
    view?.see(luma, timeMs)
    const isOver = view?.outline !== undefined || timeMs - sinceMs > learnMs || timeMs < sinceMs
    this.#learning = isOver ? undefined : { preset, sinceMs }
  }

  #leave(): void {
    this.#at = undefined
    this.#nearing = undefined
    this.#missedSinceMs = undefined
  }

  #shown(luma: Luma): string | undefined {
    let best: string | undefined
    let most = shows
    for (const [preset, view] of this.#views) {
      const share = view.resemblance(luma)
      if (share < most) continue
      best = preset
      most = share
    }
    return best
  }

  /** It shows something else. What hides the view of its preset is a fault of it, and no sign that it turned. */
  #doubt(luma: Luma, timeMs: number): void {
    const view = this.#at === undefined ? undefined : this.#views.get(this.#at)
    if (!view) return
    view.see(luma, timeMs, false)
    this.#missedSinceMs = view.hidden ? timeMs : (this.#missedSinceMs ?? timeMs)
    if (timeMs - this.#missedSinceMs >= leftAfterMs) this.#leave()
  }

  #near(preset: string | undefined, timeMs: number): void {
    const before = this.#nearing
    if (preset === undefined) this.#nearing = undefined
    else if (before?.preset !== preset) this.#nearing = { preset, sinceMs: timeMs, pictures: 1 }
    else if (timeMs - before.sinceMs < restMs || before.pictures + 1 < leastPictures)
      this.#nearing = { ...before, pictures: before.pictures + 1 }
    else {
      this.#leave()
      this.#at = preset
    }
  }

  /** While it stands at a preset its view knows better. */
  #judgeLight(luma: Luma): void {
    const view = this.#at === undefined ? undefined : this.#views.get(this.#at)
    this.#texture ??= new Texture(luma)
    this.#texture.measure(luma)
    const isBlack = this.#texture.blackShare >= black
    this.#hidden = view
      ? view.hidden
      : (judgeLight(this.#texture, undefined) ?? (isBlack ? 'dark' : undefined))
  }
}
