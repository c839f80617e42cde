/** `skyeye bench`: what it measures on this machine, what it says of it, and how it ends. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { diskCost } from '../../src/cli/bench-disk.ts'
import { BenchGateway } from '../../src/cli/bench-gateway.ts'
import { type Report, reportJson, reportLines } from '../../src/cli/bench-report.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { lockFolder } from '../../src/store/lock.ts'
import { Folder, modelsPresent, withModels, withoutModels } from './folder.ts'
import { ran, skyeye, withMark } from './program.ts'

const log = createLog('silent', new SecretMask())
const phase = {
  ...{ cameras: 2, seconds: 10, outside: 0.1, main: 0.05, models: 0.2, looksPerSecond: 10 },
  ...{ others: 0, bytes: 3e8, decoded: 0.5 },
}
const analysis = { fps: 5, idle: { everyMs: 1_000 }, fullLookEveryMs: 30_000, maxWidth: 1_280, workers: 4 }
/** The four cores of bench-prediction.test.ts. */
const findings: Report['findings'] = {
  bitsPerSecond: { quiet: 250_000, active: 340_000 },
  measured: {
    ...{ cores: 4, workers: 4, others: 0, growth: 1, fullLookSeconds: 0.03 },
    quiet: { outside: 0.01, main: 0.002 },
    active: { outside: 0.05, main: 0.01, looks: 5, fps: 5, lookSeconds: 0.02 },
    memory: { free: 8e9, base: 3e8, quiet: 2e7, active: 5e7 },
  },
  trial: { idle: phase, quiet: phase, active: phase, check: { ...phase, cameras: 4 } },
  ...{ crowding: 1, growth: 1.04, gatewayRuns: false, cutOff: 0, diskFolder: '/data' },
  disk: { bytes: { perMinute: 10_000, perAlert: 200_000 }, saveP95Ms: 4.25 },
}
const models = { tier: 'standard', names: ['yolox-nano', 'yunet-n'] }
const report: Report = { cameras: 20, stream: 'd1', busy: 0.5, alerts: 200, analysis, models, findings }

