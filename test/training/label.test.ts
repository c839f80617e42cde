import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { complete } from '../../models/training/label.ts'
import type { LabelLine } from '../../models/training/label-lines.ts'
import { readPicture } from '../../models/training/picture.ts'
import { agree, type Finding, openTeachers } from '../../models/training/teachers.ts'
import type { Label } from '../../src/domain/detection.ts'

const seen = (x1: number, confidence: number, label: Label = 'person') => ({
  label,
  confidence,
  box: { x1, y1: 0.2, x2: x1 + 0.2, y2: 0.6 },
})

describe('several looks at a picture', () => {
  it('agree on a thing that at least two of them see: the mean of the best two counts', () => {
    const [both, ...others] = agree([[seen(0.1, 0.9)], [seen(0.12, 0.5)], [seen(0.11, 0.3)]])
    expect(others).toEqual([])
    expect(both.score).toBeCloseTo(0.7)
    expect(both.box.x1).toBeGreaterThan(0.1)
    expect(both.box.x1).toBeLessThan(0.12)
  })

  it('vouch only half for what a single one sees, and not for each other across classes', () => {
    const found = agree([[seen(0.1, 0.8, 'vehicle')], [seen(0.1, 0.6, 'two-wheeler')], []])
    expect(found.map((one) => [one.class, one.score])).toEqual([
      ['vehicle', 0.4],
      ['two-wheeler', 0.3],
    ])
  })

  it('do not count one look twice', () => {
    const [only] = agree([[seen(0.1, 0.8), seen(0.11, 0.7)]])
    expect(only.score).toBeCloseTo(0.4)
  })
})

describe('a line of labels', () => {
  const line: LabelLine = {
    file: 'a.jpg',
    width: 400,
    height: 200,
    boxes: [{ class: 'vehicle', x: 40, y: 40, w: 80, h: 80 }],
    labelled: ['face'],
  }
  const finding = (one: Finding['class'], x1: number, score: number): Finding => ({
    class: one,
    score,
    box: { x1, y1: 0.2, x2: x1 + 0.2, y2: 0.6 },
  })

  it('gets the classes it lacks, marked, and keeps what people drew', () => {
    const done = complete('streets', line, [finding('person', 0.5, 0.9), finding('face', 0.5, 0.99)])
    expect(done.boxes).toEqual([
      line.boxes[0],
      { class: 'person', x: 200, y: 40, w: 80, h: 80, pseudo: true, score: 0.9 },
    ])
    expect(done.labelled).toEqual(['face', 'person', 'two-wheeler', 'vehicle'])
    expect(done.pseudo).toEqual(['person', 'two-wheeler', 'vehicle'])
  })

  it('ignores middling findings, drops weak ones and those that people drew already', () => {
    const done = complete('streets', line, [
      finding('vehicle', 0.1, 0.95),
      finding('vehicle', 0.5, 0.3),
      finding('vehicle', 0.7, 0.1),
    ])
    expect(done.boxes.slice(1)).toEqual([
      { class: 'vehicle', x: 200, y: 40, w: 80, h: 80, ignore: true, pseudo: true, score: 0.3 },
    ])
  })

  it('ignores what lies within a human box of the class: a part, or one of a group', () => {
    const small = { class: 'vehicle' as const, score: 0.9, box: { x1: 0.12, y1: 0.25, x2: 0.2, y2: 0.4 } }
    expect(complete('streets', line, [small]).boxes[1]).toMatchObject({ ignore: true })
  })

  it('ignores, as a person, what surrounds a known face that no person was found for', () => {
    const face = { class: 'face' as const, x: 100, y: 50, w: 20, h: 20 }
    const faces = { ...line, boxes: [face] }
    expect(complete('streets', faces, []).boxes).toEqual([
      face,
      { class: 'person', x: 80, y: 42, w: 60, h: 138, ignore: true, pseudo: true },
    ])
    const found = { class: 'person' as const, score: 0.9, box: { x1: 0.2, y1: 0.2, x2: 0.4, y2: 0.9 } }
    expect(complete('streets', faces, [found]).boxes).toHaveLength(2)
  })

  it('does not claim that every person of a crowd of faces has a box; the boxes stay', () => {
    const person = finding('person', 0.5, 0.9)
    const done = complete('facemask', line, [person])
    expect(done.labelled).toEqual(['face', 'two-wheeler', 'vehicle'])
    expect(done.pseudo).toEqual(['two-wheeler', 'vehicle'])
    expect(done.boxes).toEqual(complete('streets', line, [person]).boxes)
  })

  it('stays as it is where nothing is lacking', () => {
    const whole: LabelLine = {
      ...line,
      labelled: ['face', 'person', 'two-wheeler', 'vehicle'],
      pseudo: ['face'],
    }
    expect(complete('streets', whole, [finding('person', 0.5, 0.9)])).toBe(whole)
  })
})

const shared = join(import.meta.dirname, '../../../shared')
describe.skipIf(!existsSync(join(shared, 'models')) || !existsSync(join(shared, 'train')))(
  'the public models as teachers (skipped without the weights and pictures in ../shared)',
  () => {
    it('find a wide-open scene of COCO as people drew it', async () => {
      const teachers = await openTeachers(['person'], join(shared, 'models'))
      const picture = await readPicture(join(shared, 'train/tinycoco/images/000000005802.jpg'))
      const found = await teachers.look(picture)
      await teachers.close()
      expect(found.every((one) => one.class === 'person')).toBe(true)
      expect(found.filter(({ score }) => score > 0.55).length).toBeGreaterThanOrEqual(2)
    })
  },
)
