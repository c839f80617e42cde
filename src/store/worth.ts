/** The order of sacrifice: what is given up first where there is no room for everything. */
import type { Alert } from '../domain/alert.ts'

const ofSeverity = { info: 3, minor: 4, major: 5, critical: 6 } as const
const ofClass: Readonly<Record<string, number>> = { count: 0, track: 1, snapshot: 2 }

/** What was decided, and what was given up, is told as long as anything is. */
const most = 7

/** From what goes first to what goes last. */
export const anyWorth = [0, most] as const

/** Up to here things may go because the disk is full: alerts that matter are rather refused than given up. */
export const lastForDisk = ofSeverity.minor

/** 0 goes first. */
export function worthOf(kind: string, severity?: Alert['severity']): number {
  return kind === 'alert' && severity ? ofSeverity[severity] : (ofClass[kind] ?? most)
}

export function worthOfSeverity(severity: Alert['severity']): number {
  return ofSeverity[severity]
}
