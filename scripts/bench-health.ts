/** bench:health: what looking after the health of a view costs per picture, against one plain pass over its pixels. */
import type { Luma } from '../src/domain/luma.ts'
import { View } from '../src/health/view.ts'
import { endWell } from './bench/arguments.ts'
import { machineFacts } from './bench/machine.ts'

const [width, height] = [320, 180]
const pictures = 400
const warmUp = 100

/** A room with furniture and noise; one that was turned looks the costliest way: it is searched for. */
function room(shift: number, seed: number): Luma {
  const pixels = new Uint8Array(width * height)
  let noise = seed
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      noise = (noise * 1_103_515_245 + 12_345) & 0x7fffffff
      const at = x + shift
      const block = ((at * 7 + (y >> 4) * 31) >> 5) * 2_654_435_761
      pixels[y * width + x] = 60 + ((block >>> 24) % 120) + ((noise >> 16) & 3)
    }
  }
  return { width, height, pixels }
}

/** Median of the milliseconds that `look` takes for one picture. */
function cost(look: (picture: Luma, index: number) => void, shown: readonly Luma[]): number {
  const times: number[] = []
  for (let i = 0; i < warmUp + pictures; i++) {
    const began = performance.now()
    look(shown[i % shown.length], i)
    if (i >= warmUp) times.push(performance.now() - began)
  }
  return times.sort((a, b) => a - b)[times.length >> 1]
}

async function main(): Promise<void> {
  const healthy = Array.from({ length: 8 }, (_, i) => room(0, i + 1))
  const turned = Array.from({ length: 8 }, (_, i) => room(20, i + 1))
  let sum = 0
  const floor = cost(({ pixels }) => {
    for (let i = 0; i < pixels.length; i++) sum += pixels[i]
  }, healthy)
  const view = new View()
  const sound = cost((picture, i) => view.see(picture, i * 1_000), healthy)
  const moved = cost((picture, i) => view.see(picture, (warmUp + pictures + i) * 1_000), turned)
  const rounded = (ms: number) => Math.round(ms * 1_000) / 1_000
  const figures = { soundMs: rounded(sound), movedMs: rounded(moved), floorMs: rounded(floor) }
  console.log(
    JSON.stringify({
      bench: 'health',
      width,
      height,
      ...figures,
      faults: view.faults,
      machine: machineFacts(),
      sum,
    }),
  )
}

await endWell('bench:health', main)
