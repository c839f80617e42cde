/** bench:health: what looking after the health of a view costs per picture, against one plain pass over its pixels. */
import type { Luma } from '../src/domain/luma.ts'
import { View } from '../src/health/view.ts'
import { endWell } from './bench/arguments.ts'
import { machineFacts } from './bench/machine.ts'

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

async function main(): Promise<void> {
  const sound = Array.from({ length: 8 }, (_, i) => wall(0, i + 1))
  const moved = Array.from({ length: 8 }, (_, i) => wall(20, i + 1))
  const elsewhere = Array.from({ length: 8 }, (_, i) => wall(5_000, i + 1))
  const view = new View()
  let timeMs = 0
  const see = (picture: Luma) => {
    timeMs += 1_000
    view.see(picture, timeMs)
  }
  let total = 0
  const floorMs = cost((picture) => {
    total += sum(picture)
  }, sound)
  const soundMs = cost(see, sound)
  const movedMs = cost(see, moved)
  const elsewhereMs = cost(see, elsewhere)
  const figures = { width, height, soundMs, movedMs, elsewhereMs, floorMs, mostMs }
  console.log(
    JSON.stringify({ bench: 'health', ...figures, found: view.faults, total, machine: machineFacts() }),
  )
  if (Math.max(soundMs, movedMs, elsewhereMs) > mostMs)
    throw new Error(`a picture costs more than ${mostMs} ms`)
}

await endWell('bench:health', main)
