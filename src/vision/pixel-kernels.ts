/**
 * The inner loops of the letterbox as WebAssembly SIMD: JavaScript needs 14 ns for a pixel, these 4. Rows and columns are
 * chosen outside; everything here is a straight loop over one row.
 */
import {
  type Code,
  f32x4,
  get,
  i8x16,
  i16x8,
  i32,
  i32x4,
  instantiate,
  kernel,
  loop,
  type Memory,
  set,
  v128,
} from './assembler.ts'

/** Weight of a whole pixel between rows (times 255 it still fits 15 bits) and between columns. */
export const rowUnit = 128
export const columnUnit = 256

/** ITU-R BT.601, video range: R, G, B = 1.164 (Y − 16) + … */
const lumaGain = 1.164384
/** Chroma coefficients are whole numbers of this unit. */
const chromaUnit = 8_192
const chroma = {
  red: [0, 1.596027],
  green: [-0.391762, -0.812968],
  blue: [2.017232, 0],
} as const

/** Two rows of bytes become their weighted sum in 16 bits, 16 pixels a step; up to 15 more are read and written. */
const blend = kernel(
  'blend',
  { upper: 'i32', lower: 'i32', lowerWeight: 'i32', out: 'i32', count: 'i32' },
  { up: 'v128', down: 'v128', a: 'v128', b: 'v128' },
  ({ upper, lower, lowerWeight, out, count, up, down, a, b }) => {
    const sum = (multiply: typeof i16x8.multiplyLowBytes) =>
      i16x8.add(multiply(get(a), get(up)), multiply(get(b), get(down)))
    return [
      set(up, i8x16.splat(i32.sub(i32.of(rowUnit), get(lowerWeight)))),
      set(down, i8x16.splat(get(lowerWeight))),
      loop(
        [
          set(a, v128.load(get(upper))),
          set(b, v128.load(get(lower))),
          v128.store(get(out), sum(i16x8.multiplyLowBytes)),
          v128.store(get(out), sum(i16x8.multiplyHighBytes), 16),
          set(upper, i32.add(get(upper), i32.of(16))),
          set(lower, i32.add(get(lower), i32.of(16))),
          set(out, i32.add(get(out), i32.of(32))),
          set(count, i32.sub(get(count), i32.of(16))),
        ],
        i32.lessThan(i32.of(0), get(count)),
      ),
    ]
  },
)

const firstHalves = [0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23]
const secondHalves = firstHalves.map((byte) => byte + 8)

/** A row of U and one of V become pairs of signed 16-bit numbers around 0, 8 a step; up to 7 more are read and written. */
const pair = kernel(
  'pair',
  { u: 'i32', v: 'i32', out: 'i32', count: 'i32' },
  { middle: 'v128', us: 'v128', vs: 'v128' },
  ({ u, v, out, count, middle, us, vs }) => [
    set(middle, i16x8.splat(i32.of(128))),
    loop(
      [
        set(us, i16x8.sub(v128.loadBytes(get(u)), get(middle))),
        set(vs, i16x8.sub(v128.loadBytes(get(v)), get(middle))),
        v128.store(get(out), v128.shuffle(firstHalves, get(us), get(vs))),
        v128.store(get(out), v128.shuffle(secondHalves, get(us), get(vs)), 16),
        set(u, i32.add(get(u), i32.of(8))),
        set(v, i32.add(get(v), i32.of(8))),
        set(out, i32.add(get(out), i32.of(32))),
        set(count, i32.sub(get(count), i32.of(8))),
      ],
      i32.lessThan(i32.of(0), get(count)),
    ),
  ],
)

/** A vector whose four pairs of 16-bit lanes are all (first, second). */
const pairs = ([first, second]: readonly [number, number]): Code => {
  const whole = (value: number) => Math.round(value * chromaUnit)
  return i32x4.splat(i32.of((whole(first) & 0xffff) | (whole(second) << 16)))
}

const real = (value: number): Code => {
  const bytes = new Uint8Array(Float32Array.of(value).buffer)
  return f32x4.splat([0x43, ...bytes])
}

/** Four 32-bit lanes from `base` plus the four offsets that lie `bytes` behind `table`. */
const gather = (base: Code, table: Code, bytes = 0): Code =>
  [0, 1, 2, 3].reduce<Code>(
    (vector, lane) => v128.loadLane(lane, i32.add(base, i32.load(table, bytes + lane * 4)), vector),
    i32x4.splat(i32.of(0)),
  )

/**
 * One row of tensor pixels, four a step. `columns` points at three tables of 32-bit numbers, `count` bytes each: offset of the left pixel in the blended row, weights of left and right pixel (16 bits each), offset of the chroma pair.
 * A count that is no multiple of four (never below four) ends with a step that overlaps the one before. `red`, `green` and
 * `blue` are where the row begins in each plane; a value becomes value × gain + shift of its channel.
 */
