/** bench:rules: how many track-updates a second rules manage on one core, a rule of every kind on one camera. */
import Value from 'typebox/value'
import { type RawRule, ruleSchemas, toRule } from '../src/config/rules/rule-schema.ts'
import { type Rule, type RuleKind, ruleKinds } from '../src/domain/rule.ts'
import { RuleEngine } from '../src/rules/engine.ts'
import { benchmark } from './bench/arguments.ts'
import { type MachineFacts, machineFacts } from './bench/machine.ts'
import { type PacedWish, perSecond, readPaced } from './bench/paced.ts'
import { type StreetFrame, street, streetFps } from './bench/street.ts'

const help = `npm run bench:rules -- [--seconds N] [--json]

How many track-updates (one track in one frame) a second of processor time the rules of one camera manage: one of every kind with
its defaults, merged and with a limit of alerts an hour, and each kind alone. Things move and stand in a drawn street at ${streetFps}
frames a second.

  --seconds N   processor time for each figure (1)
  --json        one JSON line only
  --help        this text`

/** As on a quiet street, a busy one and a square. */
const crowds = [5, 20, 60]
const clipSeconds = 300
/** Five minutes of a night in Shanghai, so that every schedule is on. */
const from = Date.UTC(2026, 10, 23, 15, 0, 0)
const target = { perSecond: 20_000 }

export interface RulesFigures {
  /** A rule of every kind at once. */
  readonly crowds: readonly { readonly things: number; readonly perSecond: number; readonly began: number }[]
  /** Each alone, with the most things. */
  readonly kinds: readonly { readonly kind: RuleKind; readonly perSecond: number; readonly began: number }[]
  readonly target: typeof target
  readonly met: boolean
  readonly machine: MachineFacts
}

/** What has no default, and a short patience, so that what can begin does. */
const own = { count: 4, dwellMs: 5_000, schedule: { hours: ['22:00-06:00'] } }

/** As the configuration would make it. */
function ruleOf(kind: RuleKind): Rule {
  const { properties } = ruleSchemas[kind]
  const place = 'line' in properties ? { line: 'line' } : { zone: 'zone' }
  const known = Object.entries(own).filter(([key]) => key in properties)
  const written = structuredClone({ kind, ...place, ...Object.fromEntries(known) })
  return toRule(Value.Default(ruleSchemas[kind], written) as RawRule)
}

const zone = {
  name: 'zone',
  polygon: [
    { x: 0.1, y: 0.4 },
    { x: 0.5, y: 0.3 },
    { x: 0.9, y: 0.4 },
    { x: 0.9, y: 0.95 },
    { x: 0.1, y: 0.95 },
  ],
}
const line = { name: 'line', a: { x: 0.5, y: 0.2 }, b: { x: 0.5, y: 1 } }

/** One pass says what begins; the others are timed. */
function measureRules(rules: readonly Rule[], frames: readonly StreetFrame[], seconds: number) {
  const options = { rules, zones: [zone], lines: [line], mergeAlerts: true, alertsPerHour: 60 }
  const pass = () => {
    const engine = new RuleEngine(options)
    return frames.flatMap(({ tracks, time }) => engine.evaluate(tracks, time))
  }
  const began = pass().filter(({ phase }) => phase === 'began').length
  const updates = frames.reduce((sum, { tracks }) => sum + tracks.length, 0)
  const rate = perSecond(seconds, () => {
    pass()
    return updates
  })
  return { perSecond: rate, began }
}

async function measure({ seconds }: PacedWish, say: (text: string) => void): Promise<RulesFigures> {
  const all = ruleKinds.map(ruleOf)
  const together = crowds.map((things) => {
    say(`${things} things, ${all.length} rules`)
    return { things, ...measureRules(all, street(things, clipSeconds, from), seconds) }
  })
  const most = street(crowds[crowds.length - 1], clipSeconds, from)
  const kinds = ruleKinds.map((kind) => {
    say(kind)
    return { kind, ...measureRules([ruleOf(kind)], most, seconds) }
  })
  const met = together.every(({ perSecond }) => perSecond >= target.perSecond)
  return { crowds: together, kinds, target, met, machine: machineFacts() }
}

await benchmark({
  ...{ command: 'bench:rules', help, read: () => readPaced('1'), measure },
  sentences: ({ crowds, kinds, met }) => [
    ...crowds.map(
      ({ things, perSecond }) =>
        `${things} things, a rule of each of ${kinds.length} kinds: ${perSecond} track-updates a second of processor time`,
    ),
    ...kinds.map(({ kind, perSecond }) => `${kind} alone: ${perSecond}`),
    `target ${target.perSecond} a second: ${met ? 'met' : 'missed'}`,
  ],
})
