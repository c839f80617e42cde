/** The schema of what is told about numbers that do not come. */
import Type, { type Static } from 'typebox'
import { moment, numberedEvent } from './envelope.ts'

export const tombstoneType = 'skyeye.tombstone'

/** Ranges that one tombstone tells; more make another one. */
export const mostRanges = 500

const number = (description: string) => Type.Integer({ description, minimum: 1, maximum: 2_147_483_647 })

export const tombstoneData = Type.Object(
  {
    class: Type.String({ description: 'Of the missing numbers.', minLength: 1, maxLength: 32 }),
    epoch: Type.String({ description: 'Of the missing numbers.', minLength: 1, maxLength: 64 }),
    because: Type.Enum(['quota', 'expired', 'disk-full', 'refused'], {
      description:
        '`quota`: too much waited; `expired`: it waited too long; `disk-full`: the box had no room left; `refused`: the broker will not take it, or its picture cannot be read any more: such a number may still come, if somebody sends it again.',
    }),
    count: number('How many numbers the ranges hold.'),
    ranges: Type.Array(Type.Object({ first: number('First number.'), last: number('Last number.') }), {
      description: 'Ascending, without overlap.',
      minItems: 1,
      maxItems: mostRanges,
    }),
    sentAt: moment('When this sending left the box.'),
  },
  {
    $id: 'urn:skyeye:v1:tombstone-data',
    title: 'Data of a tombstone',
    description: 'Numbers that were given up: do not wait for them, count them as received in receipts.',
  },
)

export type TombstoneData = Static<typeof tombstoneData>
export type GivenUpBecause = TombstoneData['because']

export const tombstoneEvent = numberedEvent({
  $id: 'urn:skyeye:v1:tombstone',
  title: 'Tombstone',
  description:
    'Tells which numbers of another class do not come, and why. Numbered itself, in a class of its own.',
  types: [tombstoneType],
  data: tombstoneData,
  dataschema: 'urn:skyeye:v1:tombstone-data',
})
