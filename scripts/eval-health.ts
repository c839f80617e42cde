/** eval:health: is each fault that is planted into real clips found, how soon, and is anything said of the clips as they are? */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { benchmark, Misuse, oneOf } from './bench/arguments.ts'
import {
  type Alarm,
  alarmsIn,
  limitS,
  type Outcome,
  outcome,
  type Summary,
  summaries,
} from './eval/health-figures.ts'
import { asItIs, type Prepared, prepare, withFault } from './eval/health-pictures.ts'
import { faultyS, healthyS, planted } from './eval/planted-faults.ts'

const folder = fileURLToPath(new URL('../../shared/videos/', import.meta.url))

const help = `npm run eval:health -- [--clip PART] [--fault NAME] [--json]

Looks at the clips of ../shared/videos as they are, one picture a second, and says what camera health finds in them: nothing is
right. Then plants faults with ffmpeg, ${healthyS} s healthy and ${faultyS} s with the fault, codes that anew and says which were found and after how
many seconds. All of it takes about five minutes on two cores.

  --clip PART    only clips whose name has this in it: --clip kitti is one
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
  if (clips.length === 0) throw new Misuse(`--clip ${wish.clip}: no such clip in ../shared/videos`)
  const unmodified: { clip: string; falseAlarms: Alarm[] }[] = []
  const runs: Outcome[] = []
  for (const [at, clip] of clips.sort().entries()) {
    const file = join(folder, clip)
    unmodified.push({ clip, falseAlarms: alarmsIn(await asItIs(file)) })
    say(`clip ${at + 1} of ${clips.length}`)
    const work = await mkdtemp(join(tmpdir(), 'skyeye-health-'))
    try {
      const prepared = await prepare(file, work)
      runs.push(...(await plantAll(clip, prepared, wish.faults, say)))
    } finally {
      await rm(work, { recursive: true, force: true })
    }
  }
  return { unmodified, faults: summaries(runs), runs }
}

/** One after the other on each core. */
async function plantAll(
  clip: string,
  prepared: Prepared,
  names: readonly string[],
  say: (text: string) => void,
): Promise<Outcome[]> {
  const faults = planted.filter(({ name }) => names.includes(name))
  const runs: Outcome[] = []
  const left = [...faults.entries()]
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [at, fault] = next
      runs[at] = outcome(clip, fault, alarmsIn(await withFault(prepared, fault)))
      say(sentence(runs[at]))
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return runs
}

function sentence({ clip, planted: name, fault, afterS, falseAlarms }: Outcome): string {
  const found = !fault ? 'nothing is wrong' : afterS === undefined ? 'not found' : `after ${afterS} s`
  const others = falseAlarms.map((alarm) => `, false: ${alarm.fault} at ${alarm.atS} s`)
  return `${clip}: ${name}, ${found}${others.join('')}`
}

function table({ unmodified, faults }: Figures): string[] {
  const disturbed = unmodified.filter(({ falseAlarms }) => falseAlarms.length > 0)
  return [
    `${unmodified.length} clips as they are, ${disturbed.length} with false alarms ${disturbed.map(({ clip }) => clip).join(' ')}`,
    ...faults.map(({ planted: name, fault, chosen, heldOut, medianS = '-', slowestS = '-' }) => {
      const found = `found within ${limitS} s in ${chosen.found} of ${chosen.clips} and, held out, ${heldOut.found} of ${heldOut.clips}`
      const times = `median ${medianS} s, slowest ${slowestS} s`
      const alarms = `false alarms ${chosen.falseAlarms} and ${heldOut.falseAlarms}`
      return `${name.padEnd(16)} ${fault ? `${found}, ${times}, ` : ''}${alarms}`
    }),
  ]
}

await benchmark({ command: 'eval:health', help, read: readCommandLine, measure, sentences: table })
