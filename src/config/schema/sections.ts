/** One schema per section of the configuration: its type, its check, its defaults and its documentation. */
import Type from 'typebox'
import { modelTiers } from '../../domain/model-tier.ts'
import { milliseconds, path, text } from './fields.ts'

const closed = { additionalProperties: false } as const

export const gatewaySchema = Type.Object(
  {
    id: Type.String({
      description: 'Id of this box: part of every topic and message. Never reuse it for another box.',
      pattern: '^[a-z0-9-]{1,40}$',
      mustBe: 'lower-case letters, digits and hyphens, 1 to 40',
    }),
    name: Type.Optional(text('Name of this box for people.')),
    site: Type.Optional(text('Where this box stands, for people.')),
  },
  { ...closed, description: 'Which box this is.' },
)

const topicPrefix = (description: string, value: string) =>
  Type.String({
    description,
    default: value,
    pattern: '^[^\\s#+$/][^\\s#+/]*(/[^\\s#+/]+)*$',
    maxLength: 100,
    mustBe: 'topic levels joined by /, without spaces, + or #, not beginning with $ or /',
  })

const tlsSchema = Type.Object(
  {
    ca: Type.Optional(
      path(
        'PEM file with the authority that signed the certificate of the broker; absent = the public ones that come with Node.js, and not those of the system.',
      ),
    ),
    cert: Type.Optional(path('PEM file with the certificate of this box, together with `key`.')),
    key: Type.Optional(path('PEM file with the key of this box, together with `cert`.')),
  },
  { ...closed, description: 'Certificates for `mqtts`.' },
)

export const remoteBrokerSchema = Type.Object(
  {
    url: Type.String({
      description: 'The broker, `mqtt://host:port` or (encrypted) `mqtts://host:port`.',
      pattern: '^mqtts?://([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?/?$',
      secret: true,
      mustBe: 'mqtt://host:port or mqtts://host:port; the account goes into username and password',
    }),
    username: Type.Optional(text('Account at the broker.')),
    password: Type.Optional(
      Type.String({
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what the reader shall write.
        description: 'Its password, best as `${ENV_NAME}`.',
        minLength: 1,
        secret: true,
        mustBe: 'text',
      }),
    ),
    passwordFile: Type.Optional(
      path('File that holds the password instead; a line end at its end is ignored.'),
    ),
    prefix: topicPrefix('Beginning of every topic.', 'skyeye/v1'),
    tls: Type.Optional(tlsSchema),
  },
  closed,
)

const embeddedBroker = Type.String({
  pattern: '^embedded(:[0-9]{1,5})?$',
  mustBe: '"embedded" or "embedded:PORT"',
})

export const brokerSchema = Type.Union([embeddedBroker, remoteBrokerSchema], {
  description:
    'Where alerts go: `embedded` (an own broker on loopback, port 1883, for demo and tests; `embedded:PORT` for another port, 1..65535), or a mapping with the keys below.',
  default: 'embedded',
  mustBe: '"embedded", "embedded:PORT", or a mapping with a url',
})

export const analysisSchema = Type.Object(
  {
    fps: Type.Number({
      description:
        'Pictures per second and camera that are analysed at most. More catch faster movement and cost computing time in proportion.',
      default: 5,
      minimum: 0.2,
      maximum: 30,
    }),
    idle: Type.Object(
      {
        everyMs: milliseconds(
          'Milliseconds between two glances at a camera where nothing moves. More saves decoding, and notices later what the sizes of its packets do not betray (constant bit rate).',
          1_000,
          200,
          10_000,
        ),
      },
      { ...closed, default: {}, description: 'A camera where nothing moves.' },
    ),
    fullLookEveryMs: milliseconds(
      'Milliseconds after which a model looks at the whole picture also where nothing moves. Less finds sooner what came unnoticed, and costs a model run each time.',
      30_000,
      1_000,
      3_600_000,
    ),
    maxWidth: Type.Integer({
      description:
        'Pixels; wider pictures are scaled down before they are analysed. More lets small and distant things be found and costs decoding time, memory and bandwidth between processes.',
      default: 1280,
      minimum: 160,
      maximum: 3840,
    }),
    workers: Type.Union([Type.Literal('auto'), Type.Integer({ minimum: 1, maximum: 64 })], {
      description:
        'Threads that run models, one core each; `auto` = one per core of the machine. More than cores makes everything slower.',
      default: 'auto',
      mustBe: '"auto" or a whole number 1..64',
    }),
  },
  { ...closed, description: 'How much is looked at.' },
)

