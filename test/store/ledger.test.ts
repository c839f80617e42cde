/** Commands and decisions in the database: all of one command or nothing of it, once, and written down. */
import { v7 as newId } from 'uuid'
import { expect, it } from 'vitest'
import { finishMessage } from '../../src/contract/alert-message.ts'
import type { Verdict } from '../../src/contract/answer-schema.ts'
import { validateMessage } from '../../src/contract/validate.ts'
import type { DispositionState } from '../../src/domain/disposition.ts'
import type { Override } from '../../src/domain/override.ts'
import { verifyAudit } from '../../src/store/audit.ts'
import type { Deed, Settlement } from '../../src/store/ledger-ports.ts'
import { openRecords, startStore, temporaryFolder } from './opened.ts'
import { alertOf, dayMs, saveOf } from './samples.ts'

const actor = { kind: 'operator', name: '李敏' }
const done: Verdict = { outcome: 'done', result: {} }

function settlement(deed: Deed, change: Partial<Settlement['command']> = {}): Settlement {
  const command = { id: newId(), verb: 'ping', digest: 'd', expiresAt: Date.UTC(2026, 5, 2), ...change }
  return { command, deed, actor, detail: { said: 'so' } }
}

function decide(alert: string, seen: number, state: DispositionState, more: object = {}): Settlement {
  const disposition = { alert, state, actor, ...more }
  const origin = { id: newId(), gateway: 'box-1', prefix: 'p' }
  return settlement({ kind: 'decide', disposition, seen, origin }, { verb: state })
}

const overriding = (override: Override, holds = true) =>
  settlement({ kind: 'override', override, holds, verdict: done })

it('tells each decision in its order, numbered as a class of its own, and with the revision it made', () => {
  const { records } = openRecords(temporaryFolder())
  const save = saveOf()
  records.saveAlert(save)
  const { id } = save.alert
  const due = Date.UTC(2026, 5, 1, 2)
  const answers = [
    decide(id, 0, 'acknowledged'),
    decide(id, 1, 'assigned', { cell: '0113', due }),
    decide(id, 2, 'commented', { reason: 'on the way' }),
    decide(id, 3, 'resolved'),
    decide(id, 4, 'reopened'),
  ].map((one) => records.ledger.settle(one))
  expect(answers.map(({ result }) => result?.standing)).toEqual([
    { revision: 1, state: 'acknowledged' },
    { revision: 2, state: 'assigned', cell: '0113', due: '2026-06-01T02:00:00.000Z' },
    { revision: 3, state: 'assigned', cell: '0113', due: '2026-06-01T02:00:00.000Z' },
    { revision: 4, state: 'resolved' },
    { revision: 5, state: 'reopened' },
  ])
  const told = records.deliveries.next(0, 100).filter((one) => one.class === 'disposition')
  expect(told.map(({ sequence, topic }) => [sequence, topic])).toEqual(
    [1, 2, 3, 4, 5].map((sequence) => [sequence, `p/dispositions/box-1/yard/${id}`]),
  )
  const sent = told.map(({ body, epoch, sequence }) =>
    JSON.parse(finishMessage(body as string, { epoch, sequence, sentAt: 0 })),
  )
  for (const event of sent) expect(validateMessage(event)).toEqual([])
  expect(sent.map(({ data }) => [data.revision, data.state])).toEqual([
    [1, 'acknowledged'],
    [2, 'assigned'],
    [3, 'commented'],
    [4, 'resolved'],
    [5, 'reopened'],
  ])
  expect(sent[1].data).toMatchObject({ alert: id, actor, cell: '0113', due: '2026-06-01T02:00:00.000Z' })
})

it('refuses a decision that has not seen the newest one, with how the alert stands, and changes nothing', () => {
  const { records } = openRecords(temporaryFolder())
  const save = saveOf()
  records.saveAlert(save)
  const { id } = save.alert
  records.ledger.settle(decide(id, 0, 'assigned', { cell: '0113' }))
  const current = { revision: 1, state: 'assigned', cell: '0113' }
  expect(records.ledger.settle(decide(id, 0, 'acknowledged'))).toMatchObject({
    outcome: 'refused',
    refusal: { code: 'conflict', why: 'you saw revision 0, the alert is at revision 1', current },
  })
  expect(records.ledger.settle(decide(id, 1, 'reopened')).refusal).toMatchObject({
    code: 'not-allowed',
    current,
  })
  records.ledger.settle(decide(id, 1, 'false'))
  expect(records.ledger.settle(decide(id, 2, 'assigned')).refusal?.code).toBe('not-allowed')
  expect(records.ledger.settle(decide(newId(), 0, 'acknowledged')).refusal?.code).toBe('not-found')
  expect(records.deliveries.next(0, 100).filter((one) => one.class === 'disposition')).toHaveLength(2)
})

it('answers a repeat from the record, with the same audit entry', () => {
  const { records } = openRecords(temporaryFolder())
  const save = saveOf()
  records.saveAlert(save)
  const command = decide(save.alert.id, 0, 'acknowledged')
  const first = records.ledger.settle(command)
  expect(records.ledger.settle(command)).toEqual(first)
  expect(records.ledger.recalled(command.command.id)).toEqual({ digest: 'd', answer: first })
  expect(records.deliveries.next(0, 100).filter((one) => one.class === 'disposition')).toHaveLength(1)
})

it('forgets answers a day after their command expired, and not before', () => {
  const { records, clock } = openRecords(temporaryFolder())
  const command = settlement({ kind: 'nothing', verdict: done })
  records.ledger.settle(command)
  clock.now = command.command.expiresAt + 86_000_000
  records.ledger.lapse()
  expect(records.ledger.recalled(command.command.id)).toBeDefined()
  clock.now += 1_000_000
  records.ledger.lapse()
  expect(records.ledger.recalled(command.command.id)).toBeUndefined()
})