describe('the report', () => {
  it('is a short table for each kind of hour, then memory, disk and how far it is to be trusted', () => {
    const text = reportLines(report).join('\n')
    expect(text).toMatch(/^20 cameras, 704x576, .* \(4 cores, 4 workers\):$/m)
    expect(text).toMatch(/^quiet {2}2 % of them +1\.00 +5\.0 +\d+ % +memory +\d+ +\d+$/m)
    expect(text).toMatch(/^busy {3}50 % of them +1\.00 +5\.0 +40 % +models +\d+ +\d+$/m)
    expect(text).toMatch(/^memory +1000 MB needed, 8000 MB free \(300 MB without cameras, 20 MB for each/m)
    // 1 440 minutes of 10 kB, and 200 alerts of 200 kB.
    expect(text).toMatch(/^disk +54 MB written per day with 200 alerts; .* 4\.3 ms .* in \/data$/m)
    expect(text).toMatch(/^check +4 active cameras cost 4 % more than predicted from 2$/m)
    expect(text).not.toContain('!')
  })

  it('says what distorts it', () => {
    const said = (change: Partial<Report['findings']>) =>
      reportLines({ ...report, findings: { ...findings, ...change } }).join('\n')
    expect(said({ gatewayRuns: true })).toMatch(/^! a gateway is at work/m)
    expect(said({ measured: { ...findings.measured, others: 1 } })).toMatch(/^! other programs used 25 %/m)
    expect(said({ crowding: 1.4 })).toMatch(/^! with all 4 workers a model run costs 40 % more/m)
    expect(said({ cutOff: 3 })).toMatch(/^! 3 times the gateway read too slowly/m)
    expect(said({ growth: 1.3 })).toMatch(/^check .* 30 % more .*: all figures above count on that/m)
    expect(said({ growth: 0.8 })).toMatch(/^check .* 20 % less .* on the safe side/m)
    expect(said({ disk: { bytes: undefined, saveP95Ms: 1 } })).toMatch(/^disk +bytes not measured/m)
    expect(said({ measured: { ...findings.measured, memory: undefined } })).toMatch(/^memory +not measured/m)
  })

  it('is one line of JSON with everything that was measured', () => {
    const json = reportJson(report)
    expect(json).not.toContain('\n')
    expect(JSON.parse(json)).toMatchObject({
      ...{ cameras: 20, stream: 'd1', disk: { megabytesPerDay: 54.4 }, measured: findings.measured },
      hours: [
        { hour: 'quiet', share: 0.02 },
        { hour: 'busy', share: 0.5, coverage: 1, fps: 5, limit: 'models' },
      ],
    })
  })
})

describe('the disk', () => {
  it('takes more bytes for more cameras and for pictures, and keeps nothing', async () => {
    const folder = new Folder()
    const measured = (cameras: number, jpegBytes: number) =>
      diskCost({
        ...{ folder: folder.path, cameras, log, forMs: 20_000 },
        jpeg: jpegBytes > 0 ? new Uint8Array(jpegBytes).fill(7) : undefined,
      })
    const [few, many] = [await measured(2, 0), await measured(400, 100_000)]
    expect(readdirSync(folder.path)).toEqual([])
    expect(few.saveP95Ms).toBeGreaterThan(0)
    // Nothing is told where the folder for temporary files lies in memory.
    if (!few.bytes || !many.bytes) return
    expect(few.bytes.perMinute).toBeGreaterThan(4_096)
    expect(many.bytes.perMinute).toBeGreaterThan(4 * few.bytes.perMinute)
    const [more, jpeg] = [many.bytes.perAlert - few.bytes.perAlert, 100_000]
    expect(more).toBeGreaterThan(0.9 * jpeg)
    expect(more).toBeLessThan(1.5 * jpeg)
  })
})

it('says in the words of the gateway under test why that did not start', async () => {
  const folder = new Folder()
  const models = {
    tier: 'auto' as const,
    objects: 'yolox-nano',
    faces: 'yunet-n',
    dir: join(folder.path, 'none'),
  }
  const config = { analysis, models }
  const env = process.env.SKYEYE_MODELS_MIRROR
  delete process.env.SKYEYE_MODELS_MIRROR
  onTestFinished(() => {
    if (env !== undefined) process.env.SKYEYE_MODELS_MIRROR = env
  })
  const signal = new AbortController().signal
  const gateway = new BenchGateway({ folder: folder.path, config, signal })
  const why = /did not start.*yolox-nano is not on this machine/
  await expect(gateway.start()).rejects.toMatchObject({
    code: 'BENCH_FAILED',
    message: expect.stringMatching(why),
  })
  await gateway.stop()
})

it('says which model is missing and what to do, and leaves nothing behind', async () => {
  const folder = new Folder()
  folder.write({ gateway: { id: 'gw' }, models: { tier: 'standard' } })
  const { status, out, err } = await ran(['bench'], {
    ...{ cwd: folder.path, env: { ...withoutModels, TMPDIR: folder.path } },
  })
  expect([status, out]).toEqual([1, ''])
  expect(err).toMatch(
    /^skyeye bench: models\.tier: standard needs yolox-nano, yunet-n, and yolox-nano and yunet-n are not on this machine: run `skyeye models pull standard/,
  )
  expect(readdirSync(folder.path)).toEqual(['skyeye.yaml'])
})

/** Of ours: ONNX Runtime leaves files of its own where temporary files are. */
const leftIn = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('skyeye-'))

describe.skipIf(!modelsPresent)('on this machine (skipped where ../shared/models is absent)', () => {
  it('measures with the analysis and the folder of a configuration, and warns of a gateway that runs', async () => {
    const folder = new Folder()
    const dataDir = join(folder.path, 'data')
    mkdirSync(dataDir)
    const unlock = lockFolder(dataDir)
    onTestFinished(() => unlock())
    folder.write({ gateway: { id: 'gw' }, dataDir, analysis: { workers: 1, fps: 4 } })
    const args = ['bench', '--config', folder.config, '--cameras', '3', '--seconds', '45', '--json']
    const { status, out, err } = await ran(args, { env: { ...withModels, TMPDIR: folder.path } })
    expect(status, err).toBe(0)
    const told = JSON.parse(out)
    expect(told).toMatchObject({ cameras: 3, analysis: { workers: 1, fps: 4 }, gatewayRuns: true })
    expect(told.disk.folder).toBe(dataDir)
    const { quiet, active, fullLookSeconds, memory } = told.measured
    expect(told.trial.quiet.cameras).toBe(3)
    expect(told.trial.active.decoded).toBeGreaterThan(0.5)
    expect(active.looks).toBeGreaterThan(0.2)
    expect(active.outside).toBeGreaterThan(quiet.outside)
    expect(fullLookSeconds).toBeGreaterThan(0.001)
    expect(memory.base).toBeGreaterThan(50e6)
    expect(told.hours.map(({ hour }: { hour: string }) => hour)).toEqual(['quiet', 'busy'])
    expect(leftIn(folder.path)).toEqual([])
    expect(leftIn(dataDir)).toEqual([])
  }, 180_000)

  it('ends at once with Ctrl-C, and its gateway and cameras with it', async () => {
    const folder = new Folder()
    const program = skyeye(['bench', '--cameras', '2'], {
      ...{ cwd: folder.path, env: { ...withModels, TMPDIR: folder.path, BENCH_MARK: folder.path } },
    })
    onTestFinished(() => program.kill())
    const scratch = () => readdirSync(folder.path).find((name) => name.startsWith('skyeye-bench-'))
    const runs = () => existsSync(join(folder.path, scratch() ?? 'none', 'data/gateway.lock'))
    while (!runs()) await new Promise((resolve) => setTimeout(resolve, 100))
    program.signal('SIGINT')
    expect(await program.ended).toBe(1)
    expect(program.err).toContain('interrupted, nothing is predicted')
    expect(withMark(folder.path)).toEqual([])
    expect(leftIn(folder.path)).toEqual([])
  }, 120_000)
})
