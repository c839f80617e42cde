/** How the process ends when a model run hangs in native code. */
import type { Log } from '../kit/log.ts'

/** Exit status after a hung model run: EX_SOFTWARE of sysexits.h. */
export const hungStatus = 70

/**
 * Ends the process at once with its own status although a thread is stuck in native code: process.exit would wait for that
 * thread, and abort when it comes back (docs/decisions/004-hung-run.md).
 */
export function replaceProcess(log: Log): void {
  log.fatal(
    `a model run did not come back: the process ends with status ${hungStatus} and its supervisor starts it again`,
  )
  process.execve?.('/bin/sh', ['sh', '-c', `exit ${hungStatus}`], {})
}
