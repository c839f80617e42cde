/** Camera health on real clips: as they are, and with each fault planted. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Misuse } from '../bench/arguments.ts'
import {
  type Alarm,
  alarmsIn,
  limitS,
  type Outcome,
  outcome,
  type Summary,
  summaries,
} from './health-figures.ts'
import { asItIs, type Prepared, prepare, withFault } from './health-pictures.ts'
import { faultyS, healthyS, planted } from './planted-faults.ts'
import { shared } from './sets.ts'

export interface Health {
  /** Clips as they are, and what was said of them. */
  readonly unmodified: readonly { readonly clip: string; readonly falseAlarms: readonly Alarm[] }[]
  readonly faults: readonly Summary[]
  readonly runs: readonly Outcome[]
}

export interface HealthWish {
  /** Only clips whose name has this in it. */
  readonly clip: string
  /** Names of faults. */
  readonly faults: readonly string[]
}

export const healthMethod = `Each clip is looked at as it is, one picture a second. Then it is repeated for ${healthyS} s, a fault is planted by a filter of
ffmpeg for ${faultyS} s more, and the whole is coded anew at 10 pictures a second, as a camera would. A fault counts as found where it is told
within ${limitS} s; whatever else is told is an alarm too many. A moved view is a part of the clip's that lies 3 % of the width further to the right, 10 % to the
right and 4 % below, or 3 % of the width below. \`dimmer\`, \`brighter\` and \`night\` are no faults. Half of the clips are held out: limits were last
chosen by the other half. They are no strangers, though: the first limits were set by all clips, and misses were looked into in all.`

export async function measureHealth(
  { clip: part, faults }: HealthWish,
  say: (text: string) => void,
): Promise<Health> {
  const folder = join(shared, 'videos')
  const files = await readdir(folder).catch(() => [])
  const clips = files.filter((file) => file.endsWith('.mp4') && file.includes(part))
  if (clips.length === 0) throw new Misuse(`no clip with "${part}" in its name is in ${folder}`)
  const unmodified: { clip: string; falseAlarms: Alarm[] }[] = []
  const runs: Outcome[] = []
  for (const [at, clip] of clips.sort().entries()) {
    const file = join(folder, clip)
    unmodified.push({ clip, falseAlarms: alarmsIn(await asItIs(file)) })
    say(`clip ${at + 1} of ${clips.length}`)
    const work = await mkdtemp(join(tmpdir(), 'skyeye-health-'))
    try {
      const prepared = await prepare(file, work)
      runs.push(...(await plantAll(clip, prepared, faults, say)))
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