it('lets the decision about a critical alert overtake only where nothing of that alert waits', () => {
  const { records } = openRecords(temporaryFolder())
  const behind = alertOf({ severity: 'minor' })
  const behindSave = saveOf({ id: behind.id, severity: 'minor' })
  records.saveAlert(behindSave)
  records.saveAlert(saveOf({ id: behind.id, severity: 'critical', phase: 'updated' }))
  const urgent = saveOf({ severity: 'critical' })
  records.saveAlert(urgent)
  records.ledger.settle(decide(behind.id, 0, 'acknowledged'))
  records.ledger.settle(decide(urgent.alert.id, 0, 'acknowledged'))
  const decisions = records.deliveries.next(0, 100).filter((one) => one.class === 'disposition')
  expect(decisions.map((one) => one.urgent)).toEqual([false, true])
})

it('keeps what is in force over a restart, until it is taken back or its time is over', () => {
  const dir = temporaryFolder()
  const first = openRecords(dir)
  const { now } = first.clock
  first.records.ledger.settle(overriding({ camera: 'yard' }))
  first.records.ledger.settle(overriding({ camera: 'yard', rule: 'gate', until: now + 60_000 }))
  first.records.ledger.settle(overriding({ camera: 'hall', rule: 'gate' }))
  first.records.ledger.settle(overriding({ camera: 'yard', until: now + 120_000 }))
  first.records.ledger.settle(overriding({ camera: 'hall', rule: 'gate' }, false))
  const { records, clock } = openRecords(dir)
  const inForce = [
    { camera: 'yard', until: now + 120_000 },
    { camera: 'yard', rule: 'gate', until: now + 60_000 },
  ]
  expect(records.ledger.overrides()).toEqual(inForce)
  expect(records.ledger.lapse()).toEqual([])
  clock.now = now + 60_000
  expect(records.ledger.lapse()).toEqual([inForce[1]])
  expect(records.ledger.overrides()).toEqual([inForce[0]])
})

function pictured(): Settlement {
  const jpeg = new Uint8Array(1_000).map((_, i) => i % 251)
  const route = { class: 'snapshot', camera: 'yard', topic: 'p/s', contentType: 'image/jpeg' } as const
  return settlement({
    kind: 'picture',
    message: { id: newId(), ...route, sha256: 'ab' },
    jpeg,
    verdict: done,
  })
}

it('hands a picture that belongs to no alert out with its bytes, and takes so many and no more', () => {
  const { records } = openRecords(temporaryFolder())
  for (let i = 0; i < 50; i++) expect(records.ledger.settle(pictured()).outcome).toBe('done')
  expect(records.ledger.settle(pictured()).refusal?.code).toBe('busy')
  const [first] = records.deliveries.next(0, 1)
  expect([...(first.body as Uint8Array)]).toEqual(Array.from({ length: 1_000 }, (_, i) => i % 251))
  records.deliveries.acknowledged([first.rowId])
  expect(records.ledger.settle(pictured()).outcome).toBe('done')
})

it('keeps few of these pictures when they are delivered, and those as long as others', () => {
  const { records, opened, clock, clean } = openRecords(temporaryFolder())
  const kept = () => opened.db.prepare('SELECT count(*) FROM outbox WHERE picture IS NOT NULL').pluck().get()
  for (let i = 0; i < 70; i++) {
    records.ledger.settle(pictured())
    records.deliveries.acknowledged(records.deliveries.next(0, 10).map(({ rowId }) => rowId))
  }
  expect(kept()).toBe(51)
  clock.now += 6 * dayMs
  clean()
  expect(kept()).toBe(51)
  clock.now += 2 * dayMs
  clean()
  expect(kept()).toBe(0)
})

it('lets a range wait again in one step with the command', () => {
  const { records } = openRecords(temporaryFolder())
  for (let i = 0; i < 3; i++) records.saveAlert(saveOf())
  const waiting = () => records.deliveries.next(0, 10)
  const [{ epoch }] = waiting()
  records.deliveries.acknowledged(waiting().map(({ rowId }) => rowId))
  const range = { epoch, class: 'alert', from: 2, to: 5 }
  expect(records.ledger.settle(settlement({ kind: 'replay', range })).result).toEqual({
    requeued: 2,
    missing: 2,
  })
  expect(waiting().map(({ sequence }) => sequence)).toEqual([2, 3])
})

it('does all of a command or nothing of it', () => {
  const { records, opened } = openRecords(temporaryFolder())
  const save = saveOf()
  records.saveAlert(save)
  opened.db.exec(
    "CREATE TRIGGER broken BEFORE INSERT ON commands BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
  )
  const command = decide(save.alert.id, 0, 'acknowledged')
  expect(() => records.ledger.settle(command)).toThrow('the disk is full')
  expect(records.deliveries.next(0, 100).filter((one) => one.class === 'disposition')).toEqual([])
  expect(verifyAudit(opened.db)).toEqual({ entries: 0, base: 0 })
  opened.db.exec('DROP TRIGGER broken')
  expect(records.ledger.settle(command).result?.standing).toEqual({ revision: 1, state: 'acknowledged' })
  expect(records.deliveries.next(0, 100).find((one) => one.class === 'disposition')?.sequence).toBe(1)
})

it('can be asked from another thread', async () => {
  const { store } = await startStore(temporaryFolder())
  const command = settlement({ kind: 'override', override: { camera: 'yard' }, holds: true, verdict: done })
  const answer = await store.settle(command)
  expect(await store.recalled(command.command.id)).toEqual({ digest: 'd', answer })
  expect(await store.overrides()).toEqual([{ camera: 'yard' }])
  expect(await store.lapse()).toEqual([])
})
