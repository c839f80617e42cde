/** A thread that answers with what it was given, and then goes on for ever: it leaves a beat in the data folder each few ms. */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'

parentPort?.postMessage({ refused: JSON.stringify(workerData) })
setInterval(() => appendFileSync(join(workerData.dataDir, 'beats'), '.'), 5)
