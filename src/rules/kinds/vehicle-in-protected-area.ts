/** A vehicle is where none may dig or dump. */
import { intrusion } from './intrusion.ts'

/**
 * Holds as an intrusion does, for vehicles; with a schedule, by night only. Tippers and diggers are not told from other vehicles. It
 * has no parameter of its own; raising the rule's `inertiaMs` forgives those who only turn round there.
 */
export const vehicleInProtectedArea = intrusion
