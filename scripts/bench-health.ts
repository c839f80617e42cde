/** bench:health: what looking after the health of a view costs per picture, against one plain pass over its pixels. */
import { parseArgs } from 'node:util'
import type { Luma } from '../src/domain/luma.ts'
import { View } from '../src/health/view.ts'
import { benchmark } from './bench/arguments.ts'
import { type MachineFacts, machineFacts } from './bench/machine.ts'

const [width, height] = [320, 180]
const pictures = 400
const warmUp = 100
/** What a picture may cost, ms. */
const mostMs = 1

/** A wall of bricks, with noise; one that was moved looks the costliest way: it is searched for. */
function wall(shift: number, seed: number): Luma {
  const pixels = new Uint8Array(width * height)
  let noise = seed
  for (let at = 0; at < pixels.length; at++) {
    noise = (Math.imul(noise, 1_103_515_245) + 12_345) & 0x7fffffff
    const row = Math.floor(at / width / 9)
    const brick = Math.floor(((at % width) + shift + row * 5) / 13)
    const shade = Math.imul(Math.imul(brick + 1, 0x85ebca6b) ^ (row + 7), 0xc2b2ae35) >>> 24
    pixels[at] = 50 + shade / 2 + ((noise >> 16) & 3)
  }
  return { width, height, pixels }
}

/** Milliseconds of processor time that `look` takes for one picture, mean: others on the machine do not count. */
function cost(look: (picture: Luma) => void, shown: readonly Luma[]): number {
  const show = (count: number) => {
    for (let i = 0; i < count; i++) look(shown[i % shown.length])
  }
  show(warmUp)
  const before = process.threadCpuUsage()
  show(pictures)
  const { user, system } = process.threadCpuUsage(before)
  return Math.round((user + system) / pictures) / 1_000
}

/** One plain pass. */
function sum({ pixels }: Luma): number {
  let all = 0
  for (let i = 0; i < pixels.length; i++) all += pixels[i]
  return all
}

interface Figures {
  readonly bench: 'health'
  readonly width: number
  readonly height: number
  /** Of a view that is as it should be, one that was moved, and one that looks elsewhere altogether. */
  readonly soundMs: number
  readonly movedMs: number
  readonly elsewhereMs: number
  /** One plain pass over the pixels. */
  readonly floorMs: number
  readonly target: { readonly mostMs: number }
  readonly met: boolean
  readonly machine: MachineFacts
}

async function measure(): Promise<Figures> {
  const walls = (shift: number) => Array.from({ length: 8 }, (_, i) => wall(shift, i + 1))
  const view = new View()
  let timeMs = 0
  const see = (picture: Luma) => {
    timeMs += 1_000
    view.see(picture, timeMs)
  }
  let total = 0
  const floorMs = cost((picture) => {
    total += sum(picture)
  }, walls(0))
  const soundMs = cost(see, walls(0))
  const movedMs = cost(see, walls(20))
  const elsewhereMs = cost(see, walls(5_000))
  if (total === 0 || !view.faults.includes('moved')) throw new Error('nothing was looked at')
  const met = Math.max(soundMs, movedMs, elsewhereMs) <= mostMs
  const costs = { soundMs, movedMs, elsewhereMs, floorMs }
  return { bench: 'health', width, height, ...costs, target: { mostMs }, met, machine: machineFacts() }
}

const help = `npm run bench:health -- [--json]

Milliseconds of processor time for each ${width}x${height} picture that camera health looks at: of a sound view, of one that was moved and of one
that looks elsewhere, against one plain pass over the pixels. At most ${mostMs} ms.

  --json   one JSON line only
  --help   this text`

function readCommandLine(): { json: boolean } | undefined {
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({ options: { json: flag, help: { ...flag, short: 'h' } } })
  return values.help ? undefined : { json: values.json }
}

await benchmark({
  ...{ command: 'bench:health', help, read: readCommandLine, measure },
  sentences: ({ soundMs, movedMs, elsewhereMs, floorMs, met }) => [
    `sound ${soundMs} ms, moved ${movedMs} ms, elsewhere ${elsewhereMs} ms; one pass over the pixels ${floorMs} ms`,
    `at most ${mostMs} ms: ${met ? 'met' : 'missed'}`,
  ],
})
