/** docs/contract: JSON Schemas, examples and the AsyncAPI document, from the schemas and messages that the code uses. */
import type { TSchema } from 'typebox'
import { alertData, alertEvent } from '../../src/contract/alert-schema.ts'
import { answerData, answerEvent } from '../../src/contract/answer-schema.ts'
import { commandData, commandEvent, verbs } from '../../src/contract/command-schema.ts'
import { dispositionData, dispositionEvent } from '../../src/contract/disposition-schema.ts'
import { inventoryData, inventoryEvent } from '../../src/contract/inventory-schema.ts'
import { receipt } from '../../src/contract/receipt.ts'
import { snapshotHeaders } from '../../src/contract/snapshot-schema.ts'
import {
  cameraStateData,
  cameraStateEvent,
  healthData,
  healthEvent,
  presenceData,
  presenceEvent,
} from '../../src/contract/state-schema.ts'
import { countsData, countsEvent, trackData, trackEvent } from '../../src/contract/structure-schema.ts'
import { tombstoneData, tombstoneEvent } from '../../src/contract/tombstone-schema.ts'
import { asyncapiText } from './asyncapi.ts'
import { contractExamples } from './contract-examples.ts'

export const schemas = {
  alert: alertEvent,
  'alert-data': alertData,
  'snapshot-headers': snapshotHeaders,
  presence: presenceEvent,
  'presence-data': presenceData,
  health: healthEvent,
  'health-data': healthData,
  'camera-state': cameraStateEvent,
  'camera-state-data': cameraStateData,
  inventory: inventoryEvent,
  'inventory-data': inventoryData,
  disposition: dispositionEvent,
  'disposition-data': dispositionData,
  ...Object.fromEntries(
    verbs.flatMap((verb): [string, TSchema][] => [
      [`command-${verb}`, commandEvent(verb)],
      [`command-${verb}-data`, commandData[verb]],
    ]),
  ),
  track: trackEvent,
  'track-data': trackData,
  counts: countsEvent,
  'counts-data': countsData,
  tombstone: tombstoneEvent,
  'tombstone-data': tombstoneData,
  receipt,
  answer: answerEvent,
  'answer-data': answerData,
}

/** Path relative to the repository, and its text. */
export function contractDocuments(): Map<string, string> {
  const draft = 'https://json-schema.org/draft/2020-12/schema'
  const file = (name: string, value: object): [string, string] => [
    `docs/contract/${name}.json`,
    `${print(value, '', 0)}\n`,
  ]
  return new Map([
    ...Object.entries(schemas).map(([name, schema]) => file(`${name}.schema`, { $schema: draft, ...schema })),
    ...Object.entries(contractExamples).map(([name, example]) => file(`examples/${name}`, example)),
    ['docs/contract/asyncapi.yaml', asyncapiText(schemas)],
  ])
}

/** Lists in lists, and plain values. */
function inLine(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(inLine).join(', ')}]` : JSON.stringify(value)
}

/** JSON as the formatter of this repository leaves it: a list stands on one line where it fits. */
function print(value: unknown, indent: string, column: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    const flat = inLine(value)
    const simple = JSON.stringify(value).indexOf('{') < 0
    // One column stays for the comma that may follow.
    if (simple && column + flat.length < 110) return flat
    const items = value.map((item) => `${inner}${print(item, inner, inner.length)}`)
    return `[\n${items.join(',\n')}\n${indent}]`
  }
  const fields = Object.entries(value).map(([key, field]) => {
    const start = `${inner}${JSON.stringify(key)}: `
    return `${start}${print(field, inner, start.length)}`
  })
  return fields.length === 0 ? '{}' : `{\n${fields.join(',\n')}\n${indent}}`
}
