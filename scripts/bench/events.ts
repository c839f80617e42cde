/** Which of the visits that really happened were told of, and how late. */
import type { ArrivedAlert } from './centre.ts'
import type { Span } from './material.ts'
import { percentile } from './window.ts'

/** A visit at a camera, epoch ms. */
export interface Visit extends Span {
  readonly camera: string
}

export interface EventScore {
  readonly expected: number
  readonly found: number
  /** Alerts that began while nobody was there. */
  readonly false: number
  /** Further alerts about a visit that had been told of. */
  readonly repeated: number
  /** From the first picture with anything of the visitor to the alert's arrival at the centre, less the rule's inertia. */
  readonly delayMs: { readonly p50: number | undefined; readonly p95: number | undefined }
}

/** A visitor may be recognised before the truth says so, by a shadow, and an alert may end the visit. */
const slackMs = 1_000

/** Alerts outside `window` are left out; `inertiaMs` is how long the rule waits before it tells. */
export function scoreEvents(
  visits: readonly Visit[],
  alerts: readonly ArrivedAlert[],
  window: Span,
  inertiaMs: number,
): EventScore {
  const began = alerts.filter(
    ({ phase, began }) => phase === 'began' && began >= window.from && began < window.to,
  )
  const during = (visit: Visit) =>
    began.filter(
      (alert) =>
        alert.camera === visit.camera &&
        alert.began >= visit.from - slackMs &&
        alert.began <= visit.to + slackMs,
    )
  const told = visits.filter(({ from }) => from >= window.from && from < window.to).map(during)
  const found = told.filter((all) => all.length > 0)
  const matched = new Set(visits.flatMap(during))
  const delays = visits.flatMap((visit) => {
    const [first] = during(visit)
    return first && visit.from >= window.from ? first.arrivedAt - visit.from - inertiaMs : []
  })
  const rounded = (share: number) => {
    const value = percentile(delays, share)
    return value === undefined ? undefined : Math.round(value)
  }
  return {
    expected: told.length,
    found: found.length,
    false: began.filter((alert) => !matched.has(alert)).length,
    repeated: found.reduce((sum, all) => sum + all.length - 1, 0),
    delayMs: { p50: rounded(0.5), p95: rounded(0.95) },
  }
}