const convert = kernel(
  'convert',
  {
    blended: 'i32',
    chromas: 'i32',
    columns: 'i32',
    count: 'i32',
    red: 'i32',
    green: 'i32',
    blue: 'i32',
    redGain: 'f32',
    redShift: 'f32',
    greenGain: 'f32',
    greenShift: 'f32',
    blueGain: 'f32',
    blueShift: 'f32',
  },
  { at: 'i32', last: 'i32', step: 'i32', lumas: 'v128', uv: 'v128' },
  (names) => {
    const { blended, chromas, columns, count, at, last, step, lumas, uv } = names
    const table = (number: number) =>
      [columns, ...Array(number).fill(count)].reduce<Code>(
        (sum, local, i) => (i === 0 ? get(local) : i32.add(sum, get(local))),
        [],
      )
    const paint = (colour: 'red' | 'green' | 'blue') => {
      const difference = f32x4.fromIntegers(i32x4.dot(get(uv), pairs(chroma[colour])))
      const value = f32x4.add(get(lumas), f32x4.multiply(difference, real(1 / chromaUnit)))
      const level = f32x4.atLeast(real(0), f32x4.atMost(real(255), value))
      const scaled = f32x4.multiply(level, f32x4.splat(get(names[`${colour}Gain`])))
      const shifted = f32x4.add(scaled, f32x4.splat(get(names[`${colour}Shift`])))
      return v128.store(i32.add(get(names[colour]), get(at)), shifted)
    }
    const sums = i32x4.dot(
      gather(get(blended), i32.add(table(0), get(at))),
      v128.load(i32.add(table(1), get(at))),
    )
    const gain = real(lumaGain / (rowUnit * columnUnit))
    return [
      // Counted in bytes of a table or a tensor row: both have four for each pixel.
      set(last, i32.sub(get(count), i32.of(16))),
      loop(
        [
          set(lumas, f32x4.sub(f32x4.multiply(f32x4.fromIntegers(sums), gain), real(16 * lumaGain))),
          set(uv, gather(get(chromas), i32.add(table(2), get(at)))),
          paint('red'),
          paint('green'),
          paint('blue'),
          set(step, i32.sub(get(last), get(at))),
          set(at, i32.add(get(at), i32.select(get(step), i32.of(16), i32.lessThan(get(step), i32.of(16))))),
        ],
        // A step of 0 was the last.
        get(step),
      ),
    ]
  },
)

/**
 * One row of tensor bytes, sixteen a step. `columns` points at two tables of 32-bit numbers, `count` bytes each: offset of
 * the left pixel in the blended row, weights of left and right pixel (16 bits each). The count is a multiple of 64.
 */
const narrow = kernel(
  'narrow',
  { blended: 'i32', columns: 'i32', count: 'i32', out: 'i32' },
  { weights: 'i32', end: 'i32', half: 'v128' },
  ({ blended, columns, count, out, weights, end, half }) => {
    const four = (number: number) => {
      const pixels = gather(get(blended), get(columns), 16 * number)
      const sums = i32x4.dot(pixels, v128.load(get(weights), 16 * number))
      return i32x4.shiftRight(i32x4.add(sums, get(half)), i32.of(Math.log2(rowUnit * columnUnit)))
    }
    return [
      set(half, i32x4.splat(i32.of((rowUnit * columnUnit) / 2))),
      set(weights, i32.add(get(columns), get(count))),
      set(end, get(weights)),
      loop(
        [
          v128.store(get(out), i8x16.narrow(i16x8.narrow(four(0), four(1)), i16x8.narrow(four(2), four(3)))),
          set(columns, i32.add(get(columns), i32.of(64))),
          set(weights, i32.add(get(weights), i32.of(64))),
          set(out, i32.add(get(out), i32.of(16))),
        ],
        i32.lessThan(get(columns), get(end)),
      ),
    ]
  },
)

/** Two rows of bytes become one of half the length, each pixel the mean of four, sixteen a step: what `blend` and `narrow` make of it too. */
const halve = kernel(
  'halve',
  { upper: 'i32', lower: 'i32', count: 'i32', out: 'i32' },
  { half: 'v128' },
  ({ upper, lower, count, out, half }) => {
    const eight = (bytes: number) => {
      const [above, below] = [upper, lower].map((row) => i16x8.addPairs(v128.load(get(row), bytes)))
      return i16x8.shiftRight(i16x8.add(i16x8.add(above, below), get(half)), i32.of(2))
    }
    return [
      set(half, i16x8.splat(i32.of(2))),
      loop(
        [
          v128.store(get(out), i8x16.narrow(eight(0), eight(16))),
          set(upper, i32.add(get(upper), i32.of(32))),
          set(lower, i32.add(get(lower), i32.of(32))),
          set(out, i32.add(get(out), i32.of(16))),
          set(count, i32.sub(get(count), i32.of(16))),
        ],
        i32.lessThan(i32.of(0), get(count)),
      ),
    ]
  },
)

/** All numbers are addresses or counts of bytes, except the gains and shifts, and the counts of `blend`, `pair` and `halve`: pixels. */
export interface PixelKernels {
  blend(upper: number, lower: number, lowerWeight: number, out: number, count: number): void
  pair(u: number, v: number, out: number, count: number): void
  convert(
    blended: number,
    chromas: number,
    columns: number,
    count: number,
    red: number,
    green: number,
    blue: number,
    ...gainsAndShifts: readonly number[]
  ): void
  narrow(blended: number, columns: number, count: number, out: number): void
  /** The count is that of the row that comes out, a multiple of 16. */
  halve(upper: number, lower: number, count: number, out: number): void
}

/** The kernels over a memory. Takes a millisecond. */
export function pixelKernels(memory: Memory): PixelKernels {
  return instantiate([blend, pair, convert, narrow, halve], memory) as unknown as PixelKernels
}
