/** Benchmarks that go over the same work for some seconds of processor time: neighbours on the machine do not count. */
import { parseArgs } from 'node:util'
import { within } from './arguments.ts'

export interface PacedWish {
  /** Of processor time, for each figure. */
  readonly seconds: number
  readonly json: boolean
}

/** `--seconds N`, `--json`, `--help`; undefined where help is asked for. */
export function readPaced(seconds: string): PacedWish | undefined {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: seconds },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  return { seconds: within('seconds', values.seconds, 0.01, 600, false), json: values.json }
}

/** Updates a second; `pass` says how many it made. The first pass warms up. */
export function perSecond(seconds: number, pass: () => number): number {
  pass()
  const before = process.cpuUsage()
  for (let updates = 0; ; ) {
    updates += pass()
    const { user, system } = process.cpuUsage(before)
    const spent = (user + system) / 1e6
    if (spent >= seconds) return Math.round(updates / spent)
  }
}
