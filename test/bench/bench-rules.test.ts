/** The benchmark of the rules judges with every kind, and each of them finds something in its street. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { ruleKinds } from '../../src/domain/rule.ts'

const program = fileURLToPath(new URL('../../scripts/bench-rules.ts', import.meta.url))
const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })

it('says in one line of JSON how fast every kind is, on something that begins', () => {
  const { status, stdout } = run('--seconds', '0.01', '--json')
  expect(status).toBe(0)
  const { crowds, kinds, target } = JSON.parse(stdout)
  expect(kinds.map(({ kind }: { kind: string }) => kind)).toEqual(ruleKinds)
  for (const { began, perSecond } of [...crowds, ...kinds]) {
    expect(began).toBeGreaterThan(0)
    expect(perSecond).toBeGreaterThan(0)
  }
  expect(target).toEqual({ perSecond: 20_000 })
})

it('explains itself, and refuses a time that is none', () => {
  expect(run('--help').stdout).toContain('--seconds N')
  const { status, stderr } = run('--seconds', 'soon')
  expect(status).toBe(2)
  expect(stderr).toContain('--seconds soon: a number from 0.01 to 600')
})
