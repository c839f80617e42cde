import { describe, expect, it } from 'vitest'
import { inputHeight, lookAt, nameOf, sizeNamed, sizesFor } from '../../scripts/eval/input-size.ts'
import { fitPicture } from '../../src/vision/fit.ts'
import { readManifest } from '../../src/vision/manifest.ts'

const fixed = readManifest('yolox-nano')
const dynamic = readManifest('yunet-n')

describe('the input size of an evaluation', () => {
  it.each([
    [1920, 1080],
    [768, 576],
    [1224, 370],
    [480, 640],
    [501, 373],
  ])('holds a picture of %i×%i in 640x384, and no more of it would fit', (width, height) => {
    const size = { width: 640, height: 384 }
    const fit = fitPicture(dynamic.input.size, { width, height }, lookAt(size, { width, height }))
    expect(fit.width).toBeLessThanOrEqual(640)
    expect(fit.height).toBeLessThanOrEqual(384)
    expect(Math.max(fit.usedWidth / 640, fit.usedHeight / 384)).toBeGreaterThan(0.99)
  })

  it('is one and only one for a fixed input', () => {
    expect(sizesFor(fixed, [])).toEqual(['own'])
    expect(sizesFor(fixed, [sizeNamed('416x416')])).toEqual(['own'])
    expect(sizesFor(fixed, [sizeNamed('own')])).toEqual(['own'])
    expect(() => sizesFor(fixed, [sizeNamed('640x384')])).toThrow('fixed input of 416x416')
    expect(nameOf('own', fixed)).toBe('416x416')
  })

  it('is several for others', () => {
    expect(sizesFor(dynamic, []).map((size) => nameOf(size))).toEqual(['416x256', '640x384', '960x544'])
    expect(sizesFor(dynamic, [{ longSide: 800 }])).toEqual([{ longSide: 800 }])
    expect(nameOf(sizeNamed('own'), dynamic)).toBe('long side 640')
  })

  it('tells how high the picture is in it', () => {
    const picture = { width: 768, height: 576 }
    expect(inputHeight('own', picture, fixed)).toBeCloseTo(312)
    expect(inputHeight({ width: 640, height: 384 }, picture, dynamic)).toBeCloseTo(384)
    expect(inputHeight({ longSide: 384 }, picture)).toBeCloseTo(288)
    expect(inputHeight('own', picture)).toBe(576)
  })

  it.each(['640', '640x', 'x384', '640x384x3', '16x16', '9999x384'])('refuses %s', (text) => {
    expect(() => sizeNamed(text)).toThrow('--size')
  })
})
