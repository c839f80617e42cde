/** FAULTS 29: a gateway that is killed at any moment under load has sent, or sends after its restart, all that it committed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { temporaryFolder } from '../../store/opened.ts'
import { Listener } from '../../support/listener.ts'
import { Mosquitto, mosquittoPresent } from '../../support/mosquitto.ts'
import { type Numbered, stored } from './box.ts'

const kills = 20
const patient = { timeout: 60_000, interval: 50 }

interface Event extends Numbered {
  readonly epoch: string
  readonly data: { readonly camera: string }
}

/** Numbers from 0 to 1, the same in every run: Lehmer's generator. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** Runs the gateway until it has committed so many alerts and some ms more. Returns `id camera` of each. */
async function killAfter(dir: string, url: string, commits: number, ms: number): Promise<string[]> {
  const script = fileURLToPath(new URL('./gateway-child.ts', import.meta.url))
  const child = spawn(process.execPath, [script, dir, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (lines.length === commits) setTimeout(() => child.kill('SIGKILL'), ms)
  }
  expect(await ended).toEqual([null, 'SIGKILL'])
  return lines
}

describe.skipIf(!mosquittoPresent)('a gateway that is killed (skipped without mosquitto)', () => {
  it('loses nothing, repeats only under the same id, and leaves no gap', async () => {
    const broker = new Mosquitto({ config: ['allow_anonymous true', 'set_tcp_nodelay true'] })
    onTestFinished(() => broker.dispose())
    await broker.start()
    const listener = await Listener.start(broker.url, 'skyeye/v1/alerts/#')
    onTestFinished(() => listener.stop())
    const dir = temporaryFolder()
    const random = seeded(20_261_126)
    const committed: string[] = []
    for (let kill = 0; kill < kills; kill++) {
      const point = [1 + Math.floor(random() * 120), Math.floor(random() * 80)] as const
      committed.push(...(await killAfter(dir, broker.url, ...point)))
    }
    const arrived = () => stored(listener.events<Event>(/alerts/))
    const finish = killAfter(dir, broker.url, 1, 3_000)
    await vi.waitFor(() => {
      const ids = new Set(arrived().map(({ id }) => id))
      expect(committed.filter((line) => !ids.has(line.split(' ')[0]))).toEqual([])
    }, patient)
    await finish
    const events = arrived()
    expect(new Set(events.map(({ epoch }) => epoch)).size).toBe(1)
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1))
  }, 300_000)
})
