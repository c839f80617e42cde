/** A model run that never comes back from native code (docs/decisions/004-hung-run.md). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished, vi } from 'vitest'
import { stringify } from 'yaml'
import { CameraSim } from '../../scripts/sim/server.ts'
import { Program, withMark } from '../cli/program.ts'
import { freePort } from '../support/mosquitto.ts'
import { standingClip } from './standing-clip.ts'

const entry = fileURLToPath(new URL('./hung-entry.ts', import.meta.url))

it('ends the process with status 70 and leaves no ffmpeg behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skyeye-hung-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const sim = new CameraSim()
  await sim.start()
  onTestFinished(() => sim.stop())
  const cameras = []
  for (const id of ['a', 'b'])
    cameras.push({ id, name: id, url: await sim.addCamera(id, { clip: await standingClip() }) })
  const config = {
    ...{ gateway: { id: 'hung' }, dataDir: join(folder, 'data'), broker: `embedded:${await freePort()}` },
    ...{ http: { port: 0 }, analysis: { workers: 1 }, cameras },
    ingest: { allowNetworks: ['127.0.0.0/8'], startGapMs: 20 },
  }
  const path = join(folder, 'skyeye.yaml')
  writeFileSync(path, stringify(config))

  // ffmpeg is given nothing of the environment but PATH: a folder in it tells whose ffmpeg it is.
  const gateway = new Program([entry, path, join(folder, 'models')], {
    env: { PATH: `${process.env.PATH}:${folder}` },
  })
  onTestFinished(() => gateway.kill())
  const ffmpegs = new Set<number>()
  const looking = setInterval(() => {
    for (const pid of withMark(folder)) if (pid !== gateway.pid) ffmpegs.add(pid)
  }, 50)
  onTestFinished(() => clearInterval(looking))

  expect(await gateway.ended, gateway.err).toBe(70)
  clearInterval(looking)
  expect(gateway.err).toContain('a model run did not come back')
  expect(ffmpegs.size).toBeGreaterThanOrEqual(2)
  await vi.waitFor(() => expect(withMark(folder)).toEqual([]), 20_000)
})
