/** Who answers for a cell, at which hour. */
import { describe, expect, it } from 'vitest'
import { type Cell, pathOf, type Tables, type Worker } from '../../src/domain/place.ts'
import { weekdays } from '../../src/domain/schedule.ts'
import { whoAnswers } from '../../src/places/responsible.ts'

const cell = (code: string, level: Cell['level'], parent?: string): Cell => ({
  ...{ code, name: code, level },
  ...(parent === undefined ? {} : { parent }),
})
const cells = [cell('s', 2), cell('c', 3, 's'), cell('g', 4, 'c'), cell('u', 5, 'g'), cell('v', 5, 'g')]

const worker = (cell: string, role: Worker['role'], name: string, from = 0, to = 1_440): Worker => ({
  ...{ cell, role, name, contact: '1' },
  hours: { timeZone: 'Asia/Shanghai', days: weekdays, hours: [{ from, to }] },
})
const tables = (...workers: Worker[]): Tables => ({ grid: { version: '1', cells }, workers })
/** 10:00 in Shanghai. */
const morning = Date.UTC(2026, 10, 23, 2)

const names = (answering: ReturnType<typeof whoAnswers>) =>
  answering?.workers.map(({ worker: { name }, reachable }) => `${name}${reachable ? '' : ' later'}`)

describe('who answers for a cell', () => {
  it('are its own workers, leaders first, and of each role those within their hours first', () => {
    const found = whoAnswers(
      tables(
        ...[
          worker('u', 'informant', 'I'),
          worker('u', 'worker', 'night', 1_200, 360),
          worker('u', 'worker', 'day', 480, 1_080),
        ],
        ...[worker('u', 'leader', 'L', 840, 1_080), worker('g', 'leader', 'G'), worker('v', 'leader', 'V')],
      ),
      'u',
      morning,
    )
    expect(found?.cell.code).toBe('u')
    expect(names(found)).toEqual(['L later', 'day', 'night later', 'I'])
  })

  it('are those of the nearest cell around it where it has none', () => {
    const some = tables(worker('c', 'leader', 'C'), worker('s', 'leader', 'S'))
    expect([whoAnswers(some, 'u', morning)?.cell.code, names(whoAnswers(some, 'u', morning))]).toEqual([
      'c',
      ['C'],
    ])
    expect(names(whoAnswers(some, 's', morning))).toEqual(['S'])
  })

  it('is nobody where no cell has workers, or there is no such cell', () => {
    expect(whoAnswers(tables(worker('v', 'leader', 'V')), 'u', morning)).toBeUndefined()
    expect(whoAnswers(tables(worker('v', 'leader', 'V')), 'x', morning)).toBeUndefined()
    expect(whoAnswers({ workers: [] }, 'u', morning)).toBeUndefined()
  })
})

describe('the path of a cell', () => {
  const byCode = new Map(cells.map((each) => [each.code, each]))

  it('has the cells around it by their level', () => {
    expect(pathOf(byCode, 'u')).toEqual({ street: 's', community: 'c', group: 'g', unit: 'u' })
    expect(pathOf(byCode, 'c')).toEqual({ street: 's', community: 'c' })
  })

  it('is unknown where a cell is, and ends where parents go round in a circle', () => {
    expect(pathOf(byCode, 'x')).toBeUndefined()
    const circle = new Map([cell('a', 5, 'b'), cell('b', 4, 'a')].map((each) => [each.code, each]))
    expect(pathOf(circle, 'a')).toBeUndefined()
  })
})
