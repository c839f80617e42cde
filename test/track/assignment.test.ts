/** The assignment is the cheapest one, compared with trying all. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { assign } from '../../src/track/assignment.ts'

/** Cheapest total over all ways to give each of the rows an own column. */
function cheapest(costs: readonly (readonly number[])[], taken: ReadonlySet<number> = new Set()): number {
  const [row, ...rest] = costs
  if (!row) return 0
  const totals = row.map((cost, column) =>
    taken.has(column) ? Number.POSITIVE_INFINITY : cost + cheapest(rest, new Set([...taken, column])),
  )
  return Math.min(...totals)
}

const transpose = (costs: readonly (readonly number[])[]) =>
  costs[0].map((_, column) => costs.map((row) => row[column]))

it('costs as little as the best of all assignments, whichever side is longer', () => {
  const table = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    .chain(([rows, columns]) =>
      fc.array(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
    )
  fc.assert(
    fc.property(table, (costs) => {
      const columnOf = [...assign(costs.length, costs[0].length, (row, column) => costs[row][column])]
      const given = columnOf.filter((column) => column !== -1)
      expect(new Set(given).size).toBe(given.length)
      expect(given.length).toBe(Math.min(costs.length, costs[0].length))
      const total = columnOf.reduce((sum, column, row) => sum + (column === -1 ? 0 : costs[row][column]), 0)
      expect(total).toBe(cheapest(costs.length <= costs[0].length ? costs : transpose(costs)))
    }),
    { numRuns: 500, seed: 7 },
  )
})

it('gives nobody anything where one side is empty', () => {
  expect([...assign(0, 3, () => 0)]).toEqual([])
  expect([...assign(2, 0, () => 0)]).toEqual([-1, -1])
})
