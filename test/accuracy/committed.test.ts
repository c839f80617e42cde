import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cardWithFigures } from '../../scripts/accuracy/card.ts'
import { chapterTexts, pageOf } from '../../scripts/accuracy/page.ts'
import { printed, storedAccuracies } from '../../scripts/accuracy/results.ts'
import { summaries } from '../../scripts/accuracy/summary.ts'
import { root } from '../../scripts/performance/results.ts'

const read = (path: string) => readFile(join(root, path), 'utf8')

it('the page, its picture and the figures of catalogue and model card are what the stored results make (npm run docs:accuracy -- --render)', async () => {
  const accuracies = await storedAccuracies()
  expect(accuracies.length).toBeGreaterThan(0)
  const { text, chart } = pageOf(accuracies, await chapterTexts())
  expect(await read('docs/accuracy.md')).toBe(text)
  expect(await read('docs/accuracy.svg')).toBe(chart)
  const card = await read('models/skyeye-nano.md')
  expect(card).toBe(cardWithFigures(card, accuracies))
  expect(await read('models/accuracy.json')).toBe(`${printed(summaries(accuracies))}\n`)
})
