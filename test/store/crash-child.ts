/** Saves alerts until it is killed, and prints the id and number of each one that was acknowledged. Argument: the folder. */
import { writeSync } from 'node:fs'
import { Store } from '../../src/store/store.ts'
import { generous, origin, readableLog, saveOf } from './samples.ts'

const store = new Store({ dir: process.argv[2], retention: generous, origin, log: readableLog().log })
await store.start()

async function saveForEver(pictureBytes: number): Promise<never> {
  for (;;) {
    const save = saveOf({}, pictureBytes)
    const { sequence } = await store.saveAlert(save)
    writeSync(1, `${save.alert.id} ${sequence}\n`)
  }
}

await Promise.all([0, 0, 3_000, 60_000].map(saveForEver))