const modelName = (description: string) =>
  Type.Optional(
    Type.String({
      description,
      pattern: '^[a-z0-9][a-z0-9._-]{0,63}$',
      mustBe: 'the name of a model in models/ (skyeye models list)',
    }),
  )

export const modelsSchema = Type.Object(
  {
    tier: Type.Enum(['auto', ...modelTiers], {
      description:
        '`light`: the built-in model, one pass for objects and faces, for boxes that can download nothing or have too many cameras; `standard`: public models that find more; `sharp`: people and faces at a higher resolution, for two to three times the computing time; `auto`: `standard` where its weights are present, else `light`.',
      default: 'auto',
    }),
    objects: modelName('Model that finds people, two-wheelers and vehicles; absent = that of the tier.'),
    faces: modelName('Model that finds faces, so that they can be hidden; absent = that of the tier.'),
    dir: Type.Optional(
      path(
        'Folder of the weights, relative to the folder in which the gateway is started; absent = `models` inside `dataDir`.',
      ),
    ),
  },
  { ...closed, description: 'Which detectors are used (`skyeye models list`).' },
)

export const ingestSchema = Type.Object(
  {
    allowNetworks: Type.Array(Type.String({ mustBe: 'a network such as 192.168.0.0/16' }), {
      description:
        'Networks in which cameras may be, as CIDR; a camera elsewhere is never connected to. Loopback only where it is listed.',
      default: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
      minItems: 1,
      maxItems: 64,
      mustBe: 'a list of 1 to 64 networks such as 192.168.0.0/16',
    }),
    maxSessionsPerHost: Type.Integer({
      description:
        'Streams read from one host (an NVR) at once; the others wait. NVRs refuse or stall beyond their own limit.',
      default: 32,
      minimum: 1,
      maximum: 1024,
    }),
    startGapMs: milliseconds(
      'Milliseconds between the starts of two cameras. More spares processor and network after a power cut, and makes the start slower.',
      200,
      0,
      60_000,
    ),
    silentAfterMs: milliseconds(
      'Milliseconds without a picture after which a stream counts as stalled and is opened anew. More forgives bad links and notices a dead one later.',
      10_000,
      1_000,
      600_000,
    ),
    offlineAfterMs: milliseconds(
      'Milliseconds without pictures after which a camera is said to be `offline`, and a quarter of that later an alert is raised: one for all that were lost together. More forgives restarts of cameras and switches, and tells later what is broken.',
      60_000,
      1_000,
      3_600_000,
    ),
  },
  { ...closed, description: 'How cameras are read.' },
)

const days = (description: string, value: number) =>
  Type.Integer({ description, default: value, minimum: 1, maximum: 3_650 })

const quota = (description: string, megabytes: number) =>
  Type.Integer({ description, default: megabytes, minimum: 1, maximum: 1_000_000 })
export const voicesSchema = Type.Object(
  {
    onvif: Type.Optional(
      Type.Object(
        {
          prefix: topicPrefix('Its topics begin with this and the id of the gateway.', 'onvif'),
        },
        { ...closed, description: 'ONVIF events over MQTT; `{}` switches them on.' },
      ),
    ),
    homeAssistant: Type.Optional(
      Type.Object(
        {
          discoveryPrefix: topicPrefix(
            'Its topics begin with this: what Home Assistant has as its discovery prefix.',
            'homeassistant',
          ),
        },
        {
          ...closed,
          description:
            'Home Assistant finds the gateway and its cameras, and shows how many are in view; `{}` switches it on.',
        },
      ),
    ),
  },
  {
    ...closed,
    default: {},
    description: 'Further voices beside the contract with the centre, each off unless it is named.',
  },
)

