import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('../../scripts/bench-pool.ts', import.meta.url))

function run(args: readonly string[], mirror: string) {
  const env = { ...process.env, SKYEYE_MODELS_MIRROR: mirror }
  return spawnSync(process.execPath, [program, ...args], { env, cwd: mirror, encoding: 'utf8' })
}

describe('bench:pool', () => {
  it('says where to get the weights when they are not there, and ends with status 1', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'))
    try {
      const { status, stdout, stderr } = run(['--json'], folder)
      expect(status).toBe(1)
      expect(stdout).toBe('')
      expect(stderr).toContain('skyeye models pull standard')
      expect(stderr).not.toContain('    at ')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('explains itself, and refuses a time that is none', () => {
    expect(run(['--help'], tmpdir())).toMatchObject({ status: 0 })
    expect(run(['--help'], tmpdir()).stdout).toContain('--seconds N')
    const { status, stderr } = run(['--seconds', 'soon'], tmpdir())
    expect(status).toBe(1)
    expect(stderr).toContain('--seconds must be a number')
  })
})
