/** What was decided about an alert: the schema of its data, and of the message around it. */
import Type, { type Static } from 'typebox'
import { dispositionStates } from '../domain/disposition.ts'
import { moment, numberedEvent, uuid } from './envelope.ts'

export const dispositionType = 'skyeye.alert.disposition'

export const actor = Type.Object(
  {
    kind: Type.String({
      description: 'What it is: `operator`, `centre` …',
      minLength: 1,
      maxLength: 64,
      examples: ['operator'],
    }),
    name: Type.String({ description: 'Who it is.', minLength: 1, maxLength: 128 }),
  },
  { description: 'Who decided, as whoever sent the decision says.', additionalProperties: false },
)

export const cellCode = Type.String({
  description: 'Code of the grid cell whose worker has to see to it.',
  minLength: 1,
  maxLength: 64,
  examples: ['110101001002070113'],
})

export const reason = Type.String({ description: 'In words.', minLength: 1, maxLength: 1_000 })

export const dispositionData = Type.Object(
  {
    alert: uuid('Of the alert that was decided about.'),
    revision: Type.Integer({
      description: 'Counts the decisions about this alert, from 1. The next command has to carry it.',
      minimum: 1,
    }),
    state: Type.Enum([...dispositionStates], {
      description: 'A comment leaves the alert as it stands.',
    }),
    actor,
    cell: Type.Optional(cellCode),
    reason: Type.Optional(reason),
    due: Type.Optional(moment('By when it has to be seen to.')),
    sentAt: moment('When this sending left the box.'),
  },
  { $id: 'urn:skyeye:v1:disposition-data', title: 'Data of a disposition' },
)

export type DispositionData = Static<typeof dispositionData>

export const dispositionEvent = numberedEvent({
  $id: 'urn:skyeye:v1:disposition',
  title: 'Disposition of an alert',
  description:
    'What an operator or the centre decided about an alert. Numbered without gaps as a class of its own.',
  types: [dispositionType],
  data: dispositionData,
  dataschema: 'urn:skyeye:v1:disposition-data',
})
