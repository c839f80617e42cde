/** `skyeye models list|pull|verify`: the weights on this machine. */
import { parseArgs } from 'node:util'
import { GatewayError } from '../kit/errors.ts'
import { ModelFiles } from '../vision/model-files.ts'
import type { Io } from './io.ts'

const help = `skyeye models list                 what models there are and whether their weights are here
skyeye models pull [name…]         fetch missing weights (all without a name)
skyeye models verify [name…]       check size and digest of the weights

  --dir FOLDER   where the weights are kept (default: data/models)
  --json         one JSON document instead of text
  --help         this text

SKYEYE_MODELS_MIRROR names a folder or URL to take weights from instead of their source.`

/** One model as the command reports it. */
interface Report {
  readonly name: string
  readonly state: 'ready' | 'missing' | 'refused' | 'failed'
  readonly path?: string
  readonly problem?: string
  readonly task?: string
  readonly bytes?: number
  readonly licence?: string
  readonly source?: string
}

/** Exit status: 0 all models are ready (`list`: shown), 1 some are not, 2 misuse. */
export async function models(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      dir: { type: 'string', default: 'data/models' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    io.out(help)
    return 0
  }
  const [verb, ...names] = positionals
  const files = new ModelFiles({
    modelsDir: values.dir,
    mirror: process.env.SKYEYE_MODELS_MIRROR || undefined,
  })
  const stray = names.find((name) => !files.names().includes(name))
  if (
    !['list', 'pull', 'verify'].includes(verb) ||
    (verb === 'list' && names.length > 0) ||
    stray !== undefined
  ) {
    const known = `models: ${files.names().join(', ')}`
    io.err(
      stray === undefined ? help : `skyeye models: there is no model ${JSON.stringify(stray)} (${known})`,
    )
    return 2
  }
  const reports: Report[] = []
  for (const name of names.length > 0 ? names : files.names()) {
    reports.push(await reportOn(files, name, verb === 'pull' ? showProgress(name) : undefined))
  }
  if (values.json) io.out(JSON.stringify({ models: reports }))
  else for (const report of reports) io.out(sentence(report))
  return verb !== 'list' && reports.some(({ state }) => state !== 'ready') ? 1 : 0
}

/** Verifies, or with a listener for progress pulls. */
async function reportOn(files: ModelFiles, name: string, progress: Progress | undefined): Promise<Report> {
  const { task, bytes, licence, source } = files.manifest(name)
  const about = { name, task, bytes, licence, source }
  try {
    const { path } = await (progress ? files.pull(name, progress) : files.verify(name))
    return { ...about, state: 'ready', path }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const states: Partial<Record<string, Report['state']>> = {
      MODEL_MISSING: 'missing',
      MODEL_REFUSED: 'refused',
    }
    return { ...about, state: states[error.code] ?? 'failed', problem: error.message }
  }
}

function sentence({ name, state, path, problem, task, bytes = 0, licence }: Report): string {
  const about = `${name.padEnd(16)}${task}, ${(bytes / 1e6).toFixed(1)} MB, ${licence}`
  return state === 'ready' ? `${about}: ready at ${path}` : `${about}: ${state}. ${problem}`
}

type Progress = (done: number, total: number) => void

/** Percent on one line of a terminal; nothing where nobody watches. */
function showProgress(name: string): Progress {
  if (!process.stderr.isTTY) return () => {}
  return (done, total) => {
    process.stderr.write(`\r${name}: ${Math.floor((100 * done) / total)} %${done >= total ? '\n' : ''}`)
  }
}
