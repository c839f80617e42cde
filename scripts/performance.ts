/** docs:performance: writes docs/performance.md from what the benchmarks have said on this machine; with --measure it runs them before. */
import { rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { table } from '../src/cli/table.ts'
import { endWell, Misuse } from './bench/arguments.ts'
import { measureAll } from './performance/measuring.ts'
import { commitOf } from './performance/origins.ts'
import { age, type Outcome, outcomesOf } from './performance/outcomes.ts'
import { pageOf, summary } from './performance/page.ts'
import { resultsFolder, type SavedResult, savedResult } from './performance/results.ts'
import { minutesOf, type Setting, settings } from './performance/settings.ts'

const names = [...new Set(settings.flatMap(({ bench, name }) => [bench, name]))]
const help = `npm run docs:performance -- [--measure [NAME…]] [--list]

Writes docs/performance.md and its picture from the last results of the benchmarks of the page, each with just the options of the
page. What is not there is said to be not measured.

  --measure     runs the benchmarks first, one after the other, about ${minutesOf(settings)} minutes in all; or just those that are named
  --list        says which results there are, how old, and which are missing; writes nothing
  --help        this text

Names: ${names.join(' ')} (cameras: all that begin so)
Run it on a machine that does nothing else; what the benchmarks need, they say. Each result is kept in .cache/performance as soon
as it is there, so that an interruption loses only the one that is being measured. One that fails is told and stands on the page
as not measured; the others still run. A benchmark that is run by itself leaves no result for the page.`

const docs = (name: string) => fileURLToPath(new URL(`../docs/${name}`, import.meta.url))

interface Wish {
  readonly measure: readonly Setting[]
  readonly list: boolean
}

/** Undefined where only help is wanted. */
function readCommandLine(): Wish | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      measure: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  if (values.list && values.measure) throw new Misuse('--list or --measure, not both')
  if (positionals.length > 0 && !values.measure) throw new Misuse('names go with --measure')
  const strange = positionals.find((name) => !names.includes(name))
  if (strange) throw new Misuse(`--measure ${strange}: one of ${names.join(', ')}`)
  const named = settings.filter(
    ({ bench, name }) =>
      positionals.length === 0 || positionals.includes(bench) || positionals.includes(name),
  )
  return { measure: values.measure ? named : [], list: values.list }
}

/** Names of those that failed. */
async function measure(wanted: readonly Setting[]): Promise<string[]> {
  const stopping = new AbortController()
  const stop = () =>
    stopping.abort(new Error('interrupted: the page is as it was, what was measured is kept'))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const say = (text: string) => console.error(`» ${text}`)
  try {
    return await measureAll(wanted, { folder: resultsFolder, signal: stopping.signal, say })
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

async function allSaved(): Promise<Map<string, SavedResult | undefined>> {
  return new Map(
    await Promise.all(
      settings.map(async ({ name }) => [name, await savedResult(name, resultsFolder)] as const),
    ),
  )
}

function list(outcomes: readonly Outcome[]): void {
  const rows = outcomes.map(({ setting, result }) => [
    setting.name,
    result ? age(result, Date.now()) : 'missing',
    result ? commitOf(result) : '',
    `${setting.minutes} min`,
    setting.typed,
  ])
  for (const line of table([['result', 'measured', 'commit', 'takes', 'by'], ...rows])) console.log(line)
}

async function main(): Promise<void> {
  const wish = readCommandLine()
  if (!wish) {
    console.log(help)
    return
  }
  const failed = await measure(wish.measure)
  const saved = await allSaved()
  // What was measured before a failure would hide it.
  const outcomes = outcomesOf(settings, (name) => (failed.includes(name) ? undefined : saved.get(name)))
  if (wish.list) {
    list(outcomes)
    return
  }
  if (outcomes.every(({ result }) => !result))
    throw new Error('no benchmark has left a result yet: npm run docs:performance -- --measure')
  const { text, chart } = pageOf(outcomes)
  await writeFile(docs('performance.md'), text)
  if (chart) await writeFile(docs('performance.svg'), chart)
  else await rm(docs('performance.svg'), { force: true })
  console.log(`wrote docs/performance.md\n${summary(outcomes).replaceAll('**', '')}`)
  if (failed.length > 0) process.exitCode = 1
}

await endWell('docs:performance', main)
