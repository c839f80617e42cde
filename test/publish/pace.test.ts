/** A backlog leaves at a limited rate; an ordinary day does not feel it. */
import { expect, it } from 'vitest'
import { Pace } from '../../src/publish/pace.ts'

it("lets a second's worth leave at once, then no more than the rate", () => {
  let now = 0
  const pace = new Pace(10, () => now)
  for (let i = 0; i < 10; i++) {
    expect(pace.dueMs).toBe(0)
    pace.spend()
  }
  expect(pace.dueMs).toBe(100)
  now += 60
  expect(pace.dueMs).toBe(40)
  now += 40
  expect(pace.dueMs).toBe(0)
  now += 60_000
  let burst = 0
  for (; pace.dueMs === 0; burst++) pace.spend()
  expect(burst).toBe(10)
})

it('never waits where there is no limit', () => {
  const pace = new Pace(0, () => 0)
  for (let i = 0; i < 1_000; i++) pace.spend()
  expect(pace.dueMs).toBe(0)
})
