/** What is retained on the broker: presence, health and camera states, the newest of each. */
import Type, { type Static } from 'typebox'
import { cameraStates, pausedBecauses } from '../domain/camera.ts'
import { modelTiers } from '../domain/model-tier.ts'
import { viewFaults } from '../domain/view.ts'
import { boxFacts, reasons } from './box-schema.ts'
import { moment, stateEvent } from './envelope.ts'

export const presenceType = 'skyeye.gateway.presence'
export const healthType = 'skyeye.gateway.health'
export const cameraStateType = 'skyeye.camera.state'

export const presences = ['online', 'stopped', 'offline'] as const
/** `stopped` was meant; `offline` is the last will, sent by the broker. */
export type Presence = (typeof presences)[number]

const count = (description: string) => Type.Integer({ description, minimum: 0 })

export const presenceData = Type.Object(
  {
    presence: Type.Enum([...presences], {
      description:
        '`stopped` was meant; `offline` is said by the broker when the box is gone without a word.',
    }),
    since: moment(
      'When this connection was made, or the gateway stopped; with `offline`, when the lost connection was made.',
    ),
  },
  { $id: 'urn:skyeye:v1:presence-data', title: 'Data of presence' },
)

export const healthData = Type.Object(
  {
    alive: Type.Boolean({ description: 'False when something stands still that only a restart cures.' }),
    version: Type.Optional(Type.String({ description: 'Of the gateway.' })),
    models: Type.Optional(
      Type.Object(
        {
          tier: Type.Optional(
            Type.Enum([...modelTiers], { description: 'Absent where models were named one by one.' }),
          ),
          names: Type.Array(Type.String(), { description: 'Each once, also one that serves two tasks.' }),
        },
        { description: 'The models in use.' },
      ),
    ),
    uptimeS: Type.Optional(Type.Number({ description: 'Seconds since its start.', minimum: 0 })),
    load: Type.Optional(Type.Number({ description: 'Mean load of the last minute per core.', minimum: 0 })),
    cameras: Type.Optional(
      Type.Record(Type.String(), count('Cameras in that state.'), {
        description: 'Number of cameras by state.',
      }),
    ),
    outbox: Type.Optional(
      Type.Object({
        pending: count('Messages that wait for the broker.'),
        parked: count('Messages that the broker refused for good.'),
        oldestPendingAt: Type.Optional(moment('When the oldest waiting message was saved.')),
      }),
    ),
    degraded: Type.Optional(
      reasons(
        'What is wrong with the box, as its alert of kind `gateway-degraded` tells it; absent where nothing is.',
      ),
    ),
    ...boxFacts,
    disk: Type.Optional(Type.Object({ freeBytes: count('Bytes free where the data is.') })),
    clockOffsetMs: Type.Optional(Type.Number({ description: 'Reference clock minus clock of the box.' })),
  },
  { $id: 'urn:skyeye:v1:health-data', title: 'Data of health' },
)

/** Facts of the gateway that the centre sees each minute. */
export type GatewayHealth = Static<typeof healthData>

export const cameraStateData = Type.Object(
  {
    state: Type.Enum([...cameraStates]),
    since: moment('When it came into that state.'),
    gapMs: Type.Optional(
      count(
        'With `live`, where the camera was `offline` before: how long it gave no pictures, milliseconds.',
      ),
    ),
    tampered: Type.Optional(
      Type.Array(Type.Enum([...viewFaults]), {
        description:
          'What is wrong with its view, as last seen; absent where nothing is. Beside `state`: a camera may be `live` and covered.',
        minItems: 1,
      }),
    ),
    preset: Type.Optional(
      Type.String({
        description: 'With `live`, of a camera that turns: the preset at which it stands.',
        minLength: 1,
        maxLength: 200,
      }),
    ),
    pausedBecause: Type.Optional(
      Type.Enum([...pausedBecauses], {
        description:
          'With `paused`, of a camera that turns: it is `away` from its presets or turning; or what it shows is not known, as the view of no preset was learned yet (`unconfirmed`).',
      }),
    ),
    clockOffsetMs: Type.Optional(
      Type.Number({
        description:
          'Its own clock minus the clock of the box, as its RTCP reports told; absent where they tell no time that can be believed. Told anew when it has changed by a second.',
      }),
    ),
    clockWrong: Type.Optional(
      Type.Literal(true, {
        description:
          'Its clock is off by more than 5 s (and not yet by less than 4 s again): the time that it writes into its picture and its recordings is wrong.',
      }),
    ),
    fps: Type.Optional(
      Type.Number({
        description:
          'Pictures per second analysed, mean of the last hour. Where nothing moves none need to be: a quiet camera is covered at 0.',
        minimum: 0,
      }),
    ),
    coverage: Type.Optional(
      Type.Number({
        description:
          'Share of the last hour that was really watched; of less, where the gateway knows less. Told anew when it has changed noticeably.',
        minimum: 0,
        maximum: 1,
      }),
    ),
    gaps: Type.Optional(
      Type.Record(Type.String(), count('Milliseconds.'), {
        description:
          'What is missing to full coverage, by reason: a state other than `live`; `starting` nothing looked at yet; `overload` the box was too busy; `damaged` packets were lost or pictures came corrupted; `failed` pictures could not be analysed; `silent` nothing came to look at; `stopped` the gateway did not run. More reasons may be added.',
      }),
    ),
  },
  { $id: 'urn:skyeye:v1:camera-state-data', title: 'Data of a camera state' },
)

export const presenceEvent = stateEvent({
  $id: 'urn:skyeye:v1:presence',
  title: 'Presence of a gateway',
  description: 'Retained; sent at every connect, at a clean stop, and as last will.',
  types: [presenceType],
  data: presenceData,
  dataschema: 'urn:skyeye:v1:presence-data',
})

export const healthEvent = stateEvent({
  $id: 'urn:skyeye:v1:health',
  title: 'Health of a gateway',
  description: 'Retained; sent at every connect and each minute.',
  types: [healthType],
  data: healthData,
  dataschema: 'urn:skyeye:v1:health-data',
})

export const cameraStateEvent = stateEvent({
  $id: 'urn:skyeye:v1:camera-state',
  title: 'State of a camera',
  description:
    'Retained; sent at every connect, on change, and when the coverage has changed noticeably (at most once a minute). Counts only while the gateway is online. Cleared (empty payload) when the camera is removed.',
  types: [cameraStateType],
  data: cameraStateData,
  dataschema: 'urn:skyeye:v1:camera-state-data',
})
