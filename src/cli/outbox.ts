/** `skyeye outbox`: what waits in the running gateway and what the broker refused for good; `requeue` sends that again. */
import { parseArgs } from 'node:util'
import type { OutboxFacts } from '../http/ports.ts'
import { GatewayError } from '../kit/errors.ts'
import { askGateway } from './ask-gateway.ts'
import type { Io } from './io.ts'
import { anyVariable, defaultConfigPath, readConfig } from './setup.ts'
import { table } from './table.ts'

const help = `skyeye outbox [--config FILE] [--json]
skyeye outbox requeue ID|--all [--config FILE] [--json]

Says what is in the outbox of the gateway that runs here, by class: what waits for the broker, what the centre has not
confirmed (where publish.receipts is required), what was delivered and is kept for a replay, and what is parked because
the broker refused it for good, with the reason. To be run as the account of the gateway.

  requeue ID      has that parked message sent again, under its own id and number: once the reason is gone
  requeue --all   the same for all that are parked
  --config FILE   configuration of the gateway (default: ${defaultConfigPath})
  --json          one JSON document instead of text; times are epoch ms
  --help          this text

Exit status: 0 good, 1 refused (no gateway runs, no such message is parked), 2 misuse.`

/** Exit status: 0 good, 1 refused, 2 misuse. */
export async function outbox(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      config: { type: 'string', default: defaultConfigPath },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    io.out(help)
    return 0
  }
  const [verb, id, ...others] = positionals
  const isAsked = verb === 'requeue' ? (id !== undefined) !== values.all : !verb && !values.all
  if (!isAsked || others.length > 0)
    throw new GatewayError('USAGE', 'takes nothing, or requeue with the id of one message or --all')
  const { config } = await readConfig(values.config, { env: anyVariable })
  if (verb) {
    const done = await askGateway<{ requeued: number }>(config.dataDir, 'POST', '/outbox/requeue', { id })
    io.out(values.json ? JSON.stringify(done) : requeuedLine(done.requeued))
    return 0
  }
  const facts = await askGateway<OutboxFacts>(config.dataDir, 'GET', '/outbox')
  if (values.json) io.out(JSON.stringify(facts))
  else for (const line of linesOf(facts)) io.out(line)
  return 0
}

function requeuedLine(requeued: number): string {
  if (requeued === 0) return 'nothing is parked'
  return requeued === 1 ? '1 message waits again' : `${requeued} messages wait again`
}

function linesOf({ classes, parked, broker }: OutboxFacts): string[] {
  const away = `the broker is away (${broker.lastError ?? 'not connected yet'})`
  return [
    broker.connected ? 'the broker is connected' : away,
    ...(classes.length === 0 ? ['nothing is in the outbox'] : table([heading, ...classes.map(row)])),
    ...(parked.length === 0 ? [] : ['', ...table([parkedHeading, ...parked.map(parkedRow)])]),
    ...unlisted(classes, parked.length),
  ]
}

const heading = ['class', 'waiting', 'unconfirmed', 'kept', 'parked', 'kB', 'oldest undelivered']

function row(one: OutboxFacts['classes'][number]): string[] {
  const { waiting, unconfirmed, kept, parked, bytes, oldestAt } = one
  const numbers = [waiting, unconfirmed, kept, parked, Math.ceil(bytes / 1_000)]
  return [one.class, ...numbers.map(String), oldestAt === null ? '' : time(oldestAt)]
}

const parkedHeading = ['parked', 'class', 'number', 'saved', 'why', 'topic']

function parkedRow({ id, sequence, createdAt, parkedBecause, topic, ...one }: OutboxFacts['parked'][number]) {
  return [id, one.class, String(sequence), time(createdAt), parkedBecause ?? '', topic]
}

function unlisted(classes: OutboxFacts['classes'], listed: number): string[] {
  const more = classes.reduce((sum, { parked }) => sum + parked, 0) - listed
  return more > 0 ? [`and ${more} more that are parked`] : []
}

function time(ms: number): string {
  return new Date(ms).toISOString()
}
