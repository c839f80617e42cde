/** `skyeye cameras`: `import` takes in a list of cameras from CSV or XLSX, `confirm` says that a view is as it shall be. */
import { parseArgs } from 'node:util'
import { GatewayError } from '../kit/errors.ts'
import { confirmHelp, confirmView } from './confirm-view.ts'
import { importAndTell } from './import-report.ts'
import type { Io } from './io.ts'
import { defaultConfigPath } from './setup.ts'

const importHelp = `skyeye cameras import FILE [--config FILE] [--dry-run] [--json]

Takes in a list of cameras, a CSV, an XLSX (its sheet named cameras, or its only one) or FILE.xlsx#SHEET, and writes it where the configuration
names it (camerasFile, a CSV). It is checked together with the configuration first: every bad row is said with line and column, and where
there is one, nothing is written. A running gateway takes it over by itself. Columns: docs/reference/configuration.md.

  --config FILE   configuration (default: ${defaultConfigPath})
  --dry-run       only say what is wrong
  --json          one JSON document instead of text
  --help          this text`

const help = `${importHelp}

${confirmHelp}`

/** Exit status: 0 done, 1 refused, 2 misuse. */
export async function cameras(args: string[], io: Io): Promise<number> {
  const [verb, ...rest] = args
  if (verb === 'confirm') return await confirmView(rest, io)
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      config: { type: 'string', default: defaultConfigPath },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    io.out(help)
    return 0
  }
  const [named, file, ...more] = positionals
  if (named !== 'import' || file === undefined || more.length > 0) {
    throw new GatewayError('USAGE', `import which list, or confirm which camera?\n\n${help}`)
  }
  const tables = new Map([['cameras', file] as const])
  return await importAndTell({ config: values.config, tables, dryRun: values['dry-run'] }, values.json, io)
}
