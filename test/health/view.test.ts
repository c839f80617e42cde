import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Luma } from '../../src/domain/luma.ts'
import { View } from '../../src/health/view.ts'
import * as pictures from './pictures.ts'

const learnedS = 40

type Show = (second: number) => Luma

/** Faults after each second. */
function watch(view: View, show: Show, from: number, seconds: number): string[][] {
  return Array.from({ length: seconds }, (_, i) => {
    view.see(show(from + i), (from + i) * 1_000)
    return [...view.faults]
  })
}

function learned(show: Show = pictures.healthy): View {
  const view = new View()
  expect(watch(view, show, 0, learnedS).flat()).toEqual([])
  return view
}

describe('what is wrong with a view', () => {
  it.each([
    ['dark', pictures.dark],
    ['bright', pictures.bright],
    ['bright', pictures.glare],
    ['covered', pictures.covered],
    ['covered', pictures.paper],
    ['blurred', pictures.blurred],
    ['blurred', pictures.smooth],
    ['frozen', pictures.frozen],
    ['corrupted', pictures.greyBelow],
    ['corrupted', pictures.smeared],
    ['moved', pictures.shifted(8, 0)],
    ['moved', pictures.elsewhere],
  ])('%s is found within 10 s, alone, and is over soon after all is well again', (fault, show) => {
    const view = learned()
    const found = watch(view, show, learnedS, 20)
    expect(found.findIndex((faults) => faults.length > 0)).toBeLessThanOrEqual(10)
    expect(new Set(found.flat())).toEqual(new Set([fault]))
    expect(watch(view, pictures.healthy, learnedS + 20, 12).at(-1)).toEqual([])
  })

  it.each([
    ['less light', pictures.dim],
    ['the wind', (second: number) => pictures.shifted(second % 3, 0)(second)],
    ['somebody who walks about', pictures.visited],
    ['a single dark picture', (second: number) => (second === 50 ? pictures.dark : pictures.healthy)(second)],
  ])('is nothing with %s', (_, show) => {
    expect(watch(learned(), show, learnedS, 60).flat()).toEqual([])
  })

  it('is frozen where a clock in the picture stands still, although coding left no noise before and settles after', () => {
    const view = new View()
    expect(watch(view, pictures.clocked(90), 0, 90).flat()).toEqual([])
    expect(watch(view, pictures.clocked(90), 90, 10).at(-1)).toEqual(['frozen'])
  })

  it.each([40, 41, 42, 43])(
    'is nothing with a view that drifts by less than a shift, from second %i on',
    (from) => {
      expect(watch(new View(), pictures.drifting(from), 0, 100).flat()).toEqual([])
    },
  )

  it('finds a shift of a view in which few things stay', () => {
    const view = learned(pictures.sparse(0))
    expect(watch(view, pictures.sparse(9), learnedS, 10).at(-1)).toEqual(['moved'])
  })

  it('says by how much it moved', () => {
    const view = learned()
    watch(view, pictures.shifted(20, -9), learnedS, 12)
    expect(view.shift?.dx).toBeCloseTo(20 / pictures.width, 2)
    expect(view.shift?.dy).toBeCloseTo(-9 / pictures.height, 2)
  })

  it('finds a shift although masks stay where they are', () => {
    const view = learned(pictures.masked(pictures.healthy))
    expect(watch(view, pictures.masked(pictures.shifted(10, 0)), learnedS, 12).at(-1)).toEqual(['moved'])
  })

  it('remembers the view when the stream begins anew, at another time', () => {
    const view = learned()
    view.begin()
    expect(watch(view, pictures.shifted(8, 0), 0, 12).at(-1)).toEqual(['moved'])
  })

  it('does not call a camera frozen that was as still from the beginning', () => {
    expect(watch(new View(), pictures.frozen, 0, 120).flat()).toEqual([])
  })
})

describe('whether it may be another view', () => {
  it('is open while most of it is hidden, and after that until its reference is found', () => {
    const view = learned()
    watch(view, pictures.covered, learnedS, 20)
    expect(view.seemsMoved).toBe(true)
    watch(view, pictures.healthy, learnedS + 20, 2)
    expect(view.seemsMoved).toBe(false)
  })

  it('is open where hardly any of its reference is left in the picture', () => {
    const view = learned()
    const tilted = pictures.shifted(0, 0.8 * pictures.height)
    const cut = (second: number) => {
      const luma = tilted(second)
      luma.pixels.fill(150, 0, 0.8 * pictures.height * pictures.width)
      return luma
    }
    for (let second = 0; second < 120; second++) {
      view.see(cut(learnedS + second), (learnedS + second) * 1_000)
      expect(view.seemsMoved).toBe(true)
    }
  })

  it.each([
    ['a third view', pictures.third],
    ['something in front of it', pictures.covered],
    ['the dark', pictures.dark],
    ['a plain wall', pictures.paper],
  ])('is open as long as a reference of an earlier day is not found, here with %s', (_, show) => {
    const view = new View(structuredClone(learned().outline))
    expect(view.seemsMoved).toBe(true)
    watch(view, show, 0, 60)
    expect(view.seemsMoved).toBe(true)
    watch(view, pictures.healthy, 60, 2)
    expect(view.seemsMoved).toBe(false)
  })

  it('is not while it is dark, nor beside a view in which too little stays to tell', () => {
    const view = learned()
    watch(view, pictures.dark, learnedS, 60)
    expect(view.seemsMoved).toBe(false)
    const plain = new View()
    watch(plain, pictures.paper, 0, 60)
    expect(plain.seemsMoved).toBe(false)
  })
})

