/** What a gateway answers to a command. */
import Type, { type Static } from 'typebox'
import { dispositionStates } from '../domain/disposition.ts'
import { cellCode } from './disposition-schema.ts'
import { moment, stateEvent } from './envelope.ts'

export const answerType = 'skyeye.answer'

/** Why a command was not done. */
export const refusalCodes = {
  'too-large': 'It has more than 64 KiB.',
  'unknown-verb': 'There is no such command.',
  malformed: 'It does not fit its schema.',
  expired: 'It came after its `expirytime`.',
  invalid: 'It fits its schema and makes no sense here; `why` says what.',
  'id-reused': 'Another command had this id.',
  conflict: 'Somebody decided meanwhile: `current` is how the alert stands.',
  'not-allowed': 'As the alert stands this cannot be decided; `current` is how it stands.',
  'not-found': 'No such alert, camera, rule or cell.',
  consent: 'The consent for this camera does not allow it.',
  busy: 'Too much of this is at work; try again.',
  unavailable: 'It cannot be done now; try again later.',
  failed: 'Something broke; the log of the gateway says what.',
} as const
export type RefusalCode = keyof typeof refusalCodes

const whole = (description: string) => Type.Integer({ description, minimum: 0 })

const standing = Type.Object(
  {
    revision: whole('Of the newest disposition; 0 where there is none.'),
    state: Type.Optional(
      Type.Enum([...dispositionStates], { description: 'Of the newest that is no comment.' }),
    ),
    cell: Type.Optional(cellCode),
    due: Type.Optional(moment('By when it has to be seen to.')),
  },
  { description: 'How the alert stands.' },
)

const hash = Type.String({ pattern: '^[0-9a-f]{64}$' })

/** What a command that was done returns. */
const result = Type.Object(
  {
    alert: Type.Optional(Type.String({ description: 'acknowledge, assign, dispose, comment.' })),
    standing: Type.Optional(standing),
    camera: Type.Optional(
      Type.String({ description: 'rule-enable, camera-pause, snapshot-now, confirm-view.' }),
    ),
    preset: Type.Optional(Type.String({ description: 'confirm-view, of a camera that turns.' })),
    rule: Type.Optional(Type.String({ description: 'rule-enable.' })),
    enabled: Type.Optional(Type.Boolean({ description: 'rule-enable.' })),
    paused: Type.Optional(Type.Boolean({ description: 'camera-pause.' })),
    until: Type.Optional(moment('rule-enable, camera-pause: when it ends by itself.')),
    snapshot: Type.Optional(
      Type.Object(
        {
          topic: Type.String(),
          sha256: hash,
          time: moment('When the picture was taken.'),
          width: whole('Pixels.'),
          height: whole('Pixels.'),
          redacted: Type.Literal(true),
        },
        { description: 'snapshot-now: the picture that comes as a snapshot.' },
      ),
    ),
    requeued: Type.Optional(whole('replay: how many messages are sent again.')),
    missing: Type.Optional(whole('replay: how many numbers of the range are no longer kept.')),
    version: Type.Optional(Type.String({ description: 'ping: of the program.' })),
    epoch: Type.Optional(Type.String({ description: 'ping: of the database.' })),
    configuration: Type.Optional(
      Type.Object({}, { description: 'config-report: what is in force; keys as in the configuration file.' }),
    ),
  },
  { description: 'What was done; which fields there are depends on the command.' },
)

export const answerData = Type.Object(
  {
    command: Type.Optional(
      Type.String({ description: 'Its id; absent where none could be read.', maxLength: 64 }),
    ),
    verb: Type.Optional(
      Type.String({ description: 'Absent where there is no such command.', maxLength: 64 }),
    ),
    outcome: Type.Enum(['done', 'refused']),
    repeated: Type.Boolean({
      description: 'The answer of an earlier command with this id: nothing was done now.',
    }),
    result: Type.Optional(result),
    refusal: Type.Optional(
      Type.Object({
        code: Type.Enum(Object.keys(refusalCodes) as RefusalCode[], {
          description: Object.entries(refusalCodes)
            .map(([code, words]) => `\`${code}\`: ${words}`)
            .join(' '),
        }),
        why: Type.String({ description: 'For people.' }),
        current: Type.Optional(standing),
      }),
    ),
    audit: Type.Optional(
      Type.Object(
        { sequence: Type.Integer({ minimum: 1 }), hash },
        {
          description:
            'The entry about it in the audit log of the box. Whoever keeps it can prove later that the log was cut or rewritten (`skyeye audit verify --expect`).',
        },
      ),
    ),
  },
  { $id: 'urn:skyeye:v1:answer-data', title: 'Data of an answer' },
)

export type AnswerData = Static<typeof answerData>
/** What became of a command. */
export type Verdict = Pick<AnswerData, 'outcome' | 'result' | 'refusal'>
/** The same after it was written down. */
export type Recorded = Verdict & Pick<AnswerData, 'audit'>

export const answerEvent = stateEvent({
  $id: 'urn:skyeye:v1:answer',
  title: 'Answer to a command',
  description:
    'Sent once, neither kept nor numbered: who misses it sends the command again, with the same id.',
  types: [answerType],
  data: answerData,
  dataschema: 'urn:skyeye:v1:answer-data',
})
