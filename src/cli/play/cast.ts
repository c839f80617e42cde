/** Who plays in a simulated day: gateways with their cameras, places and rules. */
import { createHash } from 'node:crypto'
import type { TableVersions } from '../../contract/alert-message.ts'
import type { Camera, GridPlace } from '../../domain/camera.ts'
import type { Label } from '../../domain/detection.ts'
import type { Rule } from '../../domain/rule.ts'

/** Enough for a district; each needs a connection of its own. */
export const mostGateways = 500

export const tableVersions: TableVersions = { grid: '2026-11', places: '2026-11' }

/** Named as those of a real box; no weights are behind them. */
export const simulatedModels = ['yolox-nano', 'yunet-n'].map((name, i) => ({
  ...{ name, tasks: [i === 0 ? 'objects' : 'faces'] },
  sha256: createHash('sha256').update(`simulated ${name}`).digest('hex'),
}))

export interface SimulatedGateway {
  /** `play-01`: nobody takes it for a real one. */
  readonly id: string
  readonly name: string
  readonly site: string
  readonly cameras: readonly Camera[]
}

const always = { inertiaMs: 1_000, cooldownMs: 60_000 }
const dwell = { ...always, dwellMs: 120_000 }
const person: readonly Label[] = ['person']

/** What each camera of a gateway is there for; every severity and four of the duties are among them. */
const roles: readonly { readonly id: string; readonly name: string; readonly rule: Rule }[] = [
  {
    ...{ id: 'gate', name: '东门 gate' },
    rule: {
      ...{ ...always, name: 'comes-in', kind: 'line-crossing', line: 'gate', direction: 'left' },
      ...{ labels: person, severity: 'info', duty: 'public-order' },
    },
  },
  {
    ...{ id: 'substation', name: '配电房 substation' },
    rule: {
      ...{ ...always, name: 'keep-out', kind: 'intrusion', zone: 'fence' },
      ...{ labels: person, severity: 'major', duty: 'safety' },
    },
  },
  {
    ...{ id: 'fire-lane', name: '消防通道 fire lane' },
    rule: {
      ...{ ...dwell, name: 'lane-blocked', kind: 'fire-lane-blocked', zone: 'lane', tolerance: 0.02 },
      ...{ labels: ['vehicle', 'two-wheeler'], severity: 'major', duty: 'fire' },
    },
  },
  {
    ...{ id: 'square', name: '文化广场 square' },
    rule: {
      ...{ ...always, name: 'too-many', kind: 'crowding', zone: 'stage', count: 30, hysteresis: 5 },
      ...{ labels: person, severity: 'critical', duty: 'safety' },
    },
  },
  {
    ...{ id: 'alley', name: '后巷 alley' },
    rule: {
      ...{ ...dwell, name: 'lingers', kind: 'loitering', zone: 'back-door' },
      ...{ labels: person, severity: 'minor', duty: 'public-order' },
    },
  },
  {
    ...{ id: 'shop', name: '便民超市 shop' },
    rule: {
      ...{ ...always, name: 'on-pavement', kind: 'intrusion', zone: 'pavement' },
      ...{ labels: ['two-wheeler'], severity: 'info', duty: 'city' },
    },
  },
]

const street = '340207001000'
const digits = (number: number, length: number) => String(number).padStart(length, '0')

/** The same for the same number. A gateway stands in one residents' group, each of its cameras in a unit of it. */
export function castOf(gateways: number): SimulatedGateway[] {
  return Array.from({ length: gateways }, (_, i) => {
    const community = `340207001${digits((i % 12) + 1, 3)}`
    const group = `${community}${digits(Math.floor(i / 12) + 1, 2)}`
    const cameras = roles.map((_, c) => cameraOf(i, c, { street, community, group }))
    const site = `滨河街道第${(i % 12) + 1}社区`
    return { id: `play-${digits(i + 1, 2)}`, name: `模拟 ${i + 1} simulated`, site, cameras }
  })
}

function cameraOf(gateway: number, index: number, around: GridPlace): Camera {
  const { id, name, rule } = roles[index]
  const number = gateway * roles.length + index + 1
  const camera = {
    ...{ id, name, url: '', enabled: true, tags: ['simulated'], rules: [rule] },
    ...{ gbId: `3402070000132${digits(number, 7)}`, masks: [], zones: [], lines: [] },
  }
  // Nobody has entered it in the table of places yet, and its owner has agreed to alerts without pictures.
  if (id === 'shop') return { ...camera, tier: 'shop', grid: {}, placeMissing: 'not-listed' }
  return {
    ...camera,
    tier: 'public',
    grid: { ...around, unit: `${around.group}${digits(index + 1, 2)}` },
    address: { code: `34020700${digits(number, 6)}`, text: `滨河路 ${number} 号` },
    place: {
      lon: Number((118.36 + (number % 40) * 0.001).toFixed(4)),
      lat: Number((31.31 + Math.floor(number / 40) * 0.001).toFixed(4)),
    },
  }
}
