/** Dry runs for whoever asks the running gateway: one at a time, each on a thread of its own. */
import { Worker } from 'node:worker_threads'
import type { DryRunReport, DryRunRequest } from './dry-run-report.ts'
import type { DryRunOutcome } from './dry-run-thread.ts'

/** Beyond it somebody asked for more than is worth waiting for, ms. */
const longestMs = 60_000

export type DryRunWish = Pick<DryRunRequest, 'camera' | 'rule'> & { readonly since?: string }

export class DryRuns {
  readonly #facts: () => Pick<DryRunRequest, 'dataDir' | 'cameras'>
  #isBusy = false

  /** @param facts as they are in force */
  constructor(facts: () => Pick<DryRunRequest, 'dataDir' | 'cameras'>) {
    this.#facts = facts
  }

  /** Never rejects: what cannot be done is a sentence. */
  async run({ camera, rule, since = '7d' }: DryRunWish): Promise<DryRunReport | { refused: string }> {
    if (this.#isBusy) return { refused: 'another dry run is going on: ask again when it has ended' }
    this.#isBusy = true
    try {
      const outcome = await onThread({ ...this.#facts(), camera, rule, since, now: Date.now() })
      return 'report' in outcome ? outcome.report : outcome
    } catch (error) {
      return { refused: `the dry run failed: ${(error as Error).message}` }
    } finally {
      this.#isBusy = false
    }
  }
}

function onThread(request: DryRunRequest): Promise<DryRunOutcome> {
  return new Promise((resolve, reject) => {
    const entry = new URL(
      import.meta.url.endsWith('.ts') ? './dry-run-thread.ts' : './dry-run-thread.js',
      import.meta.url,
    )
    const worker = new Worker(entry, { workerData: request, name: 'dry-run' })
    const deadline = setTimeout(() => {
      resolve({ refused: `it took longer than ${longestMs / 1_000} s: ask for a shorter time with since` })
      void worker.terminate()
    }, longestMs)
    worker.once('message', resolve).once('error', reject)
    worker.once('exit', () => {
      clearTimeout(deadline)
      reject(new Error('its thread ended without an answer'))
    })
  })
}
