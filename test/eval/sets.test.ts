import { describe, expect, it } from 'vitest'
import { chosenSets, evalSets, missing } from '../../scripts/eval/sets.ts'

const [absent] = evalSets.flatMap((set) => missing(set) ?? [])

describe.skipIf(absent)(`the evaluation sets${absent ? `, skipped as ${absent} is not there` : ''}`, () => {
  it('hold what their description says', async () => {
    const counts = await Promise.all(
      evalSets.map(async (set) => {
        const truths = (await set.views()).flatMap((view) => view.truths).filter(({ ignore }) => !ignore)
        const of = (label: string) => truths.filter((truth) => truth.label === label).length
        return [set.name, of('person'), of('two-wheeler'), of('vehicle'), of('face')]
      }),
    )
    const described = counts.filter(([name]) => !['MOT16-09', 'faces_crowd'].includes(String(name)))
    expect(described.slice(3)).toEqual([
      ['traffic', 0, 16, 1195, 0],
      ['voc', 216, 49, 95, 0],
      ['coco128_val', 350, 16, 39, 0],
      ['faces_cctv', 0, 0, 0, 32],
      ['dlib_faces', 0, 0, 0, 43],
    ])
    for (const [, people] of described.slice(0, 3)) expect(people).toBeGreaterThan(500)
  })

  it.each(evalSets.map((set) => [set.name, set] as const))(
    'give pictures of the size that %s tells of, in the order of its views',
    async (_, set) => {
      const views = await set.views()
      const step = Math.ceil(views.length / 2)
      const shown = await Array.fromAsync(set.pictures(views, step))
      expect(shown.map(({ view }) => view)).toEqual(views.filter((_, i) => i % step === 0))
      for (const { view, picture } of shown) {
        expect([picture.width, picture.height]).toEqual([view.width, view.height])
      }
    },
    30_000,
  )

  it('are all those that label what a model finds, or just those that are named', () => {
    const names = (labels: Parameters<typeof chosenSets>[1], named: string[] = []) =>
      chosenSets(named, labels, () => {}).map(({ name }) => name)
    expect(names(['face'])).toEqual(['faces_cctv', 'faces_crowd', 'dlib_faces'])
    expect(names(['vehicle'])).toEqual(['traffic', 'voc', 'coco128_val'])
    expect(names(['vehicle'], ['voc'])).toEqual(['voc'])
  })
})
