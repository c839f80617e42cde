/** The thread of one dry run: a week of tracks takes seconds, and the gateway goes on meanwhile. */
import { parentPort, workerData } from 'node:worker_threads'
import { type DryRunReport, type DryRunRequest, dryRunReport } from './dry-run-report.ts'
import { GatewayError } from './kit/errors.ts'

export type DryRunOutcome = { readonly report: DryRunReport } | { readonly refused: string }

parentPort?.postMessage(outcome(workerData as DryRunRequest))

function outcome(request: DryRunRequest): DryRunOutcome {
  try {
    return { report: dryRunReport(request) }
  } catch (error) {
    if (error instanceof GatewayError) return { refused: error.message }
    throw error
  }
}
