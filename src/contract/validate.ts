/** Checks a message against the schema of its type: in tests, and wherever a message may come from elsewhere. */
import { Compile } from 'typebox/compile'
import { alertEvent, alertTypes } from './alert-schema.ts'
import {
  cameraStateEvent,
  cameraStateType,
  healthEvent,
  healthType,
  presenceEvent,
  presenceType,
} from './state-schema.ts'

const alert = Compile(alertEvent)

const validators = new Map<string, Pick<typeof alert, 'Errors'>>([
  [alertTypes.began, alert],
  [alertTypes.updated, alert],
  [alertTypes.ended, alert],
  [presenceType, Compile(presenceEvent)],
  [healthType, Compile(healthEvent)],
  [cameraStateType, Compile(cameraStateEvent)],
])

/** What is wrong with a parsed message, one sentence each with its place; empty where it fits its contract. */
export function validateMessage(message: unknown): string[] {
  const type = (message as { type?: unknown } | null)?.type
  const validator = typeof type === 'string' ? validators.get(type) : undefined
  if (!validator) return [`no message has the type ${JSON.stringify(type)}`]
  return validator.Errors(message).map(({ instancePath, message: text }) => `${instancePath || '/'} ${text}`)
}
