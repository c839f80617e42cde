/** What people decided about an alert: acknowledged, assigned, resolved … and what may follow what. */

export const dispositionStates = [
  'acknowledged',
  'assigned',
  'resolved',
  'false',
  'reopened',
  'commented',
] as const
export type DispositionState = (typeof dispositionStates)[number]

/** Who decided; free text, as whoever sent the decision gives it. */
export interface Actor {
  /** `operator`, `centre` … */
  readonly kind: string
  readonly name: string
}

/** One decision about one alert. */
export interface Disposition {
  readonly alert: string
  readonly state: DispositionState
  readonly actor: Actor
  /** Code of the grid cell whose worker has to see to it. */
  readonly cell?: string
  readonly reason?: string
  /** Epoch ms by when. */
  readonly due?: number
}

/** How an alert stands after all decisions so far. */
export interface Standing {
  /** Of the newest decision, comments included; 0 before the first. */
  readonly revision: number
  /** Of the newest decision that is no comment. */
  readonly state?: DispositionState
  /** To whose worker it is assigned, and by when (epoch ms). */
  readonly cell?: string
  readonly due?: number
}

/** Why this may not be decided now; undefined where it may. Comments always may. */
export function whyNot({ state }: Standing, next: DispositionState): string | undefined {
  if (next === 'commented') return undefined
  const isClosed = state === 'resolved' || state === 'false'
  if (next === 'reopened')
    return isClosed ? undefined : 'it is open: only what is resolved or false can be reopened'
  return isClosed ? `it is closed (${state}): reopen it first` : undefined
}
