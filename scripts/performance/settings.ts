/** What docs/performance.md is made of: each benchmark with just the options of the page. */

export interface Setting {
  /** For the command line; its result is saved under it. */
  readonly name: string
  /** For the page. */
  readonly title: string
  /** Several settings of one benchmark make a chapter. */
  readonly bench: string
  /** What Node runs, from the root of the repository; the last line it prints is the result, as JSON. */
  readonly command: readonly string[]
  /** The same as a person types it. */
  readonly typed: string
  /** With all material made before, on two cores. */
  readonly minutes: number
  /** Where its figures hold what the page shows: a result of an older version may not. */
  readonly tells: readonly string[]
}

const cameras = ['wish', 'targets', 'perCameraMinute', 'events.delayMs', 'base', 'material.source']
const quiet = ['--activity', '0', '--seconds', '60']
const predicted = ['bench', '--cameras', '48']

export const settings: readonly Setting[] = [
  bench('cameras', 7, 'D1, 10 % active', cameras, 'd1'),
  bench('cameras', 5, 'D1, nothing moves', cameras, 'd1-quiet', quiet),
  bench('cameras', 5, '1080p, nothing moves', cameras, '1080p-quiet', ['--stream', '1080p', ...quiet]),
  bench('gate', 15, 'the gate', ['delayMs', 'target.episodes', 'runs']),
  bench('pool', 2, 'the vision pool', ['target', 'one.frameMs', 'two.frameMs', 'seconds']),
  bench('latency', 12, 'alerts', ['targets', 'held', 'floorMs', 'steps']),
  bench('overload', 13, 'too many cameras', [
    ...['targets', 'growing', 'box.cameras', 'rate', 'ideal', 'events', 'queues'],
  ]),
  {
    ...{ name: 'prediction', title: 'the prediction', bench: 'prediction', minutes: 3 },
    command: ['src/main.ts', ...predicted, '--json'],
    typed: `npx skyeye ${predicted.join(' ')}`,
    tells: ['cameras', 'hours', 'measured', 'disk', 'growth'],
  },
]

function bench(
  name: string,
  minutes: number,
  title: string,
  tells: readonly string[],
  variant = '',
  options: readonly string[] = [],
): Setting {
  return {
    ...{ name: [name, variant].filter(Boolean).join('-'), title, bench: name, minutes, tells },
    command: [`scripts/bench-${name}.ts`, ...options, '--json'],
    typed: [`npm run bench:${name}`, ...(options.length > 0 ? ['--', ...options] : [])].join(' '),
  }
}

export function minutesOf(some: readonly Setting[]): number {
  return some.reduce((sum, { minutes }) => sum + minutes, 0)
}
