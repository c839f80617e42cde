/** The chapter of docs/accuracy.md about camera health: planted faults that are found, and what is told where nothing is wrong. */
import { type Health, healthMethod, measureHealth } from '../eval/health.ts'
import { limitS, type Outcome } from '../eval/health-figures.ts'
import { healthRows, healthTargets } from '../eval/health-sentences.ts'
import { planted } from '../eval/planted-faults.ts'
import { verdict } from '../performance/checks.ts'
import { table } from '../performance/markdown.ts'
import { type Chapter, whence } from './chapter.ts'

/** Of the runs only those that missed something, or told too much. */
interface Kept extends Pick<Health, 'unmodified' | 'faults'> {
  readonly amiss: readonly Outcome[]
}

/** All faults in all clips. */
export const health: Chapter<Kept> = {
  name: 'health',
  heading: 'Camera health',
  about: 'which planted faults of a view are found (eval:health)',
  async measure(say) {
    const faults = planted.map(({ name }) => name)
    const { runs, ...kept } = await measureHealth({ clip: '', faults }, say)
    return { ...kept, amiss: runs.filter(isAmiss) }
  },
  text(stored) {
    const targets = healthTargets(stored).map((one) => [one.what, one.measured, one.target, verdict(one)])
    return [
      whence('health', stored),
      table([['what', 'measured', 'target', 'verdict'], ...targets]),
      table(healthRows(stored)),
      ...stored.amiss.map(told),
      healthMethod,
    ]
  },
}

function isAmiss({ fault, afterS, falseAlarms }: Outcome): boolean {
  const isMissed = fault !== undefined && (afterS === undefined || afterS > limitS)
  return isMissed || falseAlarms.length > 0
}

function told({ clip, planted: name, fault, afterS, falseAlarms }: Outcome): string {
  const found = !fault ? '' : afterS === undefined ? ' not found' : ` found after ${afterS} s`
  const others = falseAlarms.map((alarm) => ` ${alarm.fault} told at ${alarm.atS} s`)
  return `- ${clip}, ${name}:${[found, ...others].filter(Boolean).join(',')}.`
}
