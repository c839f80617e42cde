/** From a configured rule to the judge of its kind, with the places it speaks of. */
import type { Ground } from '../domain/ground.ts'
import type { CrowdingRule, Rule } from '../domain/rule.ts'
import type { Line, Zone } from '../domain/zone.ts'
import type { Judge } from './judge.ts'
import { afterHoursPresence } from './kinds/after-hours-presence.ts'
import { counting } from './kinds/counting.ts'
import { crowding } from './kinds/crowding.ts'
import { fireLaneBlocked } from './kinds/fire-lane-blocked.ts'
import { intrusion } from './kinds/intrusion.ts'
import { lineCrossing } from './kinds/line-crossing.ts'
import { loitering } from './kinds/loitering.ts'
import { objectLeft } from './kinds/object-left.ts'
import { objectRemoved } from './kinds/object-removed.ts'
import { stationaryVehicle } from './kinds/stationary-vehicle.ts'
import { twoWheelerIndoors } from './kinds/two-wheeler-indoors.ts'
import { vehicleInProtectedArea } from './kinds/vehicle-in-protected-area.ts'

/**
 * A fresh judge for the rule. Throws RangeError where the rule names a zone or line that is not there, or square metres that
 * nobody knows (the configuration checks this).
 */
export function judgeFor(rule: Rule, zones: readonly Zone[], lines: readonly Line[], ground?: Ground): Judge {
  switch (rule.kind) {
    case 'intrusion':
      return intrusion(named(zones, rule.zone, rule))
    case 'line-crossing':
      return lineCrossing(rule, named(lines, rule.line, rule))
    case 'counting':
      return counting(rule, named(lines, rule.line, rule))
    case 'loitering':
      return loitering(rule, named(zones, rule.zone, rule))
    case 'crowding':
      return crowdingIn(named(zones, rule.zone, rule), rule, ground)
    case 'stationary-vehicle':
      return stationaryVehicle(rule, named(zones, rule.zone, rule))
    case 'fire-lane-blocked':
      return fireLaneBlocked(rule, named(zones, rule.zone, rule))
    case 'object-left':
      return objectLeft(rule, named(zones, rule.zone, rule))
    case 'object-removed':
      return objectRemoved(rule, named(zones, rule.zone, rule))
    case 'two-wheeler-indoors':
      return twoWheelerIndoors(named(zones, rule.zone, rule))
    case 'vehicle-in-protected-area':
      return vehicleInProtectedArea(named(zones, rule.zone, rule))
    case 'after-hours-presence':
      return afterHoursPresence(named(zones, rule.zone, rule))
  }
}

function crowdingIn(zone: Zone, rule: CrowdingRule, ground: Ground | undefined): Judge {
  return crowding(rule, zone, ground?.squareMetres(zone.polygon))
}

function named<T extends { readonly name: string }>(places: readonly T[], name: string, rule: Rule): T {
  const place = places.find((candidate) => candidate.name === name)
  if (!place) throw new RangeError(`rule "${rule.name}": the camera has no zone or line "${name}"`)
  return place
}
