/** A two-wheeler is where people live. */
import { intrusion } from './intrusion.ts'

/**
 * Holds as an intrusion does, for e-bikes in a stairwell, a lobby or a lift; a bicycle looks the same. It has no parameter of its
 * own; raising the rule's `inertiaMs` forgives those who only pass an open door.
 */
export const twoWheelerIndoors = intrusion
