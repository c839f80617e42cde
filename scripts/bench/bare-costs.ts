/** A process that does nothing but bare model runs, and what one run of each model costs in it. */
import { fork } from 'node:child_process'
import { fitPicture } from '../../src/vision/fit.ts'
import type { ModelOnDisk } from '../../src/vision/ports.ts'
import type { BareAnswer, BareOrder, BareRun } from './bare-runs.ts'

export interface BareCosts {
  readonly objectsMs: number
  readonly facesMs: number
}

export interface Models {
  readonly objects: ModelOnDisk
  readonly faces: ModelOnDisk
}

interface Size {
  readonly width: number
  readonly height: number
}

const measureForMs = 3_000

export class BareModels {
  readonly #child = fork(new URL('./bare-runs.ts', import.meta.url), { stdio: 'inherit' })
  readonly #models: Models

  constructor(models: Models) {
    this.#models = models
  }

  async open(): Promise<void> {
    await this.#ask({ open: [this.#models.objects, this.#models.faces] })
  }

  /** Runs of whole pictures of that size, each model in turn for some seconds; the first runs do not count. */
  async costs(picture: Size): Promise<BareCosts> {
    const runs = [this.#models.objects, this.#models.faces].map(({ manifest }): BareRun => {
      const { width, height } = fitPicture(manifest.input.size, picture)
      return { model: manifest.name, width, height }
    })
    await this.repeat({ runs, forMs: 0 })
    const { cpuMs } = await this.repeat({ runs, forMs: measureForMs })
    return { objectsMs: cpuMs[0], facesMs: cpuMs[1] }
  }

  /** What a run takes, at each place of the order. */
  async repeat(order: BareOrder): Promise<BareAnswer> {
    return (await this.#ask(order)) as BareAnswer
  }

  stop(): void {
    if (this.#child.connected) this.#child.disconnect()
  }

  #ask(message: BareOrder | { open: ModelOnDisk[] }): Promise<unknown> {
    const child = this.#child
    return new Promise((resolve, reject) => {
      const end = () => reject(new Error('the process of bare runs ended before its time'))
      child.once('exit', end)
      child.once('message', (answer) => {
        child.off('exit', end)
        resolve(answer)
      })
      child.send(message)
    })
  }
}
