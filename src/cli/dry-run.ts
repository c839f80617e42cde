/** `skyeye dry-run`: what a rule would have raised, over the tracks that this gateway has kept. */
import { parseArgs } from 'node:util'
import { checkValue } from '../config/check.ts'
import { parseYamlFile } from '../config/files/yaml-file.ts'
import { ConfigError, Problems } from '../config/problems.ts'
import { type RawRule, ruleSchema, toRule } from '../config/rules/rule-schema.ts'
import type { Alert } from '../domain/alert.ts'
import type { Camera } from '../domain/camera.ts'
import type { Rule } from '../domain/rule.ts'
import { dryRun } from '../dry-run.ts'
import { GatewayError } from '../kit/errors.ts'
import { readTracks } from '../store/track-file.ts'
import type { Io } from './io.ts'
import { anyVariable, defaultConfigPath, readConfig } from './setup.ts'
import { table } from './table.ts'

const help = `skyeye dry-run [--config FILE] [--camera ID] [--rule NAME|YAML] [--since 7d] [--json]

Judges rules over the finished tracks that this gateway has kept, and prints what they would have raised: how many, when, with
what. No video is needed and nothing is published. Zones and lines are those of the configuration: change them in a copy and name
that with --config.

  --config FILE    configuration (default: ${defaultConfigPath}); the gateway may run meanwhile
  --camera ID      whose tracks (default: the first camera's)
  --rule NAME      one of its rules (default: all)
  --rule YAML      one that is not configured yet: --rule '{kind: loitering, zone: gate, dwellMs: 60000}'
  --since SPAN     so far back, such as 90m, 12h or 7d (7d); tracks are kept for retention.trackDays
  --json           one JSON document instead of text
  --help           this text

A track is kept in few points that are never further than 1 % of the picture from the way it went; an alert may come half a second sooner or later than in life.`

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }
/** Alerts of a rule that are listed for people; --json has all. */
const mostListed = 20

/** Exit status: 0 done, 1 refused, 2 misuse. */
export async function dryRunCommand(args: string[], io: Io): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      config: { type: 'string', default: defaultConfigPath },
      camera: { type: 'string' },
      rule: { type: 'string' },
      since: { type: 'string', default: '7d' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    io.out(help)
    return 0
  }
  const span = /^(\d{1,5})([mhd])$/.exec(values.since)
  if (!span)
    throw new GatewayError(
      'USAGE',
      '--since wants a number and m, h or d, such as 7d; see skyeye dry-run --help',
    )
  const { config } = await readConfig(values.config, { env: anyVariable })
  const camera = chosenCamera(config.cameras, values.camera)
  if (camera.presets)
    throw new GatewayError(
      'USAGE',
      `camera ${camera.id} turns, and stored tracks do not say at which preset it stood: try the rule on a clip with skyeye replay --preset`,
    )
  const rules = values.rule === undefined ? camera.rules : [chosenRule(camera, values.rule)]
  const now = Date.now()
  const from = now - Number(span[1]) * units[span[2]]
  const { tracks, since } = readTracks(config.dataDir, camera.id, from)
  const alerts = judged({ ...camera, rules }, tracks).filter(({ phase }) => phase !== 'updated')
  const report = { camera: camera.id, from, to: now, keptSince: since, tracks: tracks.length }
  if (values.json)
    io.out(
      JSON.stringify({ ...report, rules: rules.map((rule) => ({ rule, alerts: ofRule(alerts, rule) })) }),
    )
  else for (const line of sentences(report, rules, alerts)) io.out(line)
  return 0
}

function chosenCamera(cameras: readonly Camera[], id: string | undefined): Camera {
  const camera = id === undefined ? cameras[0] : cameras.find((one) => one.id === id)
  if (camera) return camera
  const known = cameras.map((one) => one.id).slice(0, 20)
  throw new GatewayError(
    'USAGE',
    `no camera ${JSON.stringify(id ?? '')} is configured (cameras: ${known.join(', ')})`,
  )
}

function chosenRule({ id, rules }: Camera, text: string): Rule {
  const named = rules.find(({ name }) => name === text)
  if (named) return named
  if (!/[:{]/.test(text)) {
    const known = rules.map(({ name }) => name).join(', ') || 'none'
    throw new GatewayError(
      'USAGE',
      `camera ${id} has no rule ${JSON.stringify(text)} (rules: ${known}), and it is no YAML of one`,
    )
  }
  const problems = new Problems()
  const source = parseYamlFile('--rule', text, problems)
  const raw = source && checkValue(ruleSchema, source, problems)
  if (problems.count > 0) throw new ConfigError(problems.sorted(['--rule'], []))
  return toRule(raw as RawRule)
}

function judged(camera: Camera, tracks: Parameters<typeof dryRun>[1]): Alert[] {
  try {
    return dryRun(camera, tracks)
  } catch (error) {
    if (error instanceof RangeError) throw new GatewayError('USAGE', `--rule: ${error.message}`)
    throw error
  }
}

function ofRule(alerts: readonly Alert[], { name }: Rule) {
  const mine = alerts.filter(({ rule }) => rule === name)
  return mine
    .filter(({ phase }) => phase === 'began')
    .map(({ id, began, severity, zone, line, direction, count, objects }) => ({
      ...{ began, ended: mine.find((one) => one.id === id && one.phase === 'ended')?.ended },
      ...{ severity, zone, line, direction, count, objects: objects.map(({ label }) => label) },
    }))
}

function sentences(
  {
    camera,
    from,
    to,
    keptSince,
    tracks,
  }: { camera: string; from: number; to: number; keptSince?: number; tracks: number },
  rules: readonly Rule[],
  alerts: readonly Alert[],
): string[] {
  const moment = (time: number) => new Date(time).toISOString().slice(0, 16).replace('T', ' ')
  const kept =
    keptSince === undefined
      ? 'none is kept: the camera was not watched, or its consent does not name tracks'
      : keptSince > from
        ? `the oldest that is kept began ${moment(keptSince)}`
        : ''
  const head = `camera ${camera}, ${moment(from)} to ${moment(to)} UTC: ${tracks} tracks${kept && ` (${kept})`}`
  if (rules.length === 0) return [head, 'the camera has no rules; name one with --rule']
  return [head, ...rules.flatMap((rule) => listed(rule, ofRule(alerts, rule)))]
}

function listed({ name, kind }: Rule, alerts: ReturnType<typeof ofRule>): string[] {
  const head = `${name} (${kind}): ${alerts.length === 0 ? 'no alert' : `${alerts.length} alerts`}`
  if (alerts.length === 0) return [head]
  const rows = alerts
    .slice(0, mostListed)
    .map(({ began, ended, zone, line, direction, objects }) => [
      new Date(began).toISOString().slice(0, 19).replace('T', ' '),
      ended === undefined ? '' : `${Math.round((ended - began) / 1_000)} s`,
      [zone, line, direction].filter(Boolean).join(' '),
      objects.join(', '),
    ])
  const more = alerts.length - rows.length
  return [
    head,
    ...table([
      ['  began (UTC)', 'for', 'where', 'what'],
      ...rows.map(([at, ...rest]) => [`  ${at}`, ...rest]),
    ]),
    ...(more > 0 ? [`  and ${more} more; --json has all`] : []),
  ]
}
