/** What the centre confirms: up to which number it has stored everything. */
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'

/** Bytes of a receipt; more is refused unread. */
const mostBytes = 4_096

export const receipt = Type.Object(
  {
    epoch: Type.String({ description: 'As in the events.', minLength: 1, maxLength: 64 }),
    class: Type.String({ description: '`alert`, `snapshot` …', minLength: 1, maxLength: 32 }),
    sequence: Type.Integer({
      description:
        'Highest number below which nothing is missing. What a tombstone has named counts as received.',
      minimum: 1,
      maximum: 2_147_483_647,
    }),
  },
  {
    $id: 'urn:skyeye:v1:receipt',
    title: 'Receipt',
    description:
      'From the centre: everything of this epoch and class up to this number is stored and may be forgotten. Plain JSON, no CloudEvent. A later one covers the earlier.',
  },
)

export type Receipt = Static<typeof receipt>

const validator = Compile(receipt)

/** The receipt, or in a sentence what is wrong with it. */
export function readReceipt(payload: Uint8Array): Receipt | string {
  if (payload.byteLength > mostBytes) return `it has ${payload.byteLength} bytes (${mostBytes} at most)`
  let message: unknown
  try {
    message = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch (error) {
    return `it is no JSON: ${(error as Error).message}`
  }
  const [fault] = validator.Errors(message)
  if (fault) return `${fault.instancePath || '/'} ${fault.message}`
  return message as Receipt
}
