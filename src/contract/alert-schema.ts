/** What an alert tells the centre: the schema of its data, and of the message around it. */
import Type, { type Static } from 'typebox'
import { endedBecauses, snapshotMissings } from '../domain/alert.ts'
import { cameraStates, placeMissings, tiers } from '../domain/camera.ts'
import { colours, labels, types } from '../domain/detection.ts'
import { headings, paces } from '../domain/movement.ts'
import { duties, ruleKinds, severities } from '../domain/rule.ts'
import { viewFaults } from '../domain/view.ts'
import { boxFacts, reasons } from './box-schema.ts'
import { moment, numberedEvent, uuid } from './envelope.ts'

export const alertTypes = {
  began: 'skyeye.alert.began',
  updated: 'skyeye.alert.updated',
  ended: 'skyeye.alert.ended',
} as const

const name = (description: string) => Type.String({ description, minLength: 1, maxLength: 200 })
const share = Type.Number({ minimum: 0, maximum: 1 })
const position = (description: string) =>
  Type.Array(Type.Number({ minimum: -180, maximum: 180 }), { description, minItems: 2, maxItems: 2 })
const gridCode = Type.String({ description: 'Code, `_` where unknown.', minLength: 1, maxLength: 64 })

export const camera = Type.Object(
  {
    id: name('Unique within the gateway.'),
    name: name('For people.'),
    tier: Type.Enum([...tiers], {
      description: '`public` street (天眼), `shop` shop or village (村眼), `household` (户眼).',
    }),
    gbId: Type.Optional(Type.String({ description: 'GB/T 28181 id.', pattern: '^[0-9]{20}$' })),
  },
  {
    description:
      'The camera that saw it; with `outage`, the one that was lost first, with `storm`, the first that it counts; with `degradation` no camera: its id is `_`, its name that of the gateway.',
  },
)

export const grid = Type.Object(
  {
    street: gridCode,
    community: gridCode,
    group: gridCode,
    unit: gridCode,
    version: Type.String({
      description:
        'Of the table of the grid when this was told; `_` where the gateway has none and the codes are those of the configuration.',
      minLength: 1,
      maxLength: 64,
    }),
  },
  { description: 'Where the camera is in the grid; the same codes as in the topic.' },
)

export const address = Type.Object({
  code: name('Standard address code.'),
  text: name('The address for people.'),
})

export const place = Type.Object({
  wgs84: position('[longitude, latitude] in degrees.'),
  gcj02: position('[longitude, latitude] in degrees, as Chinese maps draw it.'),
})

export const placeMissing = Type.Enum([...placeMissings], {
  description:
    'Why there is no `place`: the gateway has no table of places, the camera no row in it, or the row no longitude and latitude.',
})

export const placesVersion = Type.String({
  description:
    'Of the table of places when this was told: `unit`, `address` and `place` come from it. Absent where the gateway has none.',
  minLength: 1,
  maxLength: 64,
})

const box = Type.Object(
  { x1: share, y1: share, x2: share, y2: share },
  { description: '0..1 of the picture from its top left corner.' },
)

export const colour = Type.Enum([...colours], {
  description:
    'Main colour of a vehicle, as most looks at it say; silver is grey. Absent by night, and where nobody can tell.',
})

export const thingType = Type.Enum([...types], {
  description:
    'Of vehicles and two-wheelers, where the model tells them apart, which that of tier `light` does not.',
})

export const faceSeen = Type.Boolean({
  description:
    'Of a person: was their face seen in any look? Faces are looked for once a second; absent where none of those looks met the person. It says nothing of whose face it was.',
})

const seen = Type.Object({
  track: Type.Integer({
    description:
      'The same object over frames of one camera. No other one of that camera has it within a day, also where the gateway starts anew.',
    minimum: 0,
  }),
  label: Type.Enum([...labels]),
  confidence: share,
  box,
  attributes: Type.Object(
    {
      type: Type.Optional(thingType),
      colour: Type.Optional(colour),
      faceSeen: Type.Optional(faceSeen),
      pace: Type.Optional(
        Type.Enum([...paces], {
          description:
            'Now: `standing` below a tenth of its own height a second, `slow` below one, else `fast`.',
        }),
      ),
      heading: Type.Optional(
        Type.Enum([...headings], { description: 'In the picture, now; absent while it stands.' }),
      ),
      speed: Type.Optional(
        Type.Number({
          description: 'Metres per second on the ground, now, where the camera is calibrated.',
          minimum: 0,
        }),
      ),
    },
    {
      description: 'What else is known of the object, as far as it is; never who it is. Others may be added.',
    },
  ),
})

