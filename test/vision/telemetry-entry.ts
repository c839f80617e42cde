/** Opens models in worker threads and in the main thread, runs them once, and ends: for the test that watches what is left behind. */
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { Detector } from '../../src/vision/detector.ts'
import { VisionPool } from '../../src/vision/pool.ts'
import { spotModels } from '../support/spot-model.ts'

const models = spotModels(process.argv[2])
const pool = new VisionPool({
  workers: 1,
  models,
  log: createLog('warn', new SecretMask()),
  onHung: () => process.exit(1),
})
await pool.start()
await pool.stop()
const detector = await Detector.open(models.objects)
await detector.close()
