/** eval:health: is each fault that is planted into real clips found, how soon, and is anything said of the clips as they are? */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { benchmark, oneOf } from './bench/arguments.ts'
import {
  type Alarm,
  alarmsIn,
  type Outcome,
  outcome,
  type Summary,
  summaries,
} from './eval/health-figures.ts'
import { asItIs, withFault } from './eval/health-pictures.ts'
import { faultyS, healthyS, planted } from './eval/planted-faults.ts'

const folder = fileURLToPath(new URL('../../shared/videos/', import.meta.url))

const help = `npm run eval:health -- [--clip PART] [--fault NAME] [--json]

Looks at the clips of ../shared/videos as they are, one picture a second, and says what camera health finds in them: nothing is
right. Then plants faults with ffmpeg, ${healthyS} s healthy and ${faultyS} s with the fault, codes that anew and says which were found and after how
many seconds. All of it takes about ten minutes.

  --clip PART    only clips whose name has this in it
  --fault NAME   only this one; may be repeated: ${planted.map(({ name }) => name).join(', ')}
  --json         one line of JSON instead of the table
  --help         this text`

interface Wish {
  readonly json: boolean
  readonly clip: string
  readonly faults: readonly string[]
}

interface Figures {
  /** Clips as they are, and what was said of them. */
  readonly unmodified: readonly { readonly clip: string; readonly falseAlarms: readonly Alarm[] }[]
  readonly faults: readonly Summary[]
  readonly runs: readonly Outcome[]
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
  const names = planted.map(({ name }) => name)
  const faults = values.fault.map((one) => oneOf('fault', one, names))
  return values.help
    ? undefined
    : { json: values.json, clip: values.clip, faults: faults.length > 0 ? faults : names }
}

async function measure(wish: Wish, say: (text: string) => void): Promise<Figures> {
  const clips = (await readdir(folder)).filter((file) => file.endsWith('.mp4') && file.includes(wish.clip))
  const work = await mkdtemp(join(tmpdir(), 'skyeye-health-'))
  const unmodified: { clip: string; falseAlarms: Alarm[] }[] = []
  const runs: Outcome[] = []
  try {
    for (const clip of clips.sort()) {
      unmodified.push({ clip, falseAlarms: await alarmsIn(asItIs(join(folder, clip))) })
      for (const fault of planted.filter(({ name }) => wish.faults.includes(name))) {
        const run = outcome(clip, fault, await alarmsIn(withFault(join(folder, clip), fault, work)))
        runs.push(run)
        say(sentence(run))
      }
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return { unmodified, faults: summaries(runs), runs }
}

function sentence({ clip, planted: name, afterS, falseAlarms }: Outcome): string {
  const found = afterS === undefined ? 'not found' : `after ${afterS} s`
  const others = falseAlarms.map(({ fault, atS }) => `, false: ${fault} at ${atS} s`)
  return `${clip}: ${name} ${found}${others.join('')}`
}

function table({ unmodified, faults }: Figures): string[] {
  const disturbed = unmodified.filter(({ falseAlarms }) => falseAlarms.length > 0)
  return [
    `${unmodified.length} clips as they are, ${disturbed.length} with false alarms ${disturbed.map(({ clip }) => clip).join(' ')}`,
    ...faults.map(
      ({ planted: name, clips, found, medianS = '-', slowestS = '-', falseAlarms }) =>
        `${name.padEnd(16)} found ${found} of ${clips}, median ${medianS} s, slowest ${slowestS} s, false alarms ${falseAlarms}`,
    ),
  ]
}

await benchmark({ command: 'eval:health', help, read: readCommandLine, measure, sentences: table })
