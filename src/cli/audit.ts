/** `skyeye audit verify`: is the audit log of this gateway as it was written? */
import { parseArgs } from 'node:util'
import type { AuditMark } from '../store/audit.ts'
import { verifyAuditOf } from '../store/audit-file.ts'
import type { Io } from './io.ts'
import { defaultConfigPath, readConfig } from './setup.ts'

const help = `skyeye audit verify [--config FILE] [--expect SEQUENCE:HASH] [--json]

Walks the chain of the audit log: each entry covers the one before it. Says at which entry it breaks.

  --config FILE            configuration (default: ${defaultConfigPath}), for its dataDir
  --expect SEQUENCE:HASH   an entry as an answer to the centre named it, kept outside of the box
  --json                   one JSON document instead of text
  --help                   this text

Found without --expect: entries that were changed, taken out, or cut off at the end. Not found without it: a log that
somebody wrote anew from some entry on, with the counter of the database set to fit.`

/** Exit status: 0 the chain holds, 1 it is broken or cannot be read, 2 misuse. */
export async function audit(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      config: { type: 'string', default: defaultConfigPath },
      expect: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    io.out(help)
    return 0
  }
  const expected = values.expect === undefined ? undefined : toMark(values.expect)
  if (positionals.length !== 1 || positionals[0] !== 'verify' || expected === 'no mark') {
    io.err(
      expected === 'no mark' ? `skyeye audit: --expect wants SEQUENCE:HASH, as an answer names it` : help,
    )
    return 2
  }
  const { config } = await readConfig(values.config)
  const report = verifyAuditOf(config.dataDir, expected)
  const { entries, base, newest, broken } = report
  if (values.json) io.out(JSON.stringify(report))
  else if (broken)
    io.out(`broken at entry ${broken.sequence}: ${broken.why} (entries before it that hold: ${entries})`)
  else {
    const older = base > 0 ? `, behind ${base} that are no longer kept` : ''
    const last = newest ? `; the newest is ${newest.sequence}:${newest.hash}` : ''
    io.out(`${entries} entries hold${older}${last}`)
  }
  return broken ? 1 : 0
}

function toMark(text: string): AuditMark | 'no mark' {
  const match = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text)
  return match ? { sequence: Number(match[1]), hash: match[2] } : 'no mark'
}
