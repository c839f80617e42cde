/** Saves and publishes alerts until it is killed; prints the id of each that was committed. Arguments: folder, url of the broker. */
import { writeSync } from 'node:fs'
import { createLog } from '../../../src/kit/log.ts'
import { SecretMask } from '../../../src/kit/secrets.ts'
import { Publisher } from '../../../src/publish/publisher.ts'
import { Store } from '../../../src/store/store.ts'
import { generous, origin, saveOf } from '../../store/samples.ts'
import { sampleInventory } from '../../support/alert-samples.ts'

const [dir, url] = process.argv.slice(2)
const log = createLog('silent', new SecretMask())
const store = new Store({ dir, retention: generous, origin, log })
await store.start()
const publisher = new Publisher({
  gateway: { id: 'box-1' },
  broker: { url, prefix: 'skyeye/v1' },
  outbox: store,
  announced: store,
  cameras: () => [],
  health: () => ({ alive: true }),
  inventory: sampleInventory,
  log,
})
await publisher.start()

async function saveForEver(camera: string): Promise<never> {
  for (;;) {
    const { alert, message } = saveOf({ camera })
    const body = JSON.stringify({ id: message.id, data: { camera } })
    await store.saveAlert({ alert, message: { ...message, camera, topic: 'skyeye/v1/alerts/box-1', body } })
    writeSync(1, `${message.id} ${camera}\n`)
    publisher.nudge()
  }
}

await Promise.all(['yard', 'gate', 'hall'].map(saveForEver))
