/** `skyeye drill`: raises a marked alert in the running gateway and says when the disk, the broker and the centre had it. */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { DrillFacts } from '../http/ports.ts'
import { GatewayError } from '../kit/errors.ts'
import { askGateway } from './ask-gateway.ts'
import type { Io } from './io.ts'
import { anyVariable, defaultConfigPath, readConfig } from './setup.ts'

const help = `skyeye drill [--camera ID] [--config FILE] [--timeout S] [--json]

Raises an alert that is marked as a drill (data.drill) in the gateway that runs here, and follows it: committed to the
disk, taken by the broker and, where publish.receipts is required, confirmed by the centre. It begins and ends at once;
whoever receives it shows it and dispatches nobody. To be run as the account of the gateway.

  --camera ID     camera that it is about (default: the first)
  --config FILE   configuration of the gateway (default: ${defaultConfigPath})
  --timeout S     seconds to wait for its arrival (default: 30)
  --json          one JSON document instead of text
  --help          this text

Exit status: 0 it has arrived, 1 it has not (it stays in the outbox and leaves when it can), 2 misuse.`

/** Between two questions: the times that are told are as exact as that. */
const askEveryMs = 50

/** Milliseconds from the raising; absent where it did not happen in time. */
interface Outcome {
  readonly facts: DrillFacts
  readonly committedMs?: number
  readonly brokerMs?: number
  readonly centreMs?: number
}

/** Exit status: 0 arrived, 1 not, 2 misuse. */
export async function drill(args: string[], io: Io): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      camera: { type: 'string' },
      config: { type: 'string', default: defaultConfigPath },
      timeout: { type: 'string', default: '30' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    io.out(help)
    return 0
  }
  const timeoutMs = Number(values.timeout) * 1_000
  if (!(timeoutMs > 0 && timeoutMs <= 86_400_000))
    throw new GatewayError('USAGE', `--timeout takes seconds, more than 0, not "${values.timeout}"`)
  const { config } = await readConfig(values.config, { env: anyVariable })
  const first = await askGateway<DrillFacts>(config.dataDir, 'POST', '/drills', { camera: values.camera })
  if (!values.json) io.out(`drill ${first.alert} on camera ${first.camera}`)
  const outcome = await follow(first, config.dataDir, timeoutMs)
  if (values.json) io.out(JSON.stringify(outcome))
  else for (const line of linesOf(outcome)) io.out(line)
  return hasArrived(outcome.facts) ? 0 : 1
}

async function follow(first: DrillFacts, dataDir: string, timeoutMs: number): Promise<Outcome> {
  const until = performance.now() + timeoutMs
  let facts = first
  let brokerMs: number | undefined
  for (;;) {
    const sinceMs = Date.now() - first.raisedAt
    if (facts.state === 'broker' || facts.state === 'centre') brokerMs ??= sinceMs
    const isOver = hasArrived(facts) || facts.state === 'parked' || facts.state === 'given-up'
    if (isOver || performance.now() >= until) {
      const { committedAt } = facts
      const committedMs = committedAt === undefined ? undefined : committedAt - first.raisedAt
      const centreMs = facts.state === 'centre' ? sinceMs : undefined
      return { facts, committedMs, brokerMs, centreMs }
    }
    await delay(askEveryMs)
    facts = await askGateway<DrillFacts>(dataDir, 'GET', `/drills/${first.alert}`)
  }
}

function hasArrived({ state, receipts }: DrillFacts): boolean {
  return state === (receipts ? 'centre' : 'broker')
}

function linesOf({ facts, committedMs, brokerMs, centreMs }: Outcome): string[] {
  return [
    committedMs === undefined
      ? 'not committed: the disk does not take it; it waits in memory and is tried again'
      : `committed after ${committedMs} ms`,
    ...(brokerMs === undefined ? [] : [`the broker had it after ${brokerMs} ms`]),
    ...(centreMs === undefined ? [] : [`the centre had it after ${centreMs} ms`]),
    ...whyNot(facts),
  ]
}

/** Why it has not arrived. */
function whyNot({ state, ahead = 0, parkedBecause, receipts, broker }: DrillFacts): string[] {
  if (state === 'parked') return [`the broker refused it for good: ${parkedBecause}`]
  if (state === 'given-up') return ['it was given up before it left: the outbox is full']
  if (state === 'broker' && receipts)
    return ['the centre has not confirmed it yet: is it running, and does it send receipts?']
  if (state !== 'waiting') return []
  const away = broker.connected
    ? 'the broker is connected and has not acknowledged it yet'
    : `the broker is away (${broker.lastError ?? 'not connected yet'})`
  const queue = ahead === 0 ? 'as the first' : `behind ${ahead} older message${ahead === 1 ? '' : 's'}`
  return [`${away}: it waits in the outbox ${queue} and leaves when it can`]
}
