/** Dry runs for whoever asks the running gateway: one at a time, each on a thread of its own. */
import { Worker } from 'node:worker_threads'
import type { DryRunCamera, DryRunReport, DryRunRequest } from './dry-run-report.ts'
import type { DryRunOutcome } from './dry-run-thread.ts'

/** Beyond it somebody asked for more than is worth waiting for, ms. */
const longestMs = 60_000

const dryRunThread = new URL(
  import.meta.url.endsWith('.ts') ? './dry-run-thread.ts' : './dry-run-thread.js',
  import.meta.url,
)

export type DryRunWish = Pick<DryRunRequest, 'camera' | 'rule'> & { readonly since?: string }

export class DryRuns {
  readonly #facts: () => Pick<DryRunRequest, 'dataDir' | 'cameras'>
  readonly #thread: URL
  #isBusy = false

  /**
   * @param facts as they are in force
   * @param thread what runs on it
   */
  constructor(facts: () => Pick<DryRunRequest, 'dataDir' | 'cameras'>, thread = dryRunThread) {
    this.#facts = facts
    this.#thread = thread
  }

  /** Never rejects: what cannot be done is a sentence. */
  async run({ camera, rule, since = '7d' }: DryRunWish): Promise<DryRunReport | { refused: string }> {
    if (this.#isBusy) return { refused: 'another dry run is going on: ask again when it has ended' }
    this.#isBusy = true
    try {
      const { dataDir, cameras } = this.#facts()
      const request = { dataDir, cameras: cameras.map(needed), camera, rule, since, now: Date.now() }
      const outcome = await onThread(this.#thread, request)
      return 'report' in outcome ? outcome.report : outcome
    } catch (error) {
      return { refused: `the dry run failed: ${(error as Error).message}` }
    } finally {
      this.#isBusy = false
    }
  }
}

/** The rest of the configuration is full of secrets, which have no business on another thread. */
function needed({ id, rules, zones, lines, calibration, presets }: DryRunCamera): DryRunCamera {
  return { id, rules, zones, lines, calibration, presets }
}

/** Settles when the thread has ended: while it is there the next one would run beside it. */
async function onThread(thread: URL, request: DryRunRequest): Promise<DryRunOutcome> {
  const worker = new Worker(thread, { workerData: request, name: 'dry-run' })
  try {
    return await answerOf(worker)
  } finally {
    await worker.terminate()
  }
}

function answerOf(worker: Worker): Promise<DryRunOutcome> {
  return new Promise<DryRunOutcome>((resolve, reject) => {
    const tooLong = `it took longer than ${longestMs / 1_000} s: ask for a shorter time with since`
    const deadline = setTimeout(() => resolve({ refused: tooLong }), longestMs)
    worker.once('message', resolve).once('error', reject)
    worker.once('exit', () => {
      clearTimeout(deadline)
      reject(new Error('its thread ended without an answer'))
    })
  })
}