const snapshot = Type.Object(
  {
    topic: Type.String({ description: 'Where its JPEG was sent, before this message.', minLength: 1 }),
    sha256: Type.String({ description: 'Of the JPEG.', pattern: '^[0-9a-f]{64}$' }),
    redacted: Type.Literal(true),
    id: Type.Optional(uuid('Of the message with the JPEG, as in its user properties.')),
    epoch: Type.Optional(Type.String({ description: 'The same.', minLength: 1, maxLength: 64 })),
    class: Type.Optional(Type.Literal('snapshot')),
    sequence: Type.Optional(Type.Integer({ description: 'The same.', minimum: 1, maximum: 2_147_483_647 })),
  },
  { description: 'The picture: faces in it are unrecoverable.' },
)

const clock = Type.Object(
  {
    source: Type.Enum(['box', 'rtcp', 'onvif'], {
      description: 'Where the times come from: the clock of the box, or the camera by RTCP or ONVIF.',
    }),
    offsetMs: Type.Optional(Type.Number({ description: 'Clock of the camera minus clock of the box.' })),
  },
  { description: 'What the times can be trusted for.' },
)

const tamper = Type.Object(
  {
    faults: Type.Array(Type.Enum([...viewFaults]), {
      description:
        '`covered` something hides most of it; `blurred` nothing is sharp; `dark`, `bright` too much so to see anything; `moved` it shows another view than before; `frozen` always the same picture; `corrupted` grey or smeared in parts.',
      minItems: 1,
    }),
    shift: Type.Optional(
      Type.Object(
        { dx: Type.Number(), dy: Type.Number() },
        {
          description:
            'With `moved`, where it is known: what was at x is now at x + dx, shares of width and height.',
        },
      ),
    ),
    back: Type.Optional(
      Type.Literal(true, {
        description:
          'With `moved`: the camera shows its reference again. No picture leaves all the same, until somebody confirms the view.',
      }),
    ),
  },
  { description: 'With kind `camera-tampered`: what is wrong with the view.' },
)

const degradation = Type.Object(
  {
    reasons: reasons(
      '`hot` the processor is; `disk` hardly any room is left where the data is; `clock` it was set while the gateway ran, or nothing keeps it right; `overload` pictures wait too long to be analysed. With `ended`: what was wrong last.',
    ),
    freeBytes: Type.Optional(Type.Integer({ description: 'Bytes free where the data is.', minimum: 0 })),
    ...boxFacts,
  },
  {
    description:
      'With kind `gateway-degraded`: what is wrong with the box, and what it showed when this was told.',
  },
)

const gap = (description: string) => Type.Optional(Type.Integer({ description, minimum: 0 }))

const outage = Type.Object(
  {
    count: Type.Integer({ description: 'Cameras that were lost together.', minimum: 1 }),
    missing: Type.Integer({ description: 'How many of them are missing still.', minimum: 0 }),
    cameras: Type.Array(
      Type.Object({
        id: name('Unique within the gateway.'),
        name: name('For people.'),
        state: Type.Enum([...cameraStates], { description: 'The newest that is known of why.' }),
        since: moment('Since when it was missing.'),
        gapMs: gap('How long it was missing, milliseconds; absent while it is.'),
      }),
      { description: 'The missing ones first; 200 at most.', minItems: 1 },
    ),
    gapMs: gap('Milliseconds from the first loss until the last was back; once all are.'),
  },
  {
    description:
      'With kind `camera-offline`: cameras of one network that gave no pictures any more, lost within a short time of each other, or all of the gateway.',
  },
)

const kind = (description: string) => Type.String({ description, pattern: '^[a-z]+(-[a-z]+)*$' })
const direction = Type.Enum(['left', 'right'], {
  description: 'Where the object went, for someone who walks along the line.',
})

const reason = Type.Object({
  rule: name('Of this camera.'),
  kind: kind('As that of an alert.'),
  began: moment('When it began to hold.'),
  ended: Type.Optional(moment('When it held no longer.')),
  zone: Type.Optional(name('Zone of the rule.')),
  line: Type.Optional(name('Line of the rule.')),
  direction: Type.Optional(direction),
})

const digest = Type.Object(
  {
    count: Type.Integer({ description: 'Alerts that were not raised, until now.', minimum: 1 }),
    rules: Type.Array(
      Type.Object({
        rule: name('Of this camera.'),
        kind: kind('As that of an alert.'),
        count: Type.Integer({ description: 'How many of them were of this rule.', minimum: 1 }),
      }),
      { minItems: 1 },
    ),
  },
  {
    description:
      'With kind `digest`: alerts of one camera and duty beyond the number that it may raise in an hour; critical ones are never among them. `objects` are those of the newest.',
  },
)

