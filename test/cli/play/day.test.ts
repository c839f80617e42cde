/** The simulated day as plain values: each message fits its contract, and each trouble is really in it, whatever the dice say. */
import { describe, expect, it } from 'vitest'
import { castOf } from '../../../src/cli/play/cast.ts'
import { type Plan, planDay, type Step } from '../../../src/cli/play/day.ts'
import { Dice } from '../../../src/cli/play/dice.ts'
import { type Trouble, troubles, troublesOf } from '../../../src/cli/play/fate.ts'
import type { Pictures } from '../../../src/cli/play/outbox.ts'
import { summarise } from '../../../src/cli/play/summary.ts'
import { validateMessage, validateSnapshotHeaders } from '../../../src/contract/validate.ts'

const from = Date.UTC(2026, 10, 23)
const dayMs = 86_400_000
const hourMs = 3_600_000
const picture = { jpeg: new Uint8Array([0xff, 0xd8]), sha256: 'ab'.repeat(32) }
const pictures: Pictures = new Map(castOf(1)[0].cameras.map(({ id }) => [id, picture]))

function plans(gateways: number, seed: number): Plan[] {
  const dice = new Dice(seed)
  return castOf(gateways).map((gateway, i) => {
    const setting = { gateway, troubles: troublesOf(i, gateways), from, prefix: 'skyeye/v1' }
    return planDay({ ...setting, version: '0.1.0', pictures, dice: dice.split() })
  })
}

const seeds = Array.from({ length: 10 }, (_, i) => i)

/** The gateway that the trouble befalls. */
function planOf(trouble: Trouble, among: readonly Plan[]): Plan {
  const plan = among.find(({ troubles: own }) => own.includes(trouble))
  if (!plan) throw new Error(`nobody plays ${trouble}`)
  return plan
}

type Published = Extract<Step, { kind: 'publish' }>
const published = ({ steps }: Plan) => steps.filter((step): step is Published => step.kind === 'publish')
const numbered = (plan: Plan) =>
  published(plan).flatMap(({ at, message }) => (message ? { at, ...message } : []))
const alerts = (plan: Plan) => numbered(plan).filter(({ delivery }) => delivery.class === 'alert')
const ofAlerts = (plan: Plan) => summarise({ plan, done: plan.steps }).classes.alert
const parsed = ({ publication }: Published) => JSON.parse(String(publication.payload))

it('is the same for the same seed, and another for another', () => {
  expect(plans(6, 7)).toEqual(plans(6, 7))
  expect(plans(6, 8)[0].steps).not.toEqual(plans(6, 7)[0].steps)
})

it.each([1, 2, 4, 6, 30])('lets each trouble befall at least one of %i gateways', (gateways) => {
  const all = Array.from({ length: gateways }, (_, i) => troublesOf(i, gateways))
  expect(new Set(all.flat())).toEqual(new Set(troubles))
  if (gateways >= 6) expect(all.every(({ length }) => length === 1)).toBe(true)
})

describe('every message', () => {
  const steps = plans(6, 11).flatMap(published)

  it('fits its contract', () => {
    expect(steps.length).toBeGreaterThan(1_000)
    for (const step of steps) {
      const { payload, userProperties } = step.publication
      const faults =
        typeof payload === 'string' ? validateMessage(parsed(step)) : validateSnapshotHeaders(userProperties)
      expect(faults, String(payload).slice(0, 500)).toEqual([])
    }
  })

  it('is retained where it is state, and only there', () => {
    for (const { publication, message } of steps) expect(publication.retain).toBe(message === undefined)
  })

  it('has every severity, five kinds, several duties and phases, pictures and reasons for none, and cameras without a place', () => {
    const data = steps
      .filter(({ message }) => message?.delivery.class === 'alert')
      .map((step) => parsed(step).data)
    const values = (key: string) => new Set(data.map((one) => one[key]))
    expect(values('severity')).toEqual(new Set(['info', 'minor', 'major', 'critical']))
    expect(values('kind').size).toBe(5)
    expect(values('duty')).toEqual(new Set(['public-order', 'safety', 'fire', 'city']))
    expect(values('phase')).toEqual(new Set(['began', 'updated', 'ended']))
    expect(values('snapshotMissing')).toEqual(new Set([undefined, 'consent', 'redaction-failed']))
    expect(values('placeMissing')).toEqual(new Set([undefined, 'not-listed']))
    expect(data.some(({ snapshot }) => snapshot)).toBe(true)
  })

  it('is sent after it happened and before the day is over', () => {
    for (const step of steps) {
      expect(step.at).toBeLessThanOrEqual(from + dayMs)
      if (step.message?.delivery.class !== 'alert') continue
      const { time, data } = parsed(step)
      expect(Date.parse(data.sentAt)).toBeGreaterThanOrEqual(Date.parse(time))
    }
  })
})

