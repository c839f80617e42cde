/** `skyeye start`: runs the gateway until it is told to stop. */
import { watch } from 'node:fs'
import { parseArgs } from 'node:util'
import { Gateway } from '../gateway.ts'
import { ffmpegVersion } from '../ingest/ffmpeg.ts'
import { GatewayError } from '../kit/errors.ts'
import { createLog, type Log } from '../kit/log.ts'
import { SecretMask } from '../kit/secrets.ts'
import type { Io } from './io.ts'
import { defaultConfigPath, findModels, readConfig } from './setup.ts'
import { version } from './version.ts'

const help = `skyeye start [--config FILE]

Runs the gateway in the foreground; logs JSON lines to stderr. SIGTERM and SIGINT stop it, SIGHUP (or a change of the
configuration's files) loads the cameras again. Exit status 70: a model run hung in native code, start it again.

  --config FILE   configuration (default: ${defaultConfigPath})
  --help          this text`

/** Exit status after a hung model run: EX_SOFTWARE of sysexits.h. */
const hungStatus = 70
/** A file being saved changes several times. */
const settleMs = 500

/** Resolves with the exit status when the gateway has stopped. */
export async function start(args: string[], io: Io): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      config: { type: 'string', default: defaultConfigPath },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    io.out(help)
    return 0
  }
  const { config, files, warnings } = await readConfig(values.config)
  const secrets = new SecretMask()
  for (const secret of config.secrets) secrets.remember(secret)
  const log = createLog(config.log.level, secrets)
  for (const warning of warnings) log.warn(warning)
  log.info({ version: await ffmpegVersion() }, 'ffmpeg')
  const gateway = new Gateway({
    config,
    version: version(),
    models: await findModels(config),
    log,
    onHung: () => replaceProcess(log),
  })

  const stopped = Promise.withResolvers<void>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopped.resolve())
  await gateway.start()
  const reload = () => void reloadCameras(gateway, values.config, secrets, log)
  process.on('SIGHUP', reload)
  const watching = onChange(files, reload)
  log.info({ gateway: config.gateway.id, cameras: config.cameras.length }, 'running')
  await stopped.promise
  watching.close()
  process.off('SIGHUP', reload)
  log.info('stopping')
  const late = await gateway.stop()
  if (late.length > 0) log.warn({ parts: late }, 'these parts did not stop in time')
  log.info('stopped')
  return 0
}

/** A configuration with a fault changes nothing: the old one stays in force, and the log says every fault. */
async function reloadCameras(gateway: Gateway, path: string, secrets: SecretMask, log: Log): Promise<void> {
  try {
    const { config, warnings } = await readConfig(path)
    for (const secret of config.secrets) secrets.remember(secret)
    for (const warning of warnings) log.warn(warning)
    await gateway.reload(config)
  } catch (error) {
    const why = error instanceof GatewayError ? error.message : String(error)
    log.error({ why }, 'the new configuration was refused; the old one stays in force')
  }
}

/** Calls back once a burst of changes to any of the files is over. Editors replace files, so their folders are watched. */
function onChange(files: readonly string[], callback: () => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined
  const folders = new Map<string, Set<string>>()
  for (const file of files) {
    const at = file.lastIndexOf('/')
    const folder = at < 0 ? '.' : file.slice(0, at) || '/'
    folders.set(folder, (folders.get(folder) ?? new Set()).add(file.slice(at + 1)))
  }
  const watchers = [...folders].map(([folder, names]) =>
    watch(folder, (_, name) => {
      if (!name || !names.has(name)) return
      clearTimeout(timer)
      timer = setTimeout(callback, settleMs)
    }).unref(),
  )
  return {
    close() {
      clearTimeout(timer)
      for (const watcher of watchers) watcher.close()
    },
  }
}

/**
 * Ends the process at once with its own status although a thread is stuck in native code: process.exit would wait for that
 * thread, and abort when it comes back (docs/decisions/004-hung-run.md).
 */
function replaceProcess(log: Log): void {
  log.fatal(
    'a model run did not come back: the process ends with status 70 and its supervisor starts it again',
  )
  process.execve?.('/bin/sh', ['sh', '-c', `exit ${hungStatus}`], {})
}
