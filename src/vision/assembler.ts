/** Writes WebAssembly modules of a few functions: expressions nest as calls, so that a kernel reads like the code it is. */

/** Instructions, encoded; an expression leaves one value. */
export type Code = readonly number[]

const types = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const
type ValueType = keyof typeof types

/** A parameter or a local variable. */
export interface Local {
  readonly index: number
}

/** One exported function without a result. */
export interface Kernel {
  readonly name: string
  readonly params: readonly ValueType[]
  readonly locals: readonly ValueType[]
  readonly body: Code
}

/** Names of parameters and locals with their types, in order; `body` gets them back to be read and set. */
export function kernel<P extends Record<string, ValueType>, L extends Record<string, ValueType>>(
  name: string,
  params: P,
  locals: L,
  body: (names: { [K in keyof P | keyof L]: Local }) => readonly Code[],
): Kernel {
  const all = [...Object.keys(params), ...Object.keys(locals)]
  const names = Object.fromEntries(all.map((key, index) => [key, { index }]))
  return {
    name,
    params: Object.values(params),
    locals: Object.values(locals),
    body: body(names as Parameters<typeof body>[0]).flat(),
  }
}

/** Linear memory, in pages of 64 KiB; growing it empties every view of the old `buffer`. */
export interface Memory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** As much of the global as is used: the libraries that are compiled against do not know it. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    Memory: new (size: { initial: number }) => Memory
    Module: new (bytes: Uint8Array<ArrayBuffer>) => object
    Instance: new (
      program: object,
      imports: { env: { memory: Memory } },
    ) => { exports: Record<string, (...numbers: number[]) => void> }
  }
}

export const pageBytes = 65_536

export function newMemory(pages: number): Memory {
  return new WebAssembly.Memory({ initial: pages })
}

/** Kernels ready to be called by their names, working on that memory. */
export function instantiate(
  kernels: readonly Kernel[],
  memory: Memory,
): Record<string, (...numbers: number[]) => void> {
  const program = new WebAssembly.Module(assemble(kernels))
  return new WebAssembly.Instance(program, { env: { memory } }).exports
}

/** The bytes of a module that imports its memory as `env.memory` and exports the kernels. */
function assemble(kernels: readonly Kernel[]): Uint8Array<ArrayBuffer> {
  const bytes = (items: readonly ValueType[]) => counted(items.map((type) => [types[type]]))
  const signatures = kernels.map(({ params }) => [0x60, ...bytes(params), 0x00])
  const numbers = kernels.map((_, index) => unsigned(index))
  const exported = kernels.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)])
  const bodies = kernels.map(({ locals, body }) => {
    const code = [...counted(locals.map((type) => [1, types[type]])), ...body, 0x0b]
    return [...unsigned(code.length), ...code]
  })
  const imported = [...text('env'), ...text('memory'), 0x02, 0x00, 0x01]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, signatures),
    ...section(2, [imported]),
    ...section(3, numbers),
    ...section(7, exported),
    ...section(10, bodies),
  ])
}

function section(id: number, items: readonly Code[]): Code {
  const content = counted(items)
  return [id, ...unsigned(content.length), ...content]
}

function counted(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()]
}

function text(value: string): Code {
  const bytes = new TextEncoder().encode(value)
  return [...unsigned(bytes.length), ...bytes]
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value > 127 ? [(value & 127) | 128, ...unsigned(value >>> 7)] : [value]
}

function signed(value: number): number[] {
  const low = value & 127
  const rest = value >> 7
  const last = (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0)
  return last ? [low] : [low | 128, ...signed(rest)]
}

const plain =
  (opcode: number) =>
  (...operands: readonly Code[]): Code => [...operands.flat(), opcode]

const simd =
  (opcode: number) =>
  (...operands: readonly Code[]): Code => [...operands.flat(), 0xfd, ...unsigned(opcode)]

/** Unaligned; `offset` bytes are added to the address. */
const access =
  (opcode: number) =>
  (operands: readonly Code[], offset: number, ...lane: readonly number[]): Code => [
    ...operands.flat(),
    0xfd,
    ...unsigned(opcode),
    0,
    ...unsigned(offset),
    ...lane,
  ]

export const get = ({ index }: Local): Code => [0x20, ...unsigned(index)]
export const set = ({ index }: Local, value: Code): Code => [...value, 0x21, ...unsigned(index)]

/** Runs the body, and again as long as the condition holds after it. */
export const loop = (body: readonly Code[], condition: Code): Code => [
  ...[0x03, 0x40],
  ...body.flat(),
  ...condition,
  ...[0x0d, 0x00, 0x0b],
]

export const i32 = {
  of: (value: number): Code => [0x41, ...signed(value)],
  add: plain(0x6a),
  sub: plain(0x6b),
  lessThan: plain(0x48),
  /** The first where the third is not 0, else the second. */
  select: plain(0x1b),
  load: (address: Code, offset = 0): Code => [...address, 0x28, 0, ...unsigned(offset)],
}

export const v128 = {
  load: (address: Code, offset = 0) => access(0x00)([address], offset),
  /** Eight bytes, each widened to 16 bits. */
  loadBytes: (address: Code, offset = 0) => access(0x02)([address], offset),
  store: (address: Code, value: Code, offset = 0) => access(0x0b)([address, value], offset),
  /** Replaces one of four lanes by what lies at the address. */
  loadLane: (lane: number, address: Code, vector: Code) => access(0x56)([address, vector], 0, lane),
  /** Bytes of two vectors by number: 0..15 of the first, 16..31 of the second. */
  shuffle: (bytes: readonly number[], a: Code, b: Code): Code => [...a, ...b, 0xfd, 0x0d, ...bytes],
}

export const i8x16 = {
  splat: simd(0x0f),
  /** Two vectors of signed 16-bit lanes as bytes, cut off at 0 and 255. */
  narrow: simd(0x66),
}

export const i16x8 = {
  splat: simd(0x10),
  /** Neighbours among unsigned bytes added. */
  addPairs: simd(0x7d),
  /** Of unsigned lanes, by so many bits. */
  shiftRight: simd(0x8d),
  /** Two vectors of signed 32-bit lanes, cut off at what 16 signed bits hold. */
  narrow: simd(0x85),
  add: simd(0x8e),
  sub: simd(0x91),
  /** Products of the lower (upper) eight unsigned bytes. */
  multiplyLowBytes: simd(0x9e),
  multiplyHighBytes: simd(0x9f),
}

export const i32x4 = {
  splat: simd(0x11),
  add: simd(0xae),
  /** Of signed lanes, by so many bits. */
  shiftRight: simd(0xac),
  /** Products of signed 16-bit lanes, neighbours added. */
  dot: simd(0xba),
}

export const f32x4 = {
  splat: simd(0x13),
  fromIntegers: simd(0xfa),
  add: simd(0xe4),
  sub: simd(0xe5),
  multiply: simd(0xe6),
  /** The second operand where it is smaller (larger), else the first: one instruction, unlike IEEE's. */
  atMost: simd(0xea),
  atLeast: simd(0xeb),
}
