/** What the centre may ask of a gateway: one schema for each verb, and the envelope around it. */
import Type, { type Static, type TProperties } from 'typebox'
import { actor, cellCode, reason } from './disposition-schema.ts'
import { moment, uuid } from './envelope.ts'

/** Bytes of a command; more is refused unread. */
export const mostCommandBytes = 65_536

/** A command may be valid for so long at most: its answer is remembered until it has expired. */
export const longestValidityMs = 86_400_000

const verbNames = [
  'acknowledge',
  'assign',
  'dispose',
  'comment',
  'rule-enable',
  'camera-pause',
  'snapshot-now',
  'confirm-view',
  'replay',
  'ping',
  'config-report',
] as const
export type Verb = (typeof verbNames)[number]
export const verbs: readonly Verb[] = verbNames

export function isVerb(text: string): text is Verb {
  return (verbs as readonly string[]).includes(text)
}

export const commandType = (verb: string) => `skyeye.command.${verb}`

const name = (description: string) => Type.String({ description, minLength: 1, maxLength: 200 })
const camera = name('Id of the camera.')
const until = Type.Optional(moment('Until when; without it until it is taken back.'))
const alert = uuid('Of the alert.')
const revision = Type.Integer({
  description:
    'Of the newest disposition of this alert that you have seen; 0 where there was none. Another one than the current is refused.',
  minimum: 0,
})

/** A word too many may be a word misspelt, and what it should have said would not be done: so it is refused. */
function dataOf<Fields extends TProperties>(verb: Verb, description: string, fields: Fields) {
  return Type.Object(
    { ...fields, actor },
    {
      $id: `urn:skyeye:v1:command-${verb}-data`,
      title: `Data of the command ${verb}`,
      description,
      additionalProperties: false,
    },
  )
}

/** Each description says what it does and whether the effect survives a restart. */
export const commandData = {
  acknowledge: dataOf(
    'acknowledge',
    'Somebody has seen the alert. Kept with the alert, over restarts; told as a disposition.',
    { alert, revision, reason: Type.Optional(reason) },
  ),
  assign: dataOf(
    'assign',
    'The worker of a grid cell has to see to the alert. Kept with the alert, over restarts; told as a disposition.',
    {
      ...{ alert, revision, cell: cellCode },
      due: Type.Optional(moment('By when.')),
      reason: Type.Optional(reason),
    },
  ),
  dispose: dataOf(
    'dispose',
    'The alert is settled, was none, or is open again. Kept with the alert, over restarts; told as a disposition.',
    {
      ...{ alert, revision, reason: Type.Optional(reason) },
      state: Type.Enum(['resolved', 'false', 'reopened'], {
        description: 'Only what is resolved or false can be reopened, and it has to be before anything else.',
      }),
    },
  ),
  comment: dataOf(
    'comment',
    'A remark; the alert stands as before. Kept with the alert, over restarts; told as a disposition.',
    { alert, revision, reason },
  ),
  'rule-enable': dataOf(
    'rule-enable',
    'Switches a configured rule of a camera off, or on again. Survives restarts and reloads of the configuration, until `until` or until it is taken back. The camera is read anew: open alerts of all its rules end with `rule-changed`.',
    {
      camera,
      rule: name('As the inventory calls it.'),
      enabled: Type.Boolean(),
      until,
      reason: Type.Optional(reason),
    },
  ),
  'camera-pause': dataOf(
    'camera-pause',
    'Stops reading a camera, or reads it again. Survives restarts and reloads of the configuration, until `until` or until it is taken back. Its state becomes `paused`; open alerts end with `camera-lost`.',
    { camera, paused: Type.Boolean(), until, reason: Type.Optional(reason) },
  ),
  'snapshot-now': dataOf(
    'snapshot-now',
    'Makes a redacted picture of the next frame of a live camera and sends it as a snapshot. Nothing stays but the picture until it is delivered.',
    { camera, reason: Type.Optional(reason) },
  ),
  'confirm-view': dataOf(
    'confirm-view',
    'Somebody has looked at what the camera shows now: that is its reference, and its privacy masks hide what they shall. Ends `moved`, and pictures leave again. Of a camera that turns: that is what `preset` looks like; it is learned within about ten seconds, in which the camera has to stand still. Survives restarts. Refused while the camera gives no picture, or nothing can be seen in it.',
    {
      camera,
      preset: Type.Optional(
        name('Where it stands, as the inventory calls it; for a camera that turns, and for no other.'),
      ),
      reason: Type.Optional(reason),
    },
  ),
  replay: dataOf(
    'replay',
    'Sends again what is still kept of a range of numbers of one class and epoch, with the same ids and numbers. What waits to be sent survives restarts.',
    {
      class: Type.String({
        description: 'As the numbers are counted: `alert`, `snapshot` …',
        minLength: 1,
        maxLength: 32,
      }),
      epoch: Type.String({ minLength: 1, maxLength: 64 }),
      from: Type.Integer({ description: 'First number.', minimum: 1, maximum: 2_147_483_647 }),
      to: Type.Integer({ description: 'Last number.', minimum: 1, maximum: 2_147_483_647 }),
    },
  ),
  ping: dataOf('ping', 'Asks whether the gateway hears and answers. Changes nothing.', {}),
  'config-report': dataOf(
    'config-report',
    'Asks for the configuration in force, without secrets. Changes nothing.',
    {},
  ),
} as const satisfies Record<Verb, unknown>

export type CommandData<Name extends Verb> = Static<(typeof commandData)[Name]>

export function commandEvent(verb: Verb) {
  return Type.Object(
    {
      specversion: Type.Literal('1.0'),
      id: Type.String({
        description:
          'UUID of any version, new for each command. A second command with the same id is answered from the record and not done again.',
        pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
      }),
      source: Type.String({
        description: 'Who sends it.',
        minLength: 1,
        maxLength: 256,
        examples: ['/centre'],
      }),
      type: Type.Literal(commandType(verb)),
      time: moment('When it was given.'),
      expirytime: moment(
        'From then on it is not done any more, by the clock of the box; 24 hours ahead of that at most.',
      ),
      datacontenttype: Type.Optional(Type.Literal('application/json')),
      dataschema: Type.Optional(Type.Literal(`urn:skyeye:v1:command-${verb}-data`)),
      data: commandData[verb],
    },
    {
      $id: `urn:skyeye:v1:command-${verb}`,
      title: `Command ${verb}`,
      description: (commandData[verb] as { description?: string }).description,
    },
  )
}
