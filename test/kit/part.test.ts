import { expect, it } from 'vitest'
import { startAll, stopAll } from '../../src/kit/part.ts'

const recorder = () => {
  const calls: string[] = []
  const part = (name: string, fails = false) => ({
    name,
    start: async () => {
      calls.push(`start ${name}`)
      if (fails) throw new Error(`${name} refused`)
    },
    stop: async () => {
      calls.push(`stop ${name}`)
    },
  })
  return { calls, part }
}

it('stops in reverse what had started when one part refuses', async () => {
  const { calls, part } = recorder()
  await expect(
    startAll([part('store'), part('vision'), part('http', true), part('relay')], 1000),
  ).rejects.toThrow('http refused')
  expect(calls).toEqual(['start store', 'start vision', 'start http', 'stop vision', 'stop store'])
})

it('names the part that misses its deadline and still stops the others', async () => {
  const { calls, part } = recorder()
  const stuck = { name: 'stuck', start: async () => {}, stop: () => new Promise<void>(() => {}) }
  expect(await stopAll([part('store'), stuck, part('http')], 20)).toEqual(['stuck'])
  expect(calls).toEqual(['stop http', 'stop store'])
})
