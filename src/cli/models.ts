/** `skyeye models list|pull|verify`: the weights on this machine. */
import { parseArgs } from 'node:util'
import { modelTiers } from '../domain/model-tier.ts'
import { GatewayError } from '../kit/errors.ts'
import { readAccuracy } from '../vision/accuracy.ts'
import type { ModelFiles } from '../vision/model-files.ts'
import { automaticTier, isTier, namesOf, tierChoices } from '../vision/tiers.ts'
import { timeModel } from '../vision/timing.ts'
import type { Io } from './io.ts'
import { listLines, type ModelReport, sentence, tierReports } from './models-report.ts'
import { ProgressLine } from './progress-line.ts'
import { modelFiles } from './setup.ts'

const help = `skyeye models list [--measure]          what models there are, what they find, and which tiers can be used here
skyeye models pull [name|tier…]         fetch missing weights (all without a name)
skyeye models verify [name|tier…]       check size and digest of the weights

  --dir FOLDER   where the weights are kept (default: data/models)
  --measure      also how long each model takes on this machine: one thread, median of several runs
  --json         one JSON document instead of text
  --help         this text

Models that are built in are never fetched. SKYEYE_MODELS_MIRROR names a folder or URL to take weights from instead of
their source.`

/** Enough for a median that other programs hardly move. */
const timedRuns = 21

/** Exit status: 0 all models are ready (`list`: shown), 1 some are not, 2 misuse. */
export async function models(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      dir: { type: 'string', default: 'data/models' },
      measure: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    io.out(help)
    return 0
  }
  const [verb, ...asked] = positionals
  const files = modelFiles(values.dir)
  const isList = verb === 'list'
  const names = asked.flatMap((name) => (isTier(name) ? namesOf(tierChoices[name]) : name))
  const stray = names.find((name) => !files.names().includes(name))
  const isMisused = !['list', 'pull', 'verify'].includes(verb) || (isList ? asked.length > 0 : values.measure)
  if (isMisused || stray !== undefined) {
    const known = `models: ${files.names().join(', ')}; tiers: ${modelTiers.join(', ')}`
    io.err(isMisused ? help : `skyeye models: there is no model or tier ${JSON.stringify(stray)} (${known})`)
    return 2
  }
  const reports: ModelReport[] = []
  for (const name of names.length > 0 ? new Set(names) : files.names()) {
    const report = await reportOn(files, name, verb === 'pull' ? showProgress(name) : undefined)
    reports.push(values.measure ? await timed(files, report) : report)
  }
  if (isList) list(reports, files, values.json, io)
  else if (values.json) io.out(JSON.stringify({ models: reports }))
  else for (const report of reports) io.out(sentence(report))
  return !isList && reports.some(({ state }) => state !== 'ready') ? 1 : 0
}

function list(reports: readonly ModelReport[], files: ModelFiles, json: boolean, io: Io): void {
  const accuracy = readAccuracy()
  const known = reports.map((report) => ({ ...report, accuracy: accuracy[report.name] }))
  const tiers = tierReports(reports, automaticTier(files))
  if (json) io.out(JSON.stringify({ models: known, tiers }))
  else for (const line of listLines(known, tiers)) io.out(line)
}

/** Verifies, or with a listener for progress pulls. */
async function reportOn(
  files: ModelFiles,
  name: string,
  progress: Progress | undefined,
): Promise<ModelReport> {
  const { tasks, labels, input, bytes, licence, source, builtIn = false } = files.manifest(name)
  const finds = [...new Set(Object.values(labels))]
  const about = { name, tasks, finds, input: input.size, bytes, licence, source, builtIn }
  try {
    const { path } = await (progress ? files.pull(name, progress) : files.verify(name))
    return { ...about, state: 'ready', path }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const states: Partial<Record<string, ModelReport['state']>> = {
      MODEL_MISSING: 'missing',
      MODEL_REFUSED: 'refused',
    }
    return { ...about, state: states[error.code] ?? 'failed', problem: error.message }
  }
}

/** With what it takes here; one that cannot be opened is refused. */
async function timed(files: ModelFiles, report: ModelReport): Promise<ModelReport> {
  if (report.path === undefined) return report
  let runs = 0
  const line = new ProgressLine(() => `${report.name}: run ${runs} of ${timedRuns}`)
  try {
    const model = { manifest: files.manifest(report.name), path: report.path }
    const timing = await timeModel(model, timedRuns, (done) => {
      runs = done
      line.tick()
    })
    return { ...report, timing }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { ...report, state: 'refused', problem: error.message }
  } finally {
    line.clear()
  }
}

type Progress = (done: number, total: number) => void

/** Percent on one line of a terminal; nothing where nobody watches. */
function showProgress(name: string): Progress {
  if (!process.stderr.isTTY) return () => {}
  return (done, total) => {
    process.stderr.write(`\r${name}: ${Math.floor((100 * done) / total)} %${done >= total ? '\n' : ''}`)
  }
}
