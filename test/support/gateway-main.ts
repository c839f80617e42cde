/** Entry of a test's gateway process: as `skyeye start`, but with the spot models. Arguments: configuration, folder for models. */

import { readConfig } from '../../src/cli/setup.ts'
import { Gateway } from '../../src/gateway.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { spotModels } from './spot-model.ts'

const [path, models] = process.argv.slice(2)
const { config } = await readConfig(path)
const secrets = new SecretMask(config.secrets)
const log = createLog('debug', secrets)
const gateway = new Gateway({
  config,
  version: '0.0.0-test',
  models: spotModels(models),
  log,
  onHung: () => process.abort(),
})
await gateway.start()
log.info('running')
process.once('SIGTERM', async () => {
  const late = await gateway.stop()
  log.info({ late }, 'stopped')
  process.exitCode = late.length
})
