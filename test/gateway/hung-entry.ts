/** Entry of a gateway whose detector hangs in native code; all else is as `skyeye start` does it. Arguments: configuration, folder for models. */
import { replaceProcess } from '../../src/cli/replace-process.ts'
import { readConfig } from '../../src/cli/setup.ts'
import { Gateway } from '../../src/gateway.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { hungModels } from './hung-model.ts'

const [path, folder] = process.argv.slice(2)
const { config } = await readConfig(path)
const log = createLog('info', new SecretMask())
const gateway = new Gateway({
  config,
  version: '0.0.0-test',
  models: hungModels(folder),
  log,
  runDeadlineMs: 2_000,
  onHung: () => replaceProcess(log),
})
await gateway.start()
log.info('running')
