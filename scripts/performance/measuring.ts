/** Runs the benchmarks of the page one after the other, as programs of their own, and saves what each says as soon as it ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { machineFacts } from '../bench/machine.ts'
import { isOf } from './outcomes.ts'
import { root, type SavedResult, saveResult, sourcesNow } from './results.ts'
import { minutesOf, type Setting } from './settings.ts'

/** What takes so many times its minutes hangs, and would keep the others from being measured. */
const patience = 2

export interface Measuring {
  /** Where results go. */
  readonly folder: string
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}

/** Names of those that failed; what was saved for them before is as it was. Throws where `signal` fires. */
export async function measureAll(settings: readonly Setting[], measuring: Measuring): Promise<string[]> {
  const { signal, say } = measuring
  const failed: string[] = []
  for (const [at, setting] of settings.entries()) {
    const left = minutesOf(settings.slice(at))
    say(`${at + 1} of ${settings.length}, about ${left} min left: ${setting.typed}`)
    const trouble = await measureOne(setting, measuring)
    signal.throwIfAborted()
    if (trouble === undefined) continue
    failed.push(setting.name)
    say(`${setting.name} ${trouble}`)
  }
  return failed
}

/** Undefined where its result is saved, else why there is none. */
export async function measureOne(
  setting: Setting,
  { folder, signal }: Pick<Measuring, 'folder' | 'signal'>,
): Promise<string | undefined> {
  // Before: what is committed in the minutes that it takes is not what it measures.
  const sources = sourcesNow()
  const child = spawn(process.execPath, setting.command, {
    ...{ cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
    // A group of its own, so that what it has started ends with it.
    detached: true,
  })
  const late = AbortSignal.timeout(patience * setting.minutes * 60_000)
  const either = AbortSignal.any([signal, late])
  const stop = () => {
    try {
      process.kill(-child.pid!)
    } catch {
      // It has just ended by itself.
    }
  }
  either.addEventListener('abort', stop)
  const [said, [status, killedBy]] = await Promise.all([text(child.stdout), once(child, 'close')])
  either.removeEventListener('abort', stop)
  if (late.aborted) return `took more than ${patience * setting.minutes} min`
  if (status !== 0) return `ended with ${killedBy ?? `status ${status}`}`
  const figures = { machine: machineFacts(), ...printedBy(said) }
  const result: SavedResult = { at: new Date().toISOString(), command: setting.command, sources, figures }
  if (!isOf(setting, result)) return 'did not say what the page shows'
  await saveResult(setting.name, result, folder)
  return undefined
}

/** The last line is the result. */
function printedBy(said: string): object {
  try {
    const printed: unknown = JSON.parse(said.trim().split('\n').at(-1) ?? '')
    return typeof printed === 'object' && printed !== null ? printed : {}
  } catch {
    return {}
  }
}
