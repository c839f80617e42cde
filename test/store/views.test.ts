/** What is remembered of views, through the store: it outlives a restart, and goes with whom it is about. */
import { v7 as newId } from 'uuid'
import { expect, it } from 'vitest'
import type { KeptView } from '../../src/domain/view.ts'
import { openRecords, startStore, temporaryFolder } from './opened.ts'

const outline = { width: 256, height: 144, agreeing: 0.9, edges: [20, 30, -90] }
const yard: KeptView = { camera: 'yard', of: 'a', distrusted: true, outline }
const gate: KeptView = { camera: 'dome', preset: 'gate', of: 'b', distrusted: false }

it('keeps one view of each camera and preset over a restart', async () => {
  const dir = temporaryFolder()
  const { store } = await startStore(dir)
  for (const view of [{ ...yard, distrusted: false }, yard, gate]) await store.keepView(view)
  await store.stop()
  const again = await startStore(dir)
  expect(await again.store.keptViews()).toEqual(expect.arrayContaining([yard, gate]))
  expect(await again.store.keptViews()).toHaveLength(2)
  await again.store.withdrawViews({ known: ['dome', 'yard'], seen: ['dome'] })
  const { outline: _, ...distrust } = yard
  expect(await again.store.keptViews()).toEqual(expect.arrayContaining([distrust, gate]))
  await again.store.withdrawViews({ known: ['dome'], seen: ['dome'] })
  expect(await again.store.keptViews()).toEqual([gate])
})

it('confirms a view together with the record of who did it, or not at all', () => {
  const { records } = openRecords(temporaryFolder())
  records.keepView(yard)
  const view = { camera: 'yard', of: 'a', distrusted: false }
  const settlement = {
    command: { id: newId(), verb: 'confirm-view', digest: 'd', expiresAt: Date.UTC(2026, 5, 2) },
    deed: { kind: 'confirm', view, verdict: { outcome: 'done' } },
    ...{ actor: { kind: 'operator', name: '李敏' }, detail: {} },
  } as const
  // What cannot be written as JSON breaks the audit entry.
  expect(() => records.ledger.settle({ ...settlement, detail: { much: 1n } })).toThrow()
  expect(records.keptViews()).toEqual([yard])
  expect(records.ledger.settle(settlement).audit).toBeDefined()
  expect(records.keptViews()).toEqual([view])
})
