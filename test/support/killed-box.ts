/** A process of its own: a box that is killed as soon as a command is committed, before it has answered. */
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import type { Settlement } from '../../src/store/ledger-ports.ts'
import { commandedBox } from './commanded-box.ts'

const [dir, url, username, password] = process.argv.slice(2)
const log = createLog('silent', new SecretMask())
const deadly = {
  recalled: (id: string) => box.store.recalled(id),
  settle: async (settlement: Settlement) => {
    await box.store.settle(settlement)
    process.kill(process.pid, 'SIGKILL')
    return new Promise<never>(() => {})
  },
  overrides: () => box.store.overrides(),
  lapse: () => box.store.lapse(),
}
const box: ReturnType<typeof commandedBox> = commandedBox(dir, { url, username, password }, log, {
  store: deadly,
})
await box.start()
