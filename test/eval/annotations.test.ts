import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { faceViews, lineViews, motTruths, motViews, yoloTruths } from '../../scripts/eval/annotations.ts'

function folder(files: Record<string, string>): string {
  const path = mkdtempSync(join(tmpdir(), 'skyeye-annotations-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  return path
}

describe('annotations of a MOT sequence', () => {
  const size = { width: 200, height: 100 }

  it('count people that are visible by a quarter, ignore what looks like people, and skip the rest', () => {
    const text = [
      '1,1,20,10,40,50,1,1,0.25',
      '1,2,20,10,40,50,1,1,0.24',
      '1,3,0,0,20,10,0,8,1',
      '1,4,0,0,20,10,0,3,1',
    ]
    const truths = motTruths(text.join('\n'), size).get(1) ?? []
    expect(truths.map(({ ignore }) => ignore)).toEqual([false, true, true])
    const box = { x1: 0.1, y1: 0.1, x2: 0.3, y2: 0.6 }
    expect(truths[0]).toEqual({ label: 'person', ignore: false, box, id: 1 })
  })

  it('count every row where there are no classes', () => {
    const truths = motTruths('3,9,20,10,40,50,0,-1,-1,-1\n', size)
    expect(truths.get(3)).toMatchObject([{ ignore: false }])
  })

  it('have a view for frames without anybody too', () => {
    const seqinfo = '[Sequence]\nseqLength=3\nimWidth=200\nimHeight=100\n'
    const views = motViews(folder({ 'seqinfo.ini': seqinfo, 'gt.txt': '2,1,20,10,40,50,1,-1,-1,-1\n' }))
    expect(views.map(({ key, truths }) => [key, truths.length])).toEqual([
      ['1', 0],
      ['2', 1],
      ['3', 0],
    ])
  })
})

describe('annotations of pictures', () => {
  it('are read from lines, with what each labels exhaustively', () => {
    const box = { class: 'vehicle', x: 10, y: 20, w: 30, h: 40 }
    const lines = [
      { file: 'a.jpg', width: 101, height: 100, boxes: [box], labelled: ['vehicle'] },
      { file: 'b.jpg', width: 100, height: 100, boxes: [{ ...box, ignore: true }] },
    ]
    const path = folder({ 'labels.jsonl': lines.map((line) => JSON.stringify(line)).join('\n') })
    const [a, b] = lineViews(path, ['vehicle', 'person'])
    // Pictures are cut to even sides, and shares are of what is left.
    expect(a).toMatchObject({ key: 'a.jpg', width: 100, labelled: ['vehicle'] })
    expect(a.truths).toEqual([
      { label: 'vehicle', ignore: false, box: { x1: 0.1, y1: 0.2, x2: 0.4, y2: 0.6 } },
    ])
    expect(b).toMatchObject({ labelled: ['vehicle', 'person'], truths: [{ ignore: true }] })
  })

  it('are read from lists of faces, where those that are too small are ignored', () => {
    const faces = [
      [10, 10, 30, 30],
      [50, 10, 80, 29],
    ]
    const entry = { image: 'c.jpg', width: 100, height: 100, faces, ignore: [[0, 0, 5, 5]] }
    const [view] = faceViews(folder({ 'faces.json': JSON.stringify([entry]) }), 20)
    expect(view.truths.map(({ ignore }) => ignore)).toEqual([false, true, true])
  })

  it('are read from YOLO text: cars and buses are vehicles, trains are ignored, birds are nothing', () => {
    const classes = ['car', 'bird', 'train', 'bicycle']
    const text = '0 0.5 0.5 0.2 0.4\n1 0.5 0.5 0.2 0.4\n2 0.5 0.5 0.2 0.4\n3 0.5 0.5 0.2 0.4\n'
    const truths = yoloTruths(text, classes, { width: 100, height: 100 })
    expect(truths.map(({ label, ignore }) => [label, ignore])).toEqual([
      ['vehicle', false],
      ['vehicle', true],
      ['two-wheeler', false],
    ])
    expect(truths[0].box).toEqual({ x1: 0.4, y1: 0.3, x2: 0.6, y2: 0.7 })
  })
})