const storm = Type.Object(
  {
    kind: kind('Of the alerts that were counted.'),
    count: Type.Integer({ description: 'Alerts that were not told one by one, until now.', minimum: 1 }),
    cameras: Type.Array(
      Type.Object({
        id: name('Unique within the gateway.'),
        name: name('For people.'),
        count: Type.Integer({ description: 'How many of them it raised.', minimum: 1 }),
      }),
      { description: 'In the order in which they joined; 200 at most.', minItems: 1 },
    ),
  },
  {
    description:
      'With kind `storm`: alerts of one kind beyond those with which many cameras began to raise it at once; critical ones are never among them.',
  },
)

export const alertData = Type.Object(
  {
    alert: uuid('Of the alert: one over began, updated and ended.'),
    kind: kind(
      `Rule kind: ${ruleKinds.map((kind) => `\`${kind}\``).join(', ')}; \`digest\`: alerts that were counted instead of raised; \`camera-offline\`: cameras give no pictures; \`camera-tampered\`: something is wrong with a view; \`gateway-degraded\`: something is wrong with the box; or \`storm\`: many cameras raise one kind at once. Kinds may be added within v1.`,
    ),
    duty: Type.Enum([...duties], { description: 'Who answers for it.' }),
    rule: name('Name of the rule, unique within the camera; the kind where there is no rule.'),
    severity: Type.Enum([...severities]),
    phase: Type.Enum(['began', 'updated', 'ended']),
    began: moment('When it began.'),
    ended: Type.Optional(moment('When it ended; with phase `ended`.')),
    endedBecause: Type.Optional(
      Type.Enum([...endedBecauses], { description: 'Why it is over; with phase `ended`.' }),
    ),
    sentAt: moment('When this sending left the box: much later than `time` after an outage of the broker.'),
    camera,
    grid,
    address: Type.Optional(address),
    place: Type.Optional(place),
    placeMissing: Type.Optional(placeMissing),
    placesVersion: Type.Optional(placesVersion),
    objects: Type.Array(seen),
    zone: Type.Optional(name('Zone of the rule.')),
    line: Type.Optional(name('Line of the rule.')),
    direction: Type.Optional(direction),
    count: Type.Optional(
      Type.Integer({
        description:
          'Objects in the zone; with kind `counting`, those who went over the line or are behind it.',
        minimum: 0,
      }),
    ),
    density: Type.Optional(
      Type.Number({
        description:
          'With kind `crowding`, where the camera is calibrated: `count` to the square metre of the zone.',
        minimum: 0,
      }),
    ),
    reasons: Type.Optional(
      Type.Array(reason, {
        description:
          "Where the camera merges alerts and several rules of one duty hold for the object: all of them, the alert's own first. `severity` is the greatest of theirs, so it may rise.",
        minItems: 2,
      }),
    ),
    digest: Type.Optional(digest),
    outage: Type.Optional(outage),
    tamper: Type.Optional(tamper),
    degradation: Type.Optional(degradation),
    storm: Type.Optional(storm),
    snapshot: Type.Optional(snapshot),
    snapshotMissing: Type.Optional(
      Type.Enum([...snapshotMissings], { description: 'Why there is no picture where one was due.' }),
    ),
    evidence: Type.Optional(
      Type.Object(
        { id: name('Of the sealed original.'), sealed: Type.Literal(true) },
        { description: 'The original stays on the box, sealed to a custodian.' },
      ),
    ),
    clock,
    drill: Type.Boolean({
      description: 'A marked test, by `skyeye drill`: nothing happened; show it, dispatch nobody.',
    }),
    models: Type.Array(name('Model that took part.')),
  },
  {
    $id: 'urn:skyeye:v1:alert-data',
    title: 'Data of an alert',
    description: 'Within v1 fields are only added: ignore those you do not know.',
  },
)

export type AlertData = Static<typeof alertData>

export const alertEvent = numberedEvent({
  $id: 'urn:skyeye:v1:alert',
  title: 'Alert',
  description: 'An event worth a person. Sent at every phase: began, updated, ended.',
  types: Object.values(alertTypes),
  data: alertData,
  dataschema: 'urn:skyeye:v1:alert-data',
})

export type AlertEvent = Static<typeof alertEvent>
