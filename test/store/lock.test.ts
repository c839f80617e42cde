/** Two gateways in one folder would send each other's alerts under one name: the second is refused. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { Store } from '../../src/store/store.ts'
import { startStore, temporaryFolder } from './opened.ts'
import { generous, origin, readableLog } from './samples.ts'

const storeOf = (dir: string) => {
  const store = new Store({ dir, retention: generous, origin, log: readableLog().log })
  onTestFinished(() => store.stop())
  return store
}

it('refuses a second store in the same folder and says what to do, until the first has stopped', async () => {
  const dir = temporaryFolder()
  const { store } = await startStore(dir)
  await expect(storeOf(dir).start()).rejects.toMatchObject({
    code: 'STORE_FAILED',
    message: `another gateway works in ${dir}: stop it, or give this one a dataDir (and a gateway.id) of its own`,
  })
  await store.stop()
  await expect(storeOf(dir).start()).resolves.toBeUndefined()
})

it('keeps out a gateway of another process, and lets it in once the first was killed', async () => {
  const dir = temporaryFolder()
  const lock = fileURLToPath(new URL('../../src/store/lock.ts', import.meta.url))
  const program = `const { lockFolder } = await import(process.argv[1]); globalThis.unlock = lockFolder(process.argv[2]); console.log('locked'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, lock, dir])
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  await expect(storeOf(dir).start()).rejects.toMatchObject({ code: 'STORE_FAILED' })
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
  await expect(storeOf(dir).start()).resolves.toBeUndefined()
})
