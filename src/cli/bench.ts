/** `skyeye bench`: predicts from two minutes of measuring how many cameras this box can watch, and what that writes to its disk. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Config } from '../config/config.ts'
import { ffmpegVersion } from '../ingest/ffmpeg.ts'
import { GatewayError } from '../kit/errors.ts'
import { createLog } from '../kit/log.ts'
import { SecretMask } from '../kit/secrets.ts'
import type { Models } from '../vision/ports.ts'
import { modelNames } from '../vision/tiers.ts'
import { type StreamName, streamKinds } from './bench-clip.ts'
import { leastSeconds, measureBox, mostSeconds } from './bench-measuring.ts'
import { reportJson, reportLines } from './bench-report.ts'
import type { Io } from './io.ts'
import { ProgressLine } from './progress-line.ts'
import { replaceProcess } from './replace-process.ts'
import { defaultConfigPath, findModels, readConfig } from './setup.ts'

const help = `skyeye bench [--cameras N] [--stream d1|1080p] [--busy SHARE] [--config FILE] [--seconds S] [--json]

Says how well this box would watch so many cameras, in a quiet hour and in a busy one, where its limit is, and how much a day
writes to its disk. Runs the real gateway for about two minutes on cameras that are drawn; run it where nothing else runs.

  --cameras N      how many (default: those of the configuration, else 48)
  --stream KIND    what each camera sends, 25 pictures a second: d1 (704x576, the default) or 1080p
  --busy SHARE     share of the cameras in which something moves in a busy hour (default 0.3; a quiet hour: 0.02)
  --alerts N       alerts a day, for what is written (default 200)
  --config FILE    analysis, models and dataDir from there (default: ${defaultConfigPath} where it is, else the defaults)
  --seconds S      how long it may take, ${leastSeconds} to ${mostSeconds} (default 120): longer is more precise
  --json           one JSON line instead of text
  --help           this text

Not measured: the network and its driver (the cameras are on loopback), cameras with H.265, rules and pictures of many alerts at
once, the log, deleting what is too old, what a flash disk writes beyond what it is told to. What moves is drawn, and nobody:
models take as long for it as for people.`

/** Where no configuration says how many there are. */
const usualCameras = 48

/** Exit status: 0 measured, 1 refused or interrupted, 2 misuse. */
export async function bench(args: string[], io: Io): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      cameras: { type: 'string' },
      stream: { type: 'string', default: 'd1' },
      busy: { type: 'string', default: '0.3' },
      alerts: { type: 'string', default: '200' },
      config: { type: 'string' },
      seconds: { type: 'string', default: '120' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    io.out(help)
    return 0
  }
  const asked = askedOf(values)
  const folder = await mkdtemp(join(tmpdir(), 'skyeye-bench-'))
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    const config = await configOf(values.config, folder)
    const cameras = asked.cameras ?? (config.cameras.filter(({ enabled }) => enabled).length || usualCameras)
    await ffmpegVersion()
    const models = await findModels(config, (sentence) => io.err(sentence))
    const findings = await findingsOf({ ...asked, cameras, config, folder, models }, stopping.signal)
    const used = { tier: models.tier, names: modelNames(models) }
    const report = { ...asked, cameras, analysis: config.analysis, models: used, findings }
    if (values.json) io.out(reportJson(report))
    else for (const line of reportLines(report)) io.out(line)
    return 0
  } catch (error) {
    if (!stopping.signal.aborted) throw error
    io.err('skyeye bench: interrupted, nothing is predicted')
    return 1
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await rm(folder, { recursive: true, force: true })
  }
}

interface Asked {
  readonly cameras: number | undefined
  readonly stream: StreamName
  readonly busy: number
  readonly alerts: number
  readonly seconds: number
}

/** Throws USAGE. */
function askedOf(values: { readonly [option: string]: string | boolean | undefined }): Asked {
  const number = (option: string, least: number, most: number, whole = false) => {
    const value = Number(values[option])
    if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value
    throw new GatewayError(
      'USAGE',
      `--${option} takes a ${whole ? 'whole ' : ''}number from ${least} to ${most}`,
    )
  }
  const stream = values.stream as StreamName
  if (!Object.hasOwn(streamKinds, stream)) {
    throw new GatewayError('USAGE', `--stream takes one of: ${Object.keys(streamKinds).join(', ')}`)
  }
  return {
    cameras: values.cameras === undefined ? undefined : number('cameras', 1, 4_096, true),
    stream,
    busy: number('busy', 0, 1),
    alerts: number('alerts', 0, 1_000_000),
    seconds: number('seconds', leastSeconds, mostSeconds),
  }
}

/** The file that was named; else the usual one where it is; else what a configuration has that says nothing. */
async function configOf(path: string | undefined, folder: string): Promise<Config> {
  const known = path ?? (existsSync(defaultConfigPath) ? defaultConfigPath : undefined)
  if (known !== undefined) return (await readConfig(known)).config
  const empty = join(folder, 'empty.yaml')
  await writeFile(empty, 'gateway: { id: bench }\n')
  return (await readConfig(empty)).config
}

interface Prepared extends Asked {
  readonly cameras: number
  readonly config: Config
  readonly folder: string
  readonly models: Models
}

async function findingsOf(
  { stream, seconds, config, folder, cameras, models }: Prepared,
  signal: AbortSignal,
) {
  const log = createLog('warn', new SecretMask(config.secrets))
  const began = performance.now()
  let phase = ''
  const elapsed = () => Math.round((performance.now() - began) / 1_000)
  const progress = new ProgressLine(() => `${elapsed()} of about ${seconds} s: ${phase}`)
  const ticking = setInterval(() => progress.tick(), 500)
  try {
    return await measureBox({
      ...{ kind: streamKinds[stream], cameras, seconds, config, folder, models, log, signal },
      onHung: () => replaceProcess(log),
      onPhase: (text) => {
        phase = text
      },
    })
  } finally {
    clearInterval(ticking)
    progress.clear()
  }
}
