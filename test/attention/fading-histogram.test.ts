/** Quantiles of what was added lately. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FadingHistogram } from '../../src/attention/fading-histogram.ts'

test('its quantiles are those of the values, to a cell', () => {
  const value = fc.double({ min: -3.9, max: 3.9, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 80 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (values, share) => {
        const histogram = new FadingHistogram(-4, 1 / 16, 128, 1e9)
        for (const each of values) histogram.add(each, 10)
        const sorted = values.toSorted((a, b) => a - b)
        const expected = sorted[Math.max(0, Math.ceil(share * values.length - 1e-6) - 1)]!
        expect(Math.abs(histogram.quantile(share) - expected)).toBeLessThanOrEqual(1 / 16 + 1e-6)
      },
    ),
  )
})

test('what is four memories old counts no more, however long it had lasted', () => {
  const histogram = new FadingHistogram(0, 1, 16, 1_000)
  for (let n = 0; n < 100_000; n++) histogram.add(3.5, 40)
  for (let n = 0; n < 100; n++) histogram.add(9.5, 40)
  expect(Math.floor(histogram.quantile(0.05))).toBe(9)
})

test('what lies outside counts at its ends', () => {
  const histogram = new FadingHistogram(0, 1, 4, 1_000)
  expect(histogram.quantile(0.5)).toBeNaN()
  histogram.add(-100, 1)
  histogram.add(100, 1)
  expect(histogram.quantile(0.25)).toBeLessThanOrEqual(1)
  expect(histogram.quantile(0.9)).toBeGreaterThanOrEqual(3)
})
