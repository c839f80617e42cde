/** `skyeye start`: runs the gateway until it is told to stop. */
import { parseArgs } from 'node:util'
import { Gateway } from '../gateway.ts'
import { ffmpegVersion } from '../ingest/ffmpeg.ts'
import { GatewayError } from '../kit/errors.ts'
import { createLog, type Log } from '../kit/log.ts'
import { SecretMask } from '../kit/secrets.ts'
import { modelNames } from '../vision/tiers.ts'
import { FileWatch } from './file-watch.ts'
import type { Io } from './io.ts'
import { replaceProcess } from './replace-process.ts'
import { defaultConfigPath, findModels, readConfig } from './setup.ts'
import { version } from './version.ts'

const help = `skyeye start [--config FILE]

Runs the gateway in the foreground; logs JSON lines to stderr. SIGTERM and SIGINT stop it, SIGHUP (or a change of the
configuration's files) loads cameras and tables again. Exit status 70: a model run hung in native code, start it again.

  --config FILE   configuration (default: ${defaultConfigPath})
  --help          this text`

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
  const secrets = new SecretMask(config.secrets)
  const log = createLog(config.log.level, secrets)
  for (const warning of warnings) log.warn(warning)
  log.info({ version: await ffmpegVersion() }, 'ffmpeg')
  const models = await findModels(config, (sentence) => log.warn(sentence))
  const gateway = new Gateway({
    config,
    version: version(),
    models,
    log,
    onHung: () => replaceProcess(log),
  })

  const stopped = Promise.withResolvers<void>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopped.resolve())
  const started = gateway.start()
  // What changes while the models load is taken over when they have.
  const reload = () =>
    started.then(
      () => reloadCameras(gateway, values.config, watching, secrets, log),
      () => {},
    )
  const watching = new FileWatch(reload, log)
  watching.follow(files)
  process.on('SIGHUP', reload)
  await started.catch((error) => {
    watching.close()
    throw error
  })
  const { id } = config.gateway
  log.info(
    { gateway: id, cameras: config.cameras.length, tier: models.tier, models: modelNames(models) },
    'running',
  )
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
async function reloadCameras(
  gateway: Gateway,
  path: string,
  watching: FileWatch,
  secrets: SecretMask,
  log: Log,
): Promise<void> {
  try {
    const { config, files, warnings } = await readConfig(path)
    for (const secret of config.secrets) secrets.remember(secret)
    for (const warning of warnings) log.warn(warning)
    await gateway.reload(config)
    watching.follow(files)
  } catch (error) {
    const why = error instanceof GatewayError ? error.message : String(error)
    gateway.noteRefusal(secrets.mask(why))
    log.error({ why }, 'the new configuration was refused; the old one stays in force')
  }
}
