/** Checks a message against the schema of its type: in tests, and wherever a message may come from elsewhere. */
import { Compile } from 'typebox/compile'
import { alertEvent, alertTypes } from './alert-schema.ts'
import { answerEvent, answerType } from './answer-schema.ts'
import { commandEvent, commandType, verbs } from './command-schema.ts'
import { dispositionEvent, dispositionType } from './disposition-schema.ts'
import { inventoryEvent, inventoryType } from './inventory-schema.ts'
import { snapshotHeaders } from './snapshot-schema.ts'
import {
  cameraStateEvent,
  cameraStateType,
  healthEvent,
  healthType,
  presenceEvent,
  presenceType,
} from './state-schema.ts'
import { countsEvent, countsType, trackEvent, trackType } from './structure-schema.ts'
import { tombstoneEvent, tombstoneType } from './tombstone-schema.ts'

const alert = Compile(alertEvent)
const snapshot = Compile(snapshotHeaders)

type Validator = Pick<typeof alert, 'Errors'>

const validators = new Map<string, Validator>([
  [alertTypes.began, alert],
  [alertTypes.updated, alert],
  [alertTypes.ended, alert],
  [presenceType, Compile(presenceEvent)],
  [healthType, Compile(healthEvent)],
  [cameraStateType, Compile(cameraStateEvent)],
  [inventoryType, Compile(inventoryEvent)],
  [dispositionType, Compile(dispositionEvent)],
  [trackType, Compile(trackEvent)],
  [countsType, Compile(countsEvent)],
  [tombstoneType, Compile(tombstoneEvent)],
  [answerType, Compile(answerEvent)],
  ...verbs.map((verb): [string, Validator] => [commandType(verb), Compile(commandEvent(verb))]),
])

/** What is wrong with a parsed message, one sentence each with its place; empty where it fits its contract. */
export function validateMessage(message: unknown): string[] {
  const type = (message as { type?: unknown } | null)?.type
  const validator = typeof type === 'string' ? validators.get(type) : undefined
  if (!validator) return [`no message has the type ${JSON.stringify(type)}`]
  return faults(validator, message)
}

/** The same for the user properties of a picture. */
export function validateSnapshotHeaders(headers: unknown): string[] {
  return faults(snapshot, headers)
}

function faults(validator: Validator, value: unknown): string[] {
  return validator.Errors(value).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`)
}
