import { expect, it } from 'vitest'
import { cardWithFigures } from '../../scripts/accuracy/card.ts'
import { builtIn as sample } from './sample.ts'

const marks = ['<!-- figures: written by `npm run docs:accuracy` -->', '<!-- end of figures -->']

it('gets its figures between the marks; what people wrote around them stays', () => {
  const card = `# A card\n\n${marks[0]}\nold figures\n${marks[1]}\n\nThe rest.\n`
  const written = cardWithFigures(card, [sample])
  expect(written).toMatch(/^# A card\n\n<!-- figures/)
  expect(written).toMatch(/<!-- end of figures -->\n\nThe rest\.\n$/)
  expect(written).not.toContain('old figures')
  expect(written).toContain(`| ${sample.model} |`)
  expect(cardWithFigures(written, [sample])).toBe(written)
})

it('is refused without its marks, so that no figures are lost', () => {
  expect(() => cardWithFigures('# A card\n', [sample])).toThrow('the card needs the lines')
})
