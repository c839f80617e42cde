/** The audit log: whoever changes it in the middle, or cuts it, is found; and where not, nobody claims it. */
import type { Database } from 'better-sqlite3'
import { expect, it } from 'vitest'
import { type AuditMark, AuditTable, verifyAudit } from '../../src/store/audit.ts'
import { openRecords, temporaryFolder } from './opened.ts'

function log(entries: number, most?: number): { db: Database; marks: AuditMark[] } {
  const { db } = openRecords(temporaryFolder()).opened
  const table = new AuditTable(db, most)
  const actor = { kind: 'operator', name: '李敏' }
  const marks = Array.from({ length: entries }, (_, i) =>
    table.append({ time: i, actor, action: 'ping', command: `c${i}`, outcome: 'done', detail: { i } }),
  )
  return { db, marks }
}

/** As somebody would who can write to the file. */
function tamper(db: Database, sql: string): void {
  db.exec(`DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_cut; ${sql}`)
}

it('holds as it was written', () => {
  const { db, marks } = log(20)
  expect(verifyAudit(db)).toEqual({ entries: 20, base: 0, newest: marks[19] })
  expect(verifyAudit(db, marks[4])).not.toHaveProperty('broken')
})

it('is changed by no statement', () => {
  const { db } = log(3)
  expect(() => db.exec("UPDATE audit SET entry = '{}'")).toThrow('append-only')
  expect(() => db.exec('DELETE FROM audit WHERE sequence = 3')).toThrow('append-only')
  expect(verifyAudit(db)).not.toHaveProperty('broken')
})

it.each([
  ['an entry is changed', "UPDATE audit SET entry = replace(entry, 'ping', 'pong') WHERE sequence = 7", 7],
  ['an entry is taken out', 'DELETE FROM audit WHERE sequence = 7', 7],
  ['the first entries are taken out', 'DELETE FROM audit WHERE sequence < 4', 1],
  [
    'two change places',
    `UPDATE audit SET sequence = 99 WHERE sequence = 7;
    UPDATE audit SET sequence = 7 WHERE sequence = 8; UPDATE audit SET sequence = 8 WHERE sequence = 99`,
    7,
  ],
  ['the newest are cut off', 'DELETE FROM audit WHERE sequence > 15', 16],
])('says at which entry it breaks where %s', (_, sql, sequence) => {
  const { db } = log(20)
  tamper(db, sql)
  expect(verifyAudit(db).broken?.sequence).toBe(sequence)
})

it('shows that its end was cut off also after it has gone on', () => {
  const { db } = log(20)
  tamper(db, 'DELETE FROM audit WHERE sequence > 15')
  const table = new AuditTable(db)
  const actor = { kind: 'operator', name: '李敏' }
  for (let i = 0; i < 10; i++) table.append({ time: i, actor, action: 'ping', outcome: 'done', detail: {} })
  expect(verifyAudit(db).broken).toEqual({ sequence: 16, why: 'it is missing' })
})

it('shows what was cut off with the counter only to whoever kept a mark', () => {
  const { db, marks } = log(20)
  tamper(
    db,
    "DELETE FROM audit WHERE sequence > 15; UPDATE sqlite_sequence SET seq = 15 WHERE name = 'audit'",
  )
  expect(verifyAudit(db)).not.toHaveProperty('broken')
  expect(verifyAudit(db, marks[17]).broken).toEqual({ sequence: 18, why: 'it was expected and is not there' })
  expect(verifyAudit(db, { ...marks[9], hash: '0'.repeat(64) }).broken?.sequence).toBe(10)
})

it('gives up its oldest entries where there are too many, and says from where it holds', () => {
  const { db, marks } = log(250, 100)
  const { entries, base, newest, broken } = verifyAudit(db, undefined, 100)
  expect(broken).toBeUndefined()
  expect(newest).toEqual(marks[249])
  expect(entries).toBeLessThanOrEqual(100)
  expect(entries).toBeGreaterThan(85)
  expect(base).toBe(250 - entries)
  expect(verifyAudit(db, marks[base - 1], 100)).not.toHaveProperty('broken')
  expect(verifyAudit(db, marks[3], 100).broken?.why).toMatch('no longer kept')
})

it('shows that its front was cut off, whoever moved its beginning', () => {
  const { db, marks } = log(20)
  db.prepare('UPDATE audit_base SET sequence = 5, hash = ?').run(marks[4].hash)
  db.exec('DROP TRIGGER audit_is_not_cut; DELETE FROM audit WHERE sequence <= 5')
  expect(verifyAudit(db).broken).toMatchObject({ sequence: 6 })
})
