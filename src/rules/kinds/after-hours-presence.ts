/** Somebody is there out of hours. */
import { intrusion } from './intrusion.ts'

/**
 * Holds as an intrusion does, in the hours of a schedule that the rule must have. It has no parameter of its own; raising the
 * rule's `inertiaMs` forgives those who only cross a corner, and longer hours watch more.
 */
export const afterHoursPresence = intrusion
