/** Something stands in the fire lane. */
import { stationaryVehicle } from './stationary-vehicle.ts'

/**
 * Holds as a stationary vehicle does, for anything that stands there: a row of two-wheelers blocks a fire engine as well. Raising
 * `dwellMs` lets people drop off and unload; raising `tolerance` forgives unsteady boxes, and traffic that creeps through.
 */
export const fireLaneBlocked = stationaryVehicle