export const publishSchema = Type.Object(
  {
    drainPerSecond: Type.Integer({
      description:
        'Messages a second at most after an outage of the broker, when many have piled up; messages about critical alerts overtake and do not count. Less spares the link and the centre, and takes longer to catch up; 0 = as fast as the broker takes them.',
      default: 1_000,
      minimum: 0,
      maximum: 100_000,
    }),
    receipts: Type.Enum(['off', 'required'], {
      description:
        '`off`: a message is delivered when the broker has it. `required`: when the centre has confirmed it; until then it is kept, and sent again after each new connection.',
      default: 'off',
    }),
    stormCameras: Type.Integer({
      description:
        'Where so many cameras, and a quarter of all, begin alerts of one kind within a minute, and four times what is usual there (rain, headlights, a power cut), what comes beyond is counted in one alert of kind `storm`; critical ones are told all the same. More tells more of them one by one; 0 = all.',
      default: 5,
      minimum: 0,
      maximum: 5_000,
    }),
    quotaMegabytes: Type.Object(
      {
        alerts: quota(
          'Megabytes that messages about alerts may take, waiting or kept for a replay. 100 hold about 80 000.',
          256,
        ),
        dispositions: quota('Megabytes that messages about decisions may take.', 32),
        tracks: quota('Megabytes that finished tracks may take. 100 hold about 100 000.', 64),
        counts: quota('Megabytes that counts of minutes may take.', 32),
      },
      {
        ...closed,
        default: {},
        description:
          'What the outbox may hold. Beyond it goes what is delivered, then the least severe and oldest; the centre is told which numbers do not come. For pictures see `retention.snapshotMaxMegabytes`.',
      },
    ),
    expiryDays: Type.Object(
      {
        info: days('Days after which an `info` alert that could not be delivered is given up.', 7),
        minor: days('Days after which a `minor` alert that could not be delivered is given up.', 30),
      },
      {
        ...closed,
        default: {},
        description:
          'How long alerts are worth being delivered, also to the broker (MQTT 5). `major` and `critical` ones always are.',
      },
    ),
    voices: voicesSchema,
  },
  { ...closed, description: 'How messages are sent to the broker.' },
)

export const httpSchema = Type.Object(
  {
    host: Type.String({
      description: 'Address on which the gateway answers HTTP; `127.0.0.1` = this box only.',
      default: '127.0.0.1',
      pattern: '^[A-Za-z0-9.:_-]{1,253}$',
      mustBe: 'an address or host name',
    }),
    port: Type.Integer({
      description: 'Its port; 0 = any free one.',
      default: 8080,
      minimum: 0,
      maximum: 65_535,
    }),
  },
  { ...closed, description: 'Health, metrics and the console.' },
)

export const retentionSchema = Type.Object(
  {
    alertDays: days(
      'Days after which an alert is deleted. More keeps more history and a larger database.',
      90,
    ),
    snapshotDays: days(
      'Days after which its picture is deleted. More needs more disk and keeps pictures of people longer.',
      30,
    ),
    snapshotMaxMegabytes: Type.Integer({
      description: 'Megabytes of pictures beyond which the oldest are deleted first, whatever their age.',
      default: 2_048,
      minimum: 16,
      maximum: 10_000_000,
    }),
    coverageDays: days(
      'Days after which it is forgotten for how much of each minute a camera was watched, and why not for the rest.',
      7,
    ),
    trackDays: days(
      'Days after which a finished track is deleted. More lets a rule be tried on more (`skyeye dry-run`), and keeps longer where things went.',
      7,
    ),
  },
  { ...closed, description: 'How long things are kept.' },
)

export const logSchema = Type.Object(
  {
    level: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], {
      description:
        'What is logged: this level and those before it in the list. `debug` and `trace` are for finding faults.',
      default: 'info',
    }),
  },
  { ...closed, description: 'The log, JSON lines on standard error. Passwords are masked in it.' },
)