describe.each([1, 6])('with %i gateways, whatever the seed', (gateways) => {
  const days = seeds.map((seed) => plans(gateways, seed))

  it('keeps the rules of the contract about order and numbers', () => {
    for (const plan of days.flat()) {
      const seen = new Map<string, { id: string; number: string }>()
      const newest = new Map<string, number>()
      const phases = new Map<string, number>()
      for (const { delivery, alert } of numbered(plan)) {
        const { id, epoch, class: name, sequence, camera, body } = delivery
        const number = `${epoch} ${name} ${sequence}`
        // A number has one id and an id has one number; a repeat tells nothing about order.
        const before = seen.get(id) ?? seen.get(number)
        if (before) {
          expect(before).toEqual({ id, number })
          continue
        }
        seen.set(id, { id, number }).set(number, { id, number })
        const line = `${epoch} ${name} ${camera}`
        expect(sequence).toBeGreaterThan(newest.get(line) ?? 0)
        newest.set(line, sequence)
        if (!alert || name !== 'alert') continue
        const phase = ['began', 'updated', 'ended'].indexOf(JSON.parse(String(body)).data.phase)
        expect(phase).toBeGreaterThanOrEqual(phases.get(alert) ?? 0)
        phases.set(alert, phase)
      }
    }
  })

  it.each([...days.entries()])('has every trouble: seed %i', (_, day) => {
    const of = (trouble: Trouble) => planOf(trouble, day)
    const lateness = (plan: Plan) => alerts(plan).map(({ at, delivery }) => at - delivery.createdAt)
    expect(Math.max(...lateness(of('outage')))).toBeGreaterThan(2 * hourMs)
    const { classes } = summarise({ plan: of('quota'), done: of('quota').steps })
    expect(Object.keys(classes)).toEqual(['alert', 'snapshot', 'tombstone'])
    for (const { gaps } of [classes.alert, classes.snapshot]) {
      expect(gaps.length).toBeGreaterThan(0)
      expect(gaps.every(({ tombstone }) => tombstone)).toBe(true)
    }
    expect(ofAlerts(of('forbidden')).late).toBeGreaterThan(0)
    for (const plan of day) expect(ofAlerts(plan).repeated).toBeGreaterThan(0)

    const { epochs } = summarise({ plan: of('restored'), done: of('restored').steps })
    expect(epochs).toHaveLength(2)
    expect([...epochs].sort()).toEqual(epochs)
    const inTurn = alerts(of('restored')).map(({ delivery }) => epochs.indexOf(delivery.epoch))
    expect(inTurn.lastIndexOf(0), 'the old epoch goes on when the new one has begun').toBeGreaterThan(
      inTurn.indexOf(1),
    )
    expect(of('dies').steps.at(-1)?.kind).toBe('lose')
    if (gateways > 1) expect(of('nothing').steps.at(-1)?.kind).toBe('leave')
  })
})

it('has gaps that stay nowhere but where something was given up', () => {
  for (const plan of plans(6, 3)) {
    const { gaps } = ofAlerts(plan)
    expect(gaps.length > 0).toBe(plan.troubles.includes('quota'))
  }
})

it('tells state anew at each connect, says with the inventory which epoch is in use, and dies without a word', () => {
  const plan = planOf('restored', plans(6, 5))
  const connects = plan.steps.flatMap(({ kind }, i) => (kind === 'connect' ? i : []))
  expect(connects).toHaveLength(3)
  const greetings = connects.map((i) =>
    plan.steps.slice(i + 1, i + 10).map((step) => parsed(step as Published)),
  )
  for (const greeting of greetings) {
    expect(greeting.map(({ type }) => type)).toEqual([
      'skyeye.gateway.presence',
      'skyeye.gateway.inventory',
      'skyeye.gateway.health',
      ...Array(6).fill('skyeye.camera.state'),
    ])
  }
  const [before, restored, after] = greetings.map(([, inventory]) => inventory.data.epoch)
  expect([before === restored, restored === after]).toEqual([false, true])
  const wills = plan.steps.flatMap((step) =>
    step.kind === 'connect' ? JSON.parse(String(step.will.payload)) : [],
  )
  expect(wills.map(({ data }) => data.presence)).toEqual(['offline', 'offline', 'offline'])
})
