/** Schemas of a camera, its places in the picture and its consent, as they are written in YAML. */
import Type from 'typebox'
import { consentScopes, drivers, tiers } from '../../domain/camera.ts'
import { ruleSchema } from '../rules/rule-schema.ts'
import { code, path, point, polygon, shortName, text } from './fields.ts'

const closed = { additionalProperties: false } as const

const metre = Type.Number({ minimum: -10_000, maximum: 10_000 })

export const zoneSchema = Type.Object(
  {
    name: shortName('Name by which rules refer to the zone; once per camera.'),
    polygon: polygon('Corners `[x, y]` in order, 0..1 of the picture from its top left.'),
  },
  { ...closed, description: 'An area of the picture.' },
)

export const lineSchema = Type.Object(
  {
    name: shortName('Name by which rules refer to the line; once per camera.'),
    a: point,
    b: point,
  },
  {
    ...closed,
    description: 'A directed line from `a` to `b`; left and right are those of someone who walks along it.',
  },
)

export const consentSchema = Type.Object(
  {
    grantedBy: text('Who agreed.'),
    until: Type.String({
      description:
        'Until when: `YYYY-MM-DD` (that day included, in the local time of the box) or a moment with time zone. From then on the camera is not read.',
      pattern: '^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2})?(Z|[+-]\\d{2}:\\d{2}))?$',
      mustBe: 'a date YYYY-MM-DD, or a moment such as 2027-01-31T18:00:00+08:00',
    }),
    documentSha256: Type.String({
      description: 'SHA-256 of the signed document, 64 hexadecimal digits (`sha256sum consent.pdf`).',
      pattern: '^[0-9a-fA-F]{64}$',
      mustBe: '64 hexadecimal digits, in quotes (sha256sum of the signed document)',
    }),
    scope: Type.Array(Type.Enum([...consentScopes]), {
      description:
        'What was agreed to: `alerts`, without which the camera must not be enabled, `snapshots` for pictures with them, and `tracks` for finished tracks and counts of all that moves.',
      minItems: 1,
      maxItems: 3,
      mustBe: 'a list of alerts, snapshots, tracks',
    }),
  },
  { ...closed, description: 'Required for tiers `shop` and `household`.' },
)

export const gridSchema = Type.Object(
  {
    street: Type.Optional(code('Code of the sub-district.')),
    community: Type.Optional(code('Code of the community.')),
    group: Type.Optional(code("Code of the residents' group.")),
    unit: Type.Optional(code('Code of the grid unit.')),
  },
  { ...closed, description: 'Where the camera is in the grid; part of the topic of its alerts.' },
)

export const addressSchema = Type.Object(
  { code: code('Code of the standard address.'), text: text('The address for people.', 200) },
  { ...closed, description: 'Standard address.' },
)

export const placeSchema = Type.Object(
  {
    lon: Type.Number({ description: 'Degrees east.', minimum: -180, maximum: 180 }),
    lat: Type.Number({ description: 'Degrees north.', minimum: -90, maximum: 90 }),
  },
  { ...closed, description: 'Where the camera is on earth, WGS-84.' },
)

export const markSchema = Type.Object(
  {
    at: point,
    metres: Type.Tuple([metre, metre], {
      description: 'The same point on the ground: metres from any origin, in two directions at right angles.',
      mustBe: 'a place [x, y] in metres, each -10000..10000',
    }),
  },
  { ...closed, description: 'A point of the ground.' },
)

const calibration = Type.Optional(
  Type.Array(markSchema, {
    description:
      'Four points of flat ground, with their places in metres, in order around what they enclose; the corners of something measured, as large in the picture as can be. From them come metres per second and square metres, as far as four times the farthest of them.',
    minItems: 4,
    maxItems: 4,
    mustBe: 'a list of four points { at: [x, y], metres: [x, y] }',
  }),
)

const drawn = {
  zones: Type.Optional(Type.Array(zoneSchema, { description: 'Areas that rules watch.', maxItems: 64 })),
  lines: Type.Optional(Type.Array(lineSchema, { description: 'Lines that rules watch.', maxItems: 64 })),
  masks: Type.Optional(
    Type.Array(polygon('A masked area.'), {
      description:
        'Areas never shown nor analysed, each a list of corners: painted black before anything else sees the picture.',
      maxItems: 64,
    }),
  ),
  rules: Type.Optional(Type.Array(ruleSchema, { description: 'What raises an alert.', maxItems: 64 })),
}

