/** `skyeye dry-run`: what a rule would have raised, over the tracks that this gateway has kept. */
import { parseArgs } from 'node:util'
import { type DryRunReport, dryRunReport } from '../dry-run-report.ts'
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

The gateway that runs answers the same at its control socket (dataDir/control/gateway): POST /dry-runs with camera, rule and since.
A track is kept in few points that are never further than 1 % of the picture from the way it went; an alert may come half a second sooner or later than in life.`

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
  const { config } = await readConfig(values.config, { env: anyVariable })
  const { camera, rule, since } = values
  const report = dryRunReport({
    dataDir: config.dataDir,
    cameras: config.cameras,
    camera,
    rule,
    since,
    now: Date.now(),
  })
  if (values.json) io.out(JSON.stringify(report))
  else for (const line of sentences(report)) io.out(line)
  return 0
}

function sentences({ camera, from, to, keptSince, tracks, rules }: DryRunReport): string[] {
  const moment = (time: number) => new Date(time).toISOString().slice(0, 16).replace('T', ' ')
  const kept =
    keptSince === undefined
      ? 'none is kept: the camera was not watched, or its consent does not name tracks'
      : keptSince > from
        ? `the oldest that is kept began ${moment(keptSince)}`
        : ''
  const head = `camera ${camera}, ${moment(from)} to ${moment(to)} UTC: ${tracks} tracks${kept && ` (${kept})`}`
  if (rules.length === 0) return [head, 'the camera has no rules; name one with --rule']
  return [head, ...rules.flatMap(listed)]
}

function listed({ rule: { name, kind }, alerts }: DryRunReport['rules'][number]): string[] {
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
