import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ServiceNotifier } from '../../src/kit/service.ts'

let folder: string
let env: NodeJS.ProcessEnv
const said = () => {
  try {
    return readFileSync(join(folder, 'said'), 'utf8').trim().split('\n')
  } catch {
    return []
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skyeye-notify-'))
  const program = join(folder, 'systemd-notify')
  writeFileSync(program, `#!/bin/sh\necho "$1" >> ${join(folder, 'said')}\n`)
  chmodSync(program, 0o755)
  env = {
    PATH: `${folder}:${process.env.PATH}`,
    NOTIFY_SOCKET: '/run/systemd/notify',
    WATCHDOG_USEC: '40000',
  }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('reports ready, then life while it is alive, then stopping', async () => {
  const notifier = new ServiceNotifier(() => true, env)
  await notifier.start()
  await vi.waitFor(
    () => expect(said().filter((line) => line === 'WATCHDOG=1').length).toBeGreaterThan(1),
    10_000,
  )
  await notifier.stop()
  await vi.waitFor(() => expect(said().at(-1)).toMatch(/STOPPING=1|WATCHDOG=1/))
  expect(said()[0]).toBe('READY=1')
  expect(said()).toContain('STOPPING=1')
})

it('stays silent towards the watchdog when the workers stand still', async () => {
  let asked = 0
  const notifier = new ServiceNotifier(() => {
    asked++
    return false
  }, env)
  await notifier.start()
  await vi.waitFor(() => expect(asked).toBeGreaterThan(2), 10_000)
  await notifier.stop()
  expect(said()).not.toContain('WATCHDOG=1')
})

it('does nothing where systemd did not start it', async () => {
  const notifier = new ServiceNotifier(() => true, { PATH: env.PATH })
  await notifier.start()
  await notifier.stop()
  expect(said()).toEqual([])
})