describe('with pictures of another size', () => {
  const cut = (show: Show) => (second: number) => {
    const { width, pixels } = show(second)
    return { width, height: 100, pixels: pixels.subarray(0, 100 * width) }
  }
  const half = (show: Show) => (second: number) => {
    const { width, height, pixels } = show(second)
    const small = Uint8Array.from({ length: (width / 2) * (height / 2) }, (_, i) => {
      const at = 2 * (i % (width / 2)) + 2 * width * Math.floor(i / (width / 2))
      return (pixels[at] + pixels[at + 1] + pixels[at + width] + pixels[at + width + 1]) / 4
    })
    return { width: width / 2, height: height / 2, pixels: small }
  }

  it.each([
    ['at once', () => learned()],
    ['after a restart', () => new View(structuredClone(learned().outline))],
  ])('has moved where their shape is another, %s, until it is confirmed', (_, start) => {
    const view = start()
    watch(view, cut(pictures.healthy), learnedS, 1)
    expect(view.seemsMoved).toBe(true)
    expect(watch(view, cut(pictures.healthy), learnedS + 1, 200).at(-1)).toEqual(['moved'])
    view.confirm()
    expect(watch(view, cut(pictures.healthy), learnedS + 201, 40).flat()).toEqual([])
    expect(view.seemsMoved).toBe(false)
    expect(view.outline?.height).toBe(100)
  })

  it('knows its reference where only the scale is another', () => {
    const view = learned()
    expect(watch(view, half(pictures.healthy), learnedS, 30).flat()).toEqual([])
    expect(view.seemsMoved).toBe(false)
    expect(watch(view, half(pictures.shifted(16, 0)), learnedS + 30, 12).at(-1)).toEqual(['moved'])
  })

  it('is as before once they have the old size again', () => {
    const view = learned()
    watch(view, cut(pictures.healthy), learnedS, 30)
    expect(watch(view, pictures.healthy, learnedS + 30, 20).at(-1)).toEqual([])
    expect(view.seemsMoved).toBe(false)
  })
})

describe('a view that creeps', () => {
  /** Each quarter of an hour it lies elsewhere, and its reference has followed. Is it moved? */
  const creep = (view: View, places: readonly number[], from = 0) =>
    places.map((dx, i) => {
      const second = from + (i + 1) * 900
      return watch(view, pictures.shifted(dx, 0), second, 15).at(-1)?.includes('moved')
    })

  it.each([1, -1])(
    'has moved once it has done so by a shift, pixel by pixel, and says by how much',
    (step) => {
      const view = learned()
      const found = creep(
        view,
        Array.from({ length: 10 }, (_, i) => (i + 1) * step),
      )
      expect(found.slice(0, 4)).toEqual(Array(4).fill(false))
      expect(found.at(-1)).toBe(true)
      expect(Math.abs((view.shift?.dx ?? 0) * pictures.width - 10 * step)).toBeLessThanOrEqual(1.5)
    },
  )

  it('has also where the gateway was restarted meanwhile', () => {
    const before = learned()
    expect(creep(before, [1, 2, 3, 4])).toEqual(Array(4).fill(false))
    const view = new View(structuredClone(before.outline))
    watch(view, pictures.shifted(4, 0), 0, 10)
    expect(creep(view, [5, 6, 7, 8, 9]).at(-1)).toBe(true)
  })

  it('has not where it comes back again and again', () => {
    const places = [1, 2, 1, 0, -1, -2, -1, 0, 1, 2, 3, 2, 1, 0]
    expect(creep(learned(), places)).toEqual(places.map(() => false))
  })

  it('begins anew with what was confirmed', () => {
    const view = learned()
    creep(view, [1, 2, 3, 4])
    view.confirm()
    watch(view, pictures.shifted(4, 0), 4_000, 20)
    expect(creep(view, [5, 6, 7, 8], 4_000)).toEqual(Array(4).fill(false))
  })
})

it('tells of each corrupted picture at once, and learns nothing from it', () => {
  const view = learned()
  expect(view.see(pictures.greyBelow(50), 50_000)).toBe(true)
  expect(view.see(pictures.healthy(50), 50_200)).toBe(false)
  expect(view.faults).toEqual([])
})

it('bears any pictures at any times', () => {
  const shows = [pictures.healthy, pictures.dark, pictures.frozen, pictures.smeared, pictures.elsewhere].map(
    (show) => show(1),
  )
  const size = fc.constantFrom([1, 1], [3, 200], [20, 20], [256, 4])
  const blank = size.map(([width, height]) => ({ width, height, pixels: new Uint8Array(width * height) }))
  const step = fc.record({
    luma: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...shows) }, blank),
    timeMs: fc.double({ min: -1e15, max: 1e15, noNaN: true }),
    begins: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const view = new View()
      for (const { luma, timeMs, begins } of steps) {
        if (begins) view.begin()
        view.see(luma, timeMs)
        expect(new Set(view.faults).size).toBe(view.faults.length)
      }
    }),
    { numRuns: 60 },
  )
})
