/** eval:health: is each fault that is planted into real clips found, how soon, and is anything said of the clips as they are? */
import { parseArgs } from 'node:util'
import { table } from '../src/cli/table.ts'
import { benchmark, oneOf } from './bench/arguments.ts'
import { type Health, healthMethod, measureHealth } from './eval/health.ts'
import { healthRows, healthTargets } from './eval/health-sentences.ts'
import { planted } from './eval/planted-faults.ts'
import { targetSentences } from './eval/sentences.ts'

const names = planted.map(({ name }) => name)

const help = `npm run eval:health -- [--clip PART] [--fault NAME] [--json]

What camera health finds in real clips, as they are and with planted faults.

  --clip PART    only clips whose name has this in it: --clip kitti is one
  --fault NAME   only this one; may be repeated: ${names.join(', ')}
  --json         one line of JSON instead of the table
  --help         this text

The clips are looked for in ../shared/videos, or in the folder that SKYEYE_EVALUATION names. All of it takes about five minutes
on two cores; progress is told.

${healthMethod}`

interface Wish {
  readonly json: boolean
  readonly clip: string
  readonly faults: readonly string[]
}

function readCommandLine(): Wish | undefined {
  const { values } = parseArgs({
    options: {
      clip: { type: 'string', default: '' },
      fault: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  const faults = values.fault.map((one) => oneOf('fault', one, names))
  return { json: values.json, clip: values.clip, faults: faults.length > 0 ? faults : names }
}

function sentences(health: Health): string[] {
  return [...table(healthRows(health)), '', ...targetSentences(healthTargets(health))]
}

await benchmark({ command: 'eval:health', help, read: readCommandLine, measure: measureHealth, sentences })
