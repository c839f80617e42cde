/** Structured logs (pino, one JSON line each) with every secret masked at the writer. */
import { type Logger, pino } from 'pino'
import type { SecretMask } from './secrets.ts'

export type Log = Logger

/** A logger that writes masked JSON lines, by default to stderr so that stdout stays free for a command's own output. */
export function createLog(
  level: string,
  secrets: SecretMask,
  write: (line: string) => void = (line) => process.stderr.write(line),
): Log {
  return pino(
    { level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line) => write(secrets.mask(line)) },
  )
}

/** Lets one message per key through each `everyMs`; the next one says how many were held back. */
export function oncePer(
  everyMs: number,
  now: () => number = Date.now,
): (key: string, say: (held: number) => void) => void {
  const last = new Map<string, { at: number; held: number }>()
  return (key, say) => {
    const entry = last.get(key)
    if (entry && now() - entry.at < everyMs) {
      entry.held++
      return
    }
    if (last.size > 1_000) last.clear()
    last.set(key, { at: now(), held: 0 })
    say(entry?.held ?? 0)
  }
}
