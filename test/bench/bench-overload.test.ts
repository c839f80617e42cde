import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('../../scripts/bench-overload.ts', import.meta.url))
const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })

describe('bench:overload', () => {
  it('explains itself', () => {
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--times N') })
  })

  it('refuses what it cannot do, in one sentence and with status 2', () => {
    for (const [args, sentence] of [
      [['--times', '0'], '--times 0: a number from 0.1 to 20'],
      [['--cameras', '300'], '--cameras 300: a whole number from 1 to 256'],
      [['--cameras', ''], '--cameras : a whole number from 1 to 256'],
      [['--seconds', 'long'], '--seconds long: a number from 1 to 3600'],
      [['--codec', 'av1'], '--codec av1: h264 or h265'],
      [['--gateway', '/nowhere'], '--gateway /nowhere: no gateway there'],
      [['--fast'], "Unknown option '--fast'"],
    ] as const) {
      const { status, stdout, stderr } = run(...args)
      expect(stderr).toContain(sentence)
      expect(stderr).not.toContain('    at ')
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    }
  })
})
