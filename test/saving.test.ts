/** What the disk refuses waits in order and is tried again; nothing ends that did not begin. */
import { expect, it, vi } from 'vitest'
import { GatewayError } from '../src/kit/errors.ts'
import { createLog } from '../src/kit/log.ts'
import { SecretMask } from '../src/kit/secrets.ts'
import { Saving } from '../src/saving.ts'

const log = createLog('silent', new SecretMask())

/** A disk that can be full, and what it has taken. */
function disk() {
  const saved: string[] = []
  const state = { full: false, tries: 0 }
  const save = (name: string) => async (late: boolean) => {
    state.tries++
    if (state.full) throw new Error('disk full')
    saved.push(late ? `${name} late` : name)
  }
  return { saved, state, save }
}

it('saves at once and in order while the disk takes it', async () => {
  const { saved, save } = disk()
  const saving = new Saving(log, 1)
  await Promise.all([saving.add(save('a')), saving.add(save('b'))])
  expect(saved).toEqual(['a', 'b'])
  expect(saving.waiting).toBe(0)
})

it('keeps what the disk refuses and saves it in its order before anything newer', async () => {
  const { saved, state, save } = disk()
  const saving = new Saving(log, 5)
  state.full = true
  await saving.add(save('began'))
  await saving.add(save('ended'))
  expect([saved, saving.waiting]).toEqual([[], 2])
  await vi.waitFor(() => expect(state.tries).toBeGreaterThan(3))
  state.full = false
  await vi.waitFor(() => expect(saving.waiting).toBe(0))
  await saving.add(save('next'))
  expect(saved).toEqual(['began late', 'ended late', 'next'])
  expect(saving.lost).toBe(0)
})

it('gives up the oldest of more than a thousand, and counts it', async () => {
  const { saved, state, save } = disk()
  const saving = new Saving(log, 60_000)
  state.full = true
  for (let i = 0; i < 1_003; i++) await saving.add(save(String(i)))
  expect([saving.waiting, saving.lost]).toEqual([1_000, 3])
  state.full = false
  await saving.stop()
  expect(saved).toHaveLength(1_000)
  expect(saved[0]).toBe('3 late')
})

it('counts what the disk still refuses at the end', async () => {
  const { state, save } = disk()
  const saving = new Saving(log, 60_000)
  state.full = true
  await saving.add(save('a'))
  await saving.stop()
  expect([saving.waiting, saving.lost]).toEqual([0, 1])
})

it('drops an alert that fits no message, and saves those behind it', async () => {
  const { saved, save } = disk()
  const saving = new Saving(log, 1)
  await saving.add(async () => {
    throw new GatewayError('MESSAGE_INVALID', 'a name is too long for a topic')
  })
  await saving.add(save('next'))
  expect([saved, saving.waiting, saving.lost]).toEqual([['next'], 0, 1])
})

it('does not give up the alert that is being tried while the queue overflows', async () => {
  const { saved, state, save } = disk()
  const saving = new Saving(log, 1)
  state.full = true
  const gate = Promise.withResolvers<void>()
  const tried = Promise.withResolvers<void>()
  await saving.add(async (late) => {
    if (!late) throw new Error('disk full')
    tried.resolve()
    await gate.promise
    saved.push('first')
  })
  await tried.promise
  for (let i = 0; i < 1_000; i++) await saving.add(save(String(i)))
  expect(saving.waiting).toBe(1_001)
  await saving.add(save('newest'))
  state.full = false
  gate.resolve()
  await vi.waitFor(() => expect(saving.waiting).toBe(0))
  expect(saving.lost).toBe(1)
  expect(saved[0]).toBe('first')
  expect(saved.slice(1, 3)).toEqual(['1 late', '2 late'])
  expect(saved.at(-1)).toBe('newest late')
})
