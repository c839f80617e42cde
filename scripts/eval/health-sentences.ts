/** Figures of camera health as a table, and beside what they are to reach. */
import { type Claim, checks } from '../performance/checks.ts'
import { none } from '../performance/markdown.ts'
import type { Health } from './health.ts'
import { type Half, limitS } from './health-figures.ts'
import type { Target } from './targets.ts'

type Figures = Pick<Health, 'unmodified' | 'faults'>

/** The first is the heading. */
export function healthRows({ faults }: Figures): string[][] {
  const heading = ['planted', 'to be told', 'found', 'held out', 'median', 'slowest', 'alarms too many']
  const rows = faults.map(({ planted, fault, chosen, heldOut, medianS, slowestS }) => {
    const found = ({ found, clips }: Half) => (fault ? `${found} of ${clips}` : none)
    const times = [medianS, slowestS].map((s) => (s === undefined ? none : `${s} s`))
    const tooMany = String(chosen.falseAlarms + heldOut.falseAlarms)
    return [planted, fault ?? 'nothing', found(chosen), found(heldOut), ...times, tooMany]
  })
  return [heading, ...rows]
}

export function healthTargets({ unmodified, faults }: Figures): Target[] {
  const halves = faults.flatMap(({ fault, chosen, heldOut }) =>
    [chosen, heldOut].map((half) => ({ ...half, isFault: fault !== undefined })),
  )
  const sum = (of: (half: (typeof halves)[number]) => number) =>
    halves.reduce((all, half) => all + of(half), 0)
  const planted = sum(({ isFault, clips }) => (isFault ? clips : 0))
  const found = sum(({ isFault, found }) => (isFault ? found : 0))
  const disturbed = unmodified.filter(({ falseAlarms }) => falseAlarms.length > 0)
  const claims: Claim[] = [
    {
      what: `planted faults found within ${limitS} s`,
      ...{ value: found, atLeast: planted, measured: `${found} of ${planted}`, target: 'all' },
    },
    {
      what: 'clips as they are of which something is told',
      ...{ value: disturbed.length, atMost: 0, measured: `${disturbed.length} of ${unmodified.length}` },
    },
    {
      what: 'alarms too many in planted clips',
      ...{ value: sum(({ falseAlarms }) => falseAlarms), atMost: 0 },
    },
  ]
  return checks(claims).map((check, i) => ({ ...check, value: claims[i].value ?? null }))
}
