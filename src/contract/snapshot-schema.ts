/** What travels beside the bytes of a picture: JPEGs carry no envelope, so MQTT 5 user properties say what they are. */
import Type from 'typebox'
import { uuid } from './envelope.ts'

/** User properties are text, also where a number is meant. */
export const snapshotHeaders = Type.Object(
  {
    id: uuid(
      'Of this message; stays the same over every sending, so a second one with the same id is a duplicate.',
    ),
    epoch: Type.String({
      description: 'Of the database of the box; a new one means that numbers begin again at 1.',
      minLength: 1,
      maxLength: 64,
    }),
    class: Type.Literal('snapshot', { description: 'Pictures are numbered apart from alerts.' }),
    sequence: Type.String({
      description: 'From 1 without gaps, per gateway, epoch and class.',
      pattern: '^[1-9][0-9]{0,9}$',
    }),
    sha256: Type.String({ description: 'Of the JPEG.', pattern: '^[0-9a-f]{64}$' }),
  },
  {
    $id: 'urn:skyeye:v1:snapshot-headers',
    title: 'User properties of a snapshot',
    description: 'Beside the JPEG bytes. Over MQTT 3.1.1 they are absent: its alert names topic and sha256.',
  },
)
