import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { measureAll, measureOne } from '../../scripts/performance/measuring.ts'
import { savedResult, sourcesNow } from '../../scripts/performance/results.ts'
import { minutesOf, type Setting, settings } from '../../scripts/performance/settings.ts'

const program = fileURLToPath(new URL('../../scripts/performance.ts', import.meta.url))
const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })
const never = new AbortController().signal

/** No benchmark, but a program that may say something. */
const setting = (name: string, script: string): Setting => ({
  ...{ name, title: name, bench: name, typed: name, minutes: 1, tells: ['speed'] },
  command: ['-e', script],
})
const stateOf = (pid: string) => (existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '')
const good = (name: string) =>
  setting(name, 'console.log("begun"); console.log(JSON.stringify({ speed: 7 }))')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'performance-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('docs:performance', () => {
  it('explains itself', () => {
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--measure') })
  })

  it('lists every result of the page, whether there or missing, and writes nothing', () => {
    const { status, stdout } = run('--list')
    expect(status).toBe(0)
    for (const { name, typed } of settings) expect(stdout).toMatch(new RegExp(`^${name} .*${typed}$`, 'm'))
    expect(stdout).not.toContain('wrote')
  })

  it('refuses what it does not know, in one sentence and with status 2', () => {
    for (const [args, sentence] of [
      [['--measure', 'speed'], '--measure speed: one of cameras, cameras-d1, '],
      [['gate'], 'names go with --measure'],
      [['--list', '--measure'], '--list or --measure, not both'],
    ] as const) {
      const { status, stdout, stderr } = run(...args)
      expect(stderr).toContain(sentence)
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    }
  })

  it('takes little more than an hour', () => {
    expect(minutesOf(settings)).toBeLessThanOrEqual(65)
  })

  it('has no two settings whose results would be saved under one name', () => {
    expect(new Set(settings.map(({ name }) => name)).size).toBe(settings.length)
  })
})

describe('a benchmark of the page', () => {
  it('is saved with what was run, on which machine and at which commit', async () => {
    expect(await measureOne(good('a'), { folder, signal: never })).toBeUndefined()
    const result = await savedResult('a', folder)
    expect(result).toMatchObject({ command: good('a').command, figures: { speed: 7 } })
    expect(result?.figures).toHaveProperty('machine.cores')
    expect(result?.sources).toEqual(sourcesNow())
  })

  it('has failed where it says nothing for the page, and what was saved before stays', async () => {
    writeFileSync(join(folder, 'a.json'), '{"at":"before"}')
    for (const [script, trouble] of [
      ['console.log(JSON.stringify({ speed: 7 })); process.exit(3)', 'ended with status 3'],
      ['process.kill(process.pid)', 'ended with SIGTERM'],
      ['', 'did not say what the page shows'],
      ['console.log("no figures")', 'did not say what the page shows'],
      ['console.log(JSON.stringify({ size: 7 }))', 'did not say what the page shows'],
    ])
      expect(await measureOne(setting('a', script), { folder, signal: never })).toBe(trouble)
    expect(await savedResult('a', folder)).toEqual({ at: 'before' })
  })

  it('that takes far too long is ended with all that it has started', async () => {
    const file = join(folder, 'pid')
    const script = `const { pid } = require('node:child_process').spawn('sleep', ['60'])
      require('node:fs').writeFileSync(${JSON.stringify(file)}, String(pid))
      setInterval(() => {}, 1000)`
    const hanging = { ...setting('a', script), minutes: 0.025 }
    expect(await measureOne(hanging, { folder, signal: never })).toBe('took more than 0.05 min')
    // What nobody waited for may stay behind as a zombie.
    const runs = () => /\) [^Z]/.test(stateOf(readFileSync(file, 'utf8')))
    await expect.poll(runs).toBe(false)
  })

  it('that fails does not keep the others from being measured', async () => {
    const said: string[] = []
    const all = [good('a'), setting('b', 'process.exit(1)'), good('c')]
    const say = (text: string) => said.push(text)
    expect(await measureAll(all, { folder, signal: never, say })).toEqual(['b'])
    expect(said).toContain('b ended with status 1')
    expect(said[0]).toBe('1 of 3, about 3 min left: a')
    expect(readdirSync(folder)).toEqual(['a.json', 'c.json'])
  })

  it('is the only one that is lost when the measuring is interrupted', async () => {
    const stopping = new AbortController()
    const all = [good('a'), setting('b', 'setInterval(() => {}, 1000)'), good('c')]
    const say = (text: string) => {
      if (text.startsWith('2 of 3')) setTimeout(() => stopping.abort(new Error('interrupted')), 200)
    }
    await expect(measureAll(all, { folder, signal: stopping.signal, say })).rejects.toThrow('interrupted')
    expect(readdirSync(folder)).toEqual(['a.json'])
  })
})

it('the state of the sources is the commit of this checkout, or unknown outside of one', () => {
  const sources = sourcesNow()
  if (sources) expect(sources.commit).toMatch(/^[0-9a-f]{7,}$/)
})
