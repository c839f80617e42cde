/** `skyeye contract play`: publishes a simulated day to a broker, for whoever programs the centre before there are cameras. */
import { parseArgs } from 'node:util'
import { GatewayError } from '../kit/errors.ts'
import { probeBroker } from '../publish/probe.ts'
import type { Protocol } from '../publish/session.ts'
import type { Io } from './io.ts'
import { castOf, mostGateways } from './play/cast.ts'
import { type Plan, planDay } from './play/day.ts'
import { Dice } from './play/dice.ts'
import { troublesOf } from './play/fate.ts'
import { drawPictures } from './play/picture.ts'
import { Player, urlOf } from './play/player.ts'
import { type GatewaySummary, summarise } from './play/summary.ts'
import { table } from './table.ts'
import { version } from './version.ts'

const help = `skyeye contract play --broker URL [--gateways N] [--seed N] [--speed N] [--prefix P] [--keep] [--json]

Publishes a day of simulated gateways (play-01, play-02 …) with everything that a centre must cope with: backlogs after an
outage, repeats, gaps with a tombstone and gaps that close late, a restored box with a new epoch, a gateway that dies.
Says at the end what was published, to compare with what your centre has found: docs/contract/README.md. Ctrl-C ends it in
good order. What the broker has retained is cleared at the end.

  --broker URL    mqtt://host:port or mqtts://user:password@host:port; {gateway} in it stands for the name of the gateway,
                  where each has an account of its own
  --prefix P      beginning of every topic (default: skyeye/v1)
  --gateways N    how many, 1 to ${mostGateways} (default: 30); with less than 6 each has several troubles
  --seed N        plays the same day again, with the same ids on the same date (default: another one each time)
  --speed N       how much faster than life (default: 288, a day in five minutes)
  --keep          leave presence, inventories and states at the broker
  --json          the summary as one JSON document
  --help          this text`

const dayMs = 86_400_000

/** Exit status: 0 played (to the end, or until Ctrl-C), 1 the broker did not take it, 2 misuse. */
export async function contract(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      broker: { type: 'string' },
      prefix: { type: 'string', default: 'skyeye/v1' },
      gateways: { type: 'string', default: '30' },
      seed: { type: 'string' },
      speed: { type: 'string', default: '288' },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    io.out(help)
    return 0
  }
  if (positionals.length !== 1 || positionals[0] !== 'play' || values.broker === undefined)
    throw new GatewayError('USAGE', `play to which broker?\n\n${help}`)
  const asked: Asked = {
    url: brokerUrl(values.broker),
    prefix: prefixOf(values.prefix),
    gateways: wholeNumber('--gateways', values.gateways, 1, mostGateways),
    seed: wholeNumber('--seed', values.seed ?? String(Math.floor(Math.random() * 1e6)), 0, 2 ** 32 - 1),
    speed: speedOf(values.speed),
    keep: values.keep,
  }
  const summary = await play(asked, io)
  if (values.json) io.out(JSON.stringify(summary))
  else for (const line of linesOf(summary)) io.out(line)
  return 0
}

interface Asked {
  readonly url: string
  readonly prefix: string
  readonly gateways: number
  readonly seed: number
  readonly speed: number
  readonly keep: boolean
}

interface Summary {
  readonly seed: number
  /** Date of the simulated day. */
  readonly date: string
  readonly gateways: readonly GatewaySummary[]
}

async function play({ url, prefix, gateways, seed, speed, keep }: Asked, io: Io): Promise<Summary> {
  const cast = castOf(gateways)
  const names = cast.map(({ id }) => id)
  const stopped = new AbortController()
  const stop = () => stopped.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  const protocol = await protocolOf(url, prefix, names[0])
  const tell = (at: number, gateway: string, what: string) => io.err(`${clock(at)}  ${gateway} ${what}`)
  const player = new Player({ url, prefix, protocol, speed, tell }, stopped.signal)
  const online = await player.online(names)
  if (online.length > 0) {
    const sentence = `${online.join(', ')} ${online.length === 1 ? 'is' : 'are'} online at this broker: another play is running there`
    throw new GatewayError('PLAY_FAILED', `${sentence}; stop it, or take another --prefix`)
  }
  const from = yesterday(Date.now())
  const dice = new Dice(seed)
  const pictures = await drawPictures(cast[0])
  const plans: Plan[] = cast.map((gateway, i) => {
    const troubles = troublesOf(i, gateways)
    return planDay({ gateway, troubles, from, prefix, version: version(), pictures, dice: dice.split() })
  })
  io.err(
    `Playing ${date(from)} with ${gateways} gateways, seed ${seed}, ${speed} times as fast as life; Ctrl-C ends it`,
  )
  try {
    const played = await player.play(plans)
    return { seed, date: date(from), gateways: played.map(summarise) }
  } finally {
    const left = keep ? [] : await player.clear()
    if (left.length > 0) io.err(`what is retained of ${left.join(', ')} could not be cleared at the broker`)
  }
}

async function protocolOf(url: string, prefix: string, gateway: string): Promise<Protocol> {
  const probe = await probeBroker({ url: urlOf(url, gateway), prefix }, gateway)
  if ('why' in probe) throw new GatewayError('BROKER_REFUSED', probe.why)
  return probe.protocol === '5' ? 5 : 4
}

/** Midnight, UTC: the whole of that day is over, so nothing in it is said to be in the future. */
function yesterday(now: number): number {
  return Math.floor(now / dayMs - 1) * dayMs
}

const date = (time: number) => new Date(time).toISOString().slice(0, 10)
const clock = (time: number) => new Date(time).toISOString().slice(11, 16)

function linesOf({ gateways, seed }: Summary): string[] {
  const heading = [
    ...['gateway', 'troubles', 'epochs', 'alerts', 'messages', 'repeated', 'late'],
    ...['gaps', 'tombstones', 'pictures'],
  ]
  const rows = gateways.map(({ gateway, troubles, epochs, alerts, classes }) => {
    const { messages = 0, repeated = 0, late = 0, gaps = [] } = classes.alert ?? {}
    const numbers = gaps.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`))
    return [
      ...[gateway, troubles.join(' '), ...[epochs.length, alerts, messages, repeated, late].map(String)],
      ...[
        numbers.join(' ') || '-',
        ...[classes.tombstone?.messages ?? 0, classes.snapshot?.messages ?? 0].map(String),
      ],
    ]
  })
  return [
    ...table([heading, ...rows]),
    `Messages, repeated, late and gaps are those of alerts; --json says it for every class. The same day again: --seed ${seed}`,
  ]
}

function brokerUrl(text: string): string {
  if (/^mqtts?:\/\/[^/]/.test(text)) return text
  throw new GatewayError('USAGE', `--broker takes mqtt://host:port or mqtts://host:port, not "${text}"`)
}

function prefixOf(text: string): string {
  if (/^[^+#/\s]+(\/[^+#/\s]+)*$/.test(text)) return text
  throw new GatewayError('USAGE', `--prefix takes levels of a topic such as skyeye/v1, not "${text}"`)
}

function wholeNumber(option: string, text: string, from: number, to: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= from && number <= to) return number
  throw new GatewayError('USAGE', `${option} takes a whole number from ${from} to ${to}, not "${text}"`)
}

function speedOf(text: string): number {
  const number = Number(text)
  if (Number.isFinite(number) && number > 0) return number
  throw new GatewayError('USAGE', `--speed takes a number above 0, not "${text}"`)
}
