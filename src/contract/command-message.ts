/** Reads commands, which may be anything, and writes the answers. */
import { createHash } from 'node:crypto'
import { type AnswerData, answerType, type RefusalCode, type Verdict } from './answer-schema.ts'
import {
  type CommandData,
  commandType,
  isVerb,
  longestValidityMs,
  mostCommandBytes,
  type Verb,
  verbs,
} from './command-schema.ts'
import { wrap } from './envelope.ts'
import { validateMessage } from './validate.ts'

/** So many faults of a malformed command are told. */
const mostFaults = 5

/** A command that fits its schema. */
export type Command = {
  [Name in Verb]: {
    readonly verb: Name
    readonly id: string
    /** Epoch ms. */
    readonly expiresAt: number
    readonly data: CommandData<Name>
    /** Of verb and data: tells a repeat from another command under the same id. */
    readonly digest: string
  }
}[Verb]

/** What was read; `id` and `verb` as far as they could be. */
export interface Unreadable {
  readonly id?: string
  readonly verb?: string
  readonly refusal: Verdict
}

export function refused(code: RefusalCode, why: string): Verdict {
  return { outcome: 'refused', refusal: { code, why } }
}

/** `verb`: as its topic says. */
export function readCommand(verb: string, payload: Uint8Array): Command | Unreadable {
  if (payload.byteLength > mostCommandBytes) {
    const why = `a command has at most ${mostCommandBytes} bytes, this one has ${payload.byteLength}`
    return { refusal: refused('too-large', why) }
  }
  if (!isVerb(verb)) {
    const why = `there is no command ${JSON.stringify(verb.slice(0, 64))} (commands: ${verbs.join(', ')})`
    return { refusal: refused('unknown-verb', why) }
  }
  let message: unknown
  try {
    message = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch (error) {
    return { verb, refusal: refused('malformed', `it is no JSON: ${(error as Error).message.slice(0, 200)}`) }
  }
  return fitted(verb, message)
}

function fitted(verb: Verb, message: unknown): Command | Unreadable {
  const isOfVerb = (message as { type?: unknown } | null)?.type === commandType(verb)
  const faults = isOfVerb
    ? validateMessage(message)
    : [`/type must be ${commandType(verb)}, as its topic says`]
  if (faults.length > 0) {
    const more = faults.length > mostFaults ? [`and ${faults.length - mostFaults} more`] : []
    const told = [...faults.slice(0, mostFaults), ...more].join('; ')
    const why = `it does not fit urn:skyeye:v1:command-${verb}: ${told}`
    return { id: idOf(message), verb, refusal: refused('malformed', why) }
  }
  const { id, data, expirytime } = message as { id: string; data: unknown; expirytime: string }
  const expiresAt = Date.parse(expirytime)
  const digest = createHash('sha256')
    .update(canonical([verb, data]))
    .digest('hex')
  return { verb, id: id.toLowerCase(), expiresAt, data, digest } as Command
}

/** Why its time does not fit the clock of the box (epoch ms); undefined where it does. */
export function faultOfTime({ expiresAt, verb, data }: Command, now: number): Verdict | undefined {
  const box = `the clock of the box says ${new Date(now).toISOString()}`
  if (Number.isNaN(expiresAt)) return refused('invalid', 'expirytime is no time')
  if (expiresAt <= now)
    return refused('expired', `it expired ${Math.ceil((now - expiresAt) / 1_000)} s ago: ${box}`)
  if (expiresAt - now > longestValidityMs) {
    return refused('invalid', `expirytime is more than 24 hours ahead: ${box}`)
  }
  if ('due' in data && Number.isNaN(Date.parse(data.due ?? '2000-01-01')))
    return refused('invalid', 'due is no time')
  if ((verb === 'rule-enable' || verb === 'camera-pause') && data.until !== undefined) {
    if (verb === 'rule-enable' ? data.enabled : !data.paused)
      return refused('invalid', 'until is for what ends again')
    if (!(Date.parse(data.until) > now)) return refused('invalid', `until is over already: ${box}`)
  }
  return undefined
}

export interface Answered {
  /** UUIDv7 of the answer. */
  readonly id: string
  readonly gateway: string
  /** Epoch ms. */
  readonly time: number
}

/** JSON of the CloudEvent. */
export function answerMessage(origin: Answered, data: AnswerData): string {
  return JSON.stringify(wrap(origin, answerType, 'urn:skyeye:v1:answer-data', data))
}

function idOf(message: unknown): string | undefined {
  const id = (message as { id?: unknown } | null)?.id
  return typeof id === 'string' ? id.slice(0, 64) : undefined
}

/** JSON with sorted keys: the same value is the same text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
