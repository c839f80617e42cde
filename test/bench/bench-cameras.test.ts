import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('../../scripts/bench-cameras.ts', import.meta.url))
const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })

describe('bench:cameras', () => {
  it('explains itself', () => {
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--activity SHARE') })
  })

  it('refuses what it cannot do, in one sentence and with status 2', () => {
    for (const [args, sentence] of [
      [['--cameras', 'many'], '--cameras many: a whole number from 1 to 256'],
      [['--activity', '1.5'], '--activity 1.5: a number from 0 to 1'],
      [['--stream', '4k'], '--stream 4k: d1 or 1080p'],
      [['--gateway', '/nowhere'], '--gateway /nowhere: no gateway there'],
      [['--quick'], "Unknown option '--quick'"],
    ] as const) {
      const { status, stdout, stderr } = run(...args)
      expect(stderr).toContain(sentence)
      expect(stderr).not.toContain('    at ')
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    }
  })
})
