/** `skyeye start`: what it refuses, and how it lives with a configuration that changes under it. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { CameraSim } from '../../scripts/sim/server.ts'
import { FileWatch } from '../../src/cli/file-watch.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { freePort } from '../support/mosquitto.ts'
import { spotClip } from '../support/spot-clip.ts'
import { Folder, modelsPresent, withModels, withoutModels } from './folder.ts'
import { ran, skyeye, withMark } from './program.ts'

const password = 'p@ss:w/rd#口令'
/** A busy machine may take its time. */
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 40_000, interval: 50 })

describe('the files of a configuration', () => {
  function watching() {
    const changed = vi.fn()
    const lines: string[] = []
    const log = createLog('info', new SecretMask(), (line) => lines.push(line))
    const watch = new FileWatch(changed, log)
    onTestFinished(() => watch.close())
    return { changed, lines, watch }
  }

  it('are noticed to change, once for a burst, also where an editor replaces them', async () => {
    const folder = new Folder()
    folder.write('one')
    const { changed, watch } = watching()
    watch.follow([folder.config])
    folder.write('nobody asked for this one', 'other.yaml')
    for (const text of ['two', 'three', 'four']) folder.write(text)
    await until(() => expect(changed).toHaveBeenCalledTimes(1))
    rmSync(folder.config)
    folder.write('five')
    await until(() => expect(changed).toHaveBeenCalledTimes(2))
  })

  it('are followed elsewhere once the configuration names others', async () => {
    const [folder, other] = [new Folder(), new Folder()]
    const { changed, watch } = watching()
    watch.follow([folder.config])
    watch.follow([other.config])
    folder.write('not any more')
    other.write('now')
    await until(() => expect(changed).toHaveBeenCalledTimes(1))
  })

  it('that cannot be watched cost a warning, not the gateway', () => {
    const { lines, watch } = watching()
    watch.follow(['/nowhere/skyeye.yaml'])
    expect(lines.join()).toMatch(/\/nowhere.*send SIGHUP/)
  })
})

describe('start', () => {
  it('refuses a configuration with faults and starts nothing', async () => {
    const folder = new Folder()
    folder.write('gateway: { id: GW }\ncolour: red\n')
    const { status, out, err } = await ran(['start', '--config', folder.config])
    expect([status, out]).toEqual([1, ''])
    expect(err.trimEnd().split('\n')).toHaveLength(2)
  })

  it('says which model is missing and what to do', async () => {
    const folder = new Folder()
    folder.write({ gateway: { id: 'gw' }, dataDir: folder.path, models: { tier: 'standard' } })
    const { status, err } = await ran(['start', '--config', folder.config], { env: withoutModels })
    expect(status).toBe(1)
    expect(err).toMatch(
      /^skyeye start: models\.tier: standard needs yolox-nano, yunet-n, and yolox-nano and yunet-n are not on this machine: run `skyeye models pull standard /m,
    )
  })
})

describe.skipIf(!modelsPresent)('a gateway that runs (skipped where ../shared/models is absent)', () => {
  it('takes over what changes on disk, keeps what it has over a broken file, and ends with 0', async () => {
    const sim = new CameraSim()
    await sim.start()
    onTestFinished(() => sim.stop())
    const folder = new Folder()
    const camera = async (id: string) => {
      const url = await sim.addCamera(id, {
        clip: await spotClip('h265'),
        auth: { user: 'viewer', password },
      })
      return { id, name: id, url }
    }
    const [a, b, c] = [await camera('a'), await camera('b'), await camera('c')]
    const http = await freePort()
    const base = {
      ...{
        gateway: { id: 'gw' },
        dataDir: join(folder.path, 'data'),
        broker: `embedded:${await freePort()}`,
      },
      ...{ http: { port: http }, analysis: { workers: 1, fps: 1 } },
      ingest: { allowNetworks: ['127.0.0.0/8'], startGapMs: 20 },
    }
    folder.write({ ...base, cameras: [a] })
    const gateway = skyeye(['start', '--config', folder.config], {
      env: { ...withModels, PATH: `${process.env.PATH}:${folder.path}` },
    })
    onTestFinished(() => gateway.kill())
    const said = (message: string) => gateway.lines.filter(({ msg }) => msg === message)
    const loaded = () => said('cameras loaded again').map(({ removed, started }) => [removed, started])
    const live = () =>
      said('camera state')
        .filter(({ state }) => state === 'live')
        .map((line) => line.camera)
    await until(() => expect(live(), gateway.err).toEqual(['a']))
    await until(() => expect(said('running')).toHaveLength(1))

    folder.write({ ...base, cameras: [a, b] })
    await until(() => expect(live(), gateway.err).toEqual(['a', 'b']))
    expect(loaded()).toEqual([[0, 1]])

    folder.write('gateway: { id: gw }\ncameras: 7\ncolour: red\n')
    const refusals = () => said('the new configuration was refused; the old one stays in force')
    await until(() => expect(refusals(), gateway.err).toHaveLength(1))
    expect(refusals()[0].why).toMatch(/skyeye\.yaml:2 cameras: .*\n.*skyeye\.yaml:3 colour: /)
    const health = await fetch(`http://127.0.0.1:${http}/healthz`)
    expect(await health.json()).toMatchObject({ alive: true, cameras: { live: 2 } })

    // A second file that is only named now is watched from now on.
    folder.write({ cameras: [b] }, 'cameras.yaml')
    folder.write({ ...base, camerasFile: 'cameras.yaml' })
    await until(() =>
      expect(loaded(), gateway.err).toEqual([
        [0, 1],
        [1, 0],
      ]),
    )
    folder.write({ cameras: [b, c] }, 'cameras.yaml')
    await until(() => expect(live(), gateway.err).toEqual(['a', 'b', 'c']))

    gateway.signal('SIGHUP')
    await until(() =>
      expect(loaded(), gateway.err).toEqual([
        [0, 1],
        [1, 0],
        [0, 1],
        [0, 0],
      ]),
    )
    expect(sim.requests('b').filter(({ method }) => method === 'PLAY')).toHaveLength(1)

    expect(withMark(folder.path).length, 'the gateway and two ffmpeg').toBeGreaterThanOrEqual(3)
    gateway.signal('SIGTERM')
    expect(await gateway.ended, gateway.err).toBe(0)
    expect(said('stopped')).toHaveLength(1)
    expect(withMark(folder.path)).toEqual([])
    expect(gateway.out).toBe('')
    for (const secret of [password, encodeURIComponent(password)]) expect(gateway.err).not.toContain(secret)
  })
})
