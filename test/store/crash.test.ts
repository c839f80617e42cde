/** Killed in the middle of saving, again and again: every acknowledged save is there, whole and numbered. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { expect, it } from 'vitest'
import { temporaryFolder } from './opened.ts'

const rounds = 6

/** Runs the child until it has acknowledged so many saves, kills it, and returns all that it acknowledged. */
async function killAfter(dir: string, saves: number): Promise<string[]> {
  const script = fileURLToPath(new URL('./crash-child.ts', import.meta.url))
  const child = spawn(process.execPath, [script, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const acknowledged: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line)
    if (acknowledged.length === saves) child.kill('SIGKILL')
  }
  expect(await ended).toEqual([null, 'SIGKILL'])
  return acknowledged
}

function numbersOf(db: Sqlite.Database, kind: string): number[] {
  return db
    .prepare('SELECT sequence FROM outbox WHERE class = ? ORDER BY row_id')
    .pluck()
    .all(kind) as number[]
}

it('loses nothing that was acknowledged and leaves no gap in the numbers', async () => {
  const dir = temporaryFolder()
  const acknowledged: string[] = []
  for (let round = 0; round < rounds; round++) {
    acknowledged.push(...(await killAfter(dir, 1 + Math.floor(Math.random() * 150))))
    const db = new Sqlite(join(dir, 'skyeye.db'))
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    const saved = db
      .prepare("SELECT alert || ' ' || sequence FROM outbox WHERE class = 'alert'")
      .pluck()
      .all()
    const known = new Set(saved as string[])
    expect(acknowledged.filter((line) => !known.has(line))).toEqual([])
    for (const kind of ['alert', 'snapshot']) {
      const numbers = numbersOf(db, kind)
      expect(numbers).toEqual(numbers.map((_, i) => i + 1))
    }
    const files = db.prepare('SELECT file, bytes FROM snapshots').all() as { file: string; bytes: number }[]
    for (const { file, bytes } of files) {
      expect(readFileSync(join(dir, 'snapshots', file)).byteLength).toBe(bytes)
    }
    db.close()
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(rounds)
})
