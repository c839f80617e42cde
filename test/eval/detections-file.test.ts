import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readDetections } from '../../scripts/eval/detections-file.ts'

function file(...lines: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'skyeye-detections-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'found.jsonl')
  writeFileSync(path, lines.join('\n'))
  return path
}

const box = { label: 'person', confidence: 0.5, x1: 0.1, y1: 0.2, x2: 0.3, y2: 0.4 }

describe('detections of another program', () => {
  it('are read by frame or file', () => {
    const path = file(
      JSON.stringify({ set: 'PETS09-S2L1', frame: 7, boxes: [box] }),
      '',
      JSON.stringify({ set: 'traffic', file: 'atl_0.jpg', boxes: [] }),
    )
    const { label, confidence, ...corners } = box
    expect(readDetections(path)).toEqual([
      { set: 'PETS09-S2L1', key: '7', found: [{ label, confidence, box: corners }] },
      { set: 'traffic', key: 'atl_0.jpg', found: [] },
    ])
  })

  it.each([
    ['{', 'is no JSON'],
    ['null', 'names no set'],
    ['{"set":"voc","boxes":[]}', 'neither frame nor file'],
    ['{"set":"voc","file":"a"}', 'has no boxes'],
    [JSON.stringify({ set: 'voc', file: 'a', boxes: [{ ...box, label: 'dog' }] }), 'label dog'],
    [JSON.stringify({ set: 'voc', file: 'a', boxes: [{ ...box, x1: 'left' }] }), 'needs numbers'],
    [JSON.stringify({ set: 'voc', file: 'a', boxes: [{ ...box, x1: 0.3 }] }), 'empty box'],
    ['{"set":"voc","file":"a","boxes":[null]}', 'label undefined'],
  ])('are refused with the line that is wrong: %s', (line, why) => {
    const path = file('{"set":"voc","file":"a","boxes":[]}', line)
    expect(() => readDetections(path)).toThrow(why)
    expect(() => readDetections(path)).toThrow('found.jsonl:2 ')
  })
})
