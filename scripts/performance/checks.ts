/** A figure beside its target, and by how much it missed that. */
import { num, percent } from './markdown.ts'

export interface Check {
  readonly what: string
  readonly measured: string
  readonly target: string
  /** A figure that is not there has met nothing. */
  readonly verdict: 'met' | 'missed' | 'not measured'
  /** Empty unless it was missed. */
  readonly missedBy: string
}

export interface Claim {
  readonly what: string
  readonly value: number | null | undefined
  /** One of these; where none is a number there is no target. */
  readonly atMost?: number
  readonly atLeast?: number
  readonly below?: number
  readonly unit?: string
  /** Said instead of the bare numbers. */
  readonly measured?: string
  readonly target?: string
}

/** Of those claims that have a target. */
export function checks(claims: readonly Claim[]): Check[] {
  return claims.flatMap((claim) => check(claim) ?? [])
}

/** Undefined where there is no target. */
export function check(claim: Claim): Check | undefined {
  const { what, value, atMost, atLeast, below, unit = '' } = claim
  const bound = atMost ?? atLeast ?? below
  if (bound === undefined) return undefined
  const { measured = num(value, unit), target = inWords(claim, bound) } = claim
  const plain = { what, measured, target, missedBy: '' }
  if (typeof value !== 'number' || !Number.isFinite(value)) return { ...plain, verdict: 'not measured' }
  const beyond = atLeast === undefined ? value - bound : bound - value
  if (below === undefined ? beyond <= 0 : beyond < 0) return { ...plain, verdict: 'met' }
  return { ...plain, verdict: 'missed', missedBy: distance(beyond, bound) }
}

/** What was missed stands out. */
export function verdict({ verdict, missedBy }: Check): string {
  return verdict === 'missed' ? `**missed by ${missedBy}**` : verdict
}

function inWords({ atLeast, below, unit }: Claim, bound: number): string {
  if (bound === 0) return 'none'
  if (below !== undefined) return `less than ${num(bound, unit)}`
  return `${atLeast === undefined ? 'at most' : 'at least'} ${num(bound, unit)}`
}

/** Of the target, as it is what one knows. */
function distance(beyond: number, bound: number): string {
  if (bound === 0) return num(beyond)
  const share = beyond / Math.abs(bound)
  return share < 0.005 ? 'less than 1 %' : percent(share)
}