const picture = {
  ...drawn,
  mergeAlerts: Type.Optional(
    Type.Boolean({
      description:
        'Do rules of one duty that hold for one object raise one alert with several reasons? Critical rules always raise their own. Absent = each rule its own.',
    }),
  ),
  alertsPerHour: Type.Optional(
    Type.Integer({
      description:
        'How many alerts of each duty may begin in an hour, critical ones aside; the others are counted in one alert of kind `digest`. More tells more of them one by one. Absent = any number.',
      minimum: 1,
      maximum: 10_000,
    }),
  ),
}

export const cameraPresetSchema = Type.Object(
  {
    name: shortName(
      'Name of the preset; once per camera. Its view is learned under it, and forgotten with it.',
    ),
    calibration,
    ...drawn,
  },
  {
    ...closed,
    description:
      'Where a camera that turns comes to rest, with what is drawn on what it shows there. Names of rules are used once per camera.',
  },
)

export const cameraDefaultsSchema = Type.Object(picture, {
  ...closed,
  description:
    'Zones, lines, masks and rules for every camera that has none of its own and does not turn; each of the four lists is taken or replaced as a whole. Likewise whether alerts are merged, and how many there may be.',
})

export const cameraSchema = Type.Object(
  {
    id: Type.String({
      description: 'Id of the camera: part of topics and file names.',
      pattern: '^[a-z0-9][a-z0-9-]{0,39}$',
      mustBe: 'lower-case letters, digits and hyphens, 1 to 40, beginning with a letter or digit',
    }),
    name: text('Name of the camera for people.'),
    tier: Type.Enum([...tiers], {
      description: '`public` (street), `shop` (shop or village) or `household`; the last two need `consent`.',
      default: 'public',
    }),
    url: Type.String({
      description:
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what the reader shall write.
        '`rtsp://user:${ENV_NAME}@host:554/path`, or `file:clip.mp4` relative to the file that names it. A variable in the place of the password holds it as it is, whatever characters it has.',
      pattern: '^([rR][tT][sS][pP]://|[fF][iI][lL][eE]:).',
      secret: true,
      mustBe: 'rtsp://host:port/path, with user and password before the host, or file:clip.mp4',
    }),
    passwordFile: Type.Optional(
      path('File that holds the password of the user in `url`; a line end at its end is ignored.'),
    ),
    enabled: Type.Boolean({ description: 'Is the camera read?', default: true }),
    driver: Type.Enum([...drivers], {
      description:
        '`auto`: only what deserves a look is decoded. `ffmpeg`: every picture is decoded, by ffmpeg alone; for an odd camera that gives no picture otherwise, at ten times the cost while nothing moves.',
      default: 'auto',
    }),
    gbId: Type.Optional(
      Type.String({
        description: 'GB/T 28181 id, 20 digits, in quotes.',
        pattern: '^[0-9]{20}$',
        mustBe: '20 digits, in quotes',
      }),
    ),
    tags: Type.Array(text('A tag.', 40), {
      description:
        'Words to find cameras by. Petition, mediation, legal-aid and counselling rooms are refused: no cameras there.',
      default: [],
      maxItems: 32,
    }),
    grid: Type.Optional(gridSchema),
    address: Type.Optional(addressSchema),
    place: Type.Optional(placeSchema),
    consent: Type.Optional(consentSchema),
    ptz: Type.Optional(
      Type.Boolean({
        description:
          'Does it turn? Then zones, lines, masks and rules are those of its `presets`, and away from them it is `paused`: nothing is analysed, and no picture leaves. At which preset it stands is told from its view, which has to be learned once for each: `skyeye cameras confirm CAMERA --preset NAME` while it stands there. Absent = no.',
      }),
    ),
    presets: Type.Optional(
      Type.Array(cameraPresetSchema, {
        description: 'Where a camera that turns comes to rest; with `ptz: true`.',
        minItems: 1,
        maxItems: 64,
        mustBe: 'a list of 1 to 64 presets',
      }),
    ),
    calibration,
    ...picture,
  },
  { ...closed, description: 'A camera.' },
)

export type RawCamera = Type.Static<typeof cameraSchema>
export type RawCameraDefaults = Type.Static<typeof cameraDefaultsSchema>
export type RawCameraPreset = Type.Static<typeof cameraPresetSchema>
