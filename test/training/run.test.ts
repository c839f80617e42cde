/** The one command of training says what it is and what it lacks before it installs or writes anything. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const command = join(import.meta.dirname, '../../models/training/run')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'training-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const run = (...words: string[]) =>
  spawnSync(command, words, {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, SKYEYE_TRAINING: join(folder, 'train') },
  })

describe('models/training/run', () => {
  it('explains itself', () => {
    const { status, stdout } = run('--help')
    expect(status).toBe(0)
    for (const word of ['--steps', '--out', 'SKYEYE_TRAINING', 'voc2007']) expect(stdout).toContain(word)
  })

  it('names the first set that is not there', () => {
    mkdirSync(join(folder, 'train/voc2007'), { recursive: true })
    writeFileSync(join(folder, 'train/voc2007/labels.jsonl'), '')
    const { status, stderr } = run()
    expect(status).toBe(1)
    expect(stderr).toContain(join(folder, 'train/coco256/labels.jsonl'))
    expect(stderr).toContain('SKYEYE_TRAINING')
    expect(readdirSync(folder)).toEqual(['train'])
  })

  it('gives --data and --labels itself', () => {
    const { status, stderr } = run('--data', 'elsewhere')
    expect(status).toBe(2)
    expect(stderr).toContain('--data')
  })
})
