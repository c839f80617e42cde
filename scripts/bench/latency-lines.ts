/** What the cameras of bench:latency watch: lines across the way of those who walk through the drawn street. */
import type { Watched } from './gateway-process.ts'
import type { Material } from './material.ts'

/** In all, from however many cameras: many enough for percentiles in a minute or two, few enough not to wait for each other. */
const alertsPerSecond = 1
/** People of the loop who cross each line once. */
const walkers = 2
/** They cross so many lines one after the other, 0.9 s apart at least; with one more, two would be crossed in one look. */
const mostLines = 3

type Loop = Pick<Material, 'seconds'>

/** Lines of each of so many cameras. */
export function linesFor(cameras: number, loop: Loop): number {
  return Math.min(mostLines, Math.max(1, Math.round(alertsPerSecond / crossingsPerSecond(cameras, 1, loop))))
}

/** Of all cameras together. */
export function crossingsPerSecond(cameras: number, lines: number, { seconds }: Loop): number {
  return (cameras * lines * walkers) / seconds
}

/** Upright lines at even distances; each tells at once of everybody who crosses it. */
export function watchedLines(count: number): Watched {
  const names = Array.from({ length: count }, (_, n) => `line-${n + 1}`)
  return {
    lines: names.map((name, n) => {
      const x = Number(((n + 1) / (count + 1)).toFixed(4))
      return { name, a: [x, 0], b: [x, 1] }
    }),
    rules: names.map((line) => ({ kind: 'line-crossing', line, inertiaMs: 0, cooldownMs: 0 })),
  }
}
