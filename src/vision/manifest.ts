/** The manifest of a model: everything specific to it, read from `models/<name>.json` and checked against one schema. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { labels, types } from '../domain/detection.ts'
import { GatewayError } from '../kit/errors.ts'

/** Finding people, two-wheelers and vehicles; finding faces, so that they can be hidden. */
export const tasks = ['objects', 'faces'] as const
export type ModelTask = (typeof tasks)[number]

const strict = { additionalProperties: false }
const triple = Type.Tuple([Type.Number(), Type.Number(), Type.Number()])
const share = Type.Number({ minimum: 0, maximum: 1 })
/** Sides of an I420 input: so that rows of chroma are whole steps of the kernels. */
const planeStep = 32
const strides = Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1 })

/** Either one size in pixels, or any multiple of something with the long side capped. */
const inputSize = Type.Union([
  Type.Object({ width: Type.Integer({ minimum: 4 }), height: Type.Integer({ minimum: 4 }) }, strict),
  Type.Object({ multiple: Type.Integer({ minimum: 1 }), longSide: Type.Integer({ minimum: 1 }) }, strict),
])

const around = {
  /** 0..255, around the picture; chroma planes have 128 there. */
  padding: Type.Integer({ minimum: 0, maximum: 255 }),
  placement: Type.Literal('top-left'),
  size: inputSize,
}

/** Colour planes of numbers, or the three planes of the picture as they are, chroma half as wide and high. */
const input = Type.Union([
  Type.Object(
    {
      name: Type.String(),
      layout: Type.Literal('NCHW'),
      colour: Type.Union([Type.Literal('BGR'), Type.Literal('RGB')]),
      /** Per channel in the order of `colour`: tensor = (value 0..255 - mean) / std. */
      mean: triple,
      std: triple,
      ...around,
    },
    strict,
  ),
  Type.Object(
    {
      /** Of Y, U and V. */
      names: Type.Tuple([Type.String(), Type.String(), Type.String()]),
      layout: Type.Literal('I420'),
      ...around,
    },
    strict,
  ),
])

const output = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('yolox'),
      strides,
      names: Type.Array(Type.String(), { minItems: 1, maxItems: 1 }),
      classes: Type.Integer({ minimum: 1 }),
    },
    strict,
  ),
  Type.Object(
    {
      kind: Type.Literal('yunet'),
      strides,
      /** Class scores of every stride, then objectness, then boxes. */
      names: Type.Array(Type.String(), { minItems: 3 }),
    },
    strict,
  ),
  Type.Object(
    {
      kind: Type.Literal('rtmdet'),
      /** Boxes with their scores, then class indices. */
      names: Type.Array(Type.String(), { minItems: 2, maxItems: 2 }),
      classes: Type.Integer({ minimum: 1 }),
    },
    strict,
  ),
  Type.Object(
    {
      kind: Type.Literal('ranked'),
      strides,
      /** Boxes, scores, classes; the strongest of all cells and classes first. */
      names: Type.Array(Type.String(), { minItems: 3, maxItems: 3 }),
      classes: Type.Integer({ minimum: 1 }),
      /** Rows, unless cells times classes are fewer. */
      most: Type.Integer({ minimum: 1 }),
    },
    strict,
  ),
])

const manifestSchema = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$' }),
    /** A bare file name: it is joined to folders and mirrors. */
    file: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*\\.onnx$' }),
    /** Where it is published, pinned to a commit. */
    source: Type.Optional(Type.String({ pattern: '^https://.*[0-9a-f]{40}.*' })),
    /** Instead of a source: it is part of this program, beside its manifest. */
    builtIn: Type.Optional(Type.Literal(true)),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    bytes: Type.Integer({ minimum: 1 }),
    licence: Type.String({ minLength: 1 }),
    /** What it may be used for: one that has both finds all in one pass. */
    tasks: Type.Array(Type.Enum([...tasks]), { minItems: 1, uniqueItems: true }),
    input,
    output,
    /** Class index of the model -> our label; classes that are not listed are not seen. */
    labels: Type.Record(Type.String({ pattern: '^[0-9]+$' }), Type.Enum([...labels])),
    /** Class index of the model -> type, for what it tells apart among vehicles and two-wheelers. */
    types: Type.Optional(Type.Record(Type.String({ pattern: '^[0-9]+$' }), Type.Enum([...types]))),
    /** Detections below this confidence are not emitted. */
    score: share,
    /** The same for single labels, where it is another. */
    scores: Type.Optional(Type.Partial(Type.Record(Type.Enum([...labels]), share))),
    /** Of two boxes of one label that overlap more than this (IoU), the weaker one goes. */
    nms: share,
    /** How faces are looked for when they are to be hidden: lower threshold, several sizes of the picture. */
    redaction: Type.Optional(
      Type.Object(
        {
          score: share,
          /** From here on the head of a person found in these looks is hidden too; default that of all models (redact.ts). */
          people: Type.Optional(share),
          longSides: Type.Array(Type.Integer({ minimum: 32 }), { minItems: 1 }),
        },
        strict,
      ),
    ),
  },
  strict,
)

export type Manifest = Static<typeof manifestSchema>
export type ModelInput = Manifest['input']
export type InputSize = ModelInput['size']

/** Written by the evaluation beside the manifests; it is none. */
export const accuracyFile = 'accuracy.json'

/** `models/` of the package: the same from src/ and from dist/. */
export const manifestsDir = fileURLToPath(new URL('../../models/', import.meta.url))

const validator = Compile(manifestSchema)

/** Checks a parsed manifest. `where` is named in the error. Throws MODEL_REFUSED. */
export function checkManifest(value: unknown, where: string): Manifest {
  if (!validator.Check(value)) {
    const [first] = validator.Errors(value)
    throw new GatewayError(
      'MODEL_REFUSED',
      `${where}${first?.instancePath ?? ''} ${first?.message ?? 'is invalid'}`,
    )
  }
  const fault = faultOf(value)
  if (fault) throw new GatewayError('MODEL_REFUSED', `${where}${fault}`)
  return value
}

/** What the schema cannot say: where, and what is wrong. */
function faultOf({
  tasks: uses,
  output,
  input,
  labels: map,
  types: told = {},
  source,
  builtIn,
}: Manifest): string | undefined {
  if ((source === undefined) === (builtIn === undefined)) return ' needs one of source and builtIn'
  const wanted = {
    yolox: 1,
    rtmdet: 2,
    ranked: 3,
    yunet: 'strides' in output ? output.strides.length * 3 : 0,
  }
  if (output.names.length !== wanted[output.kind]) {
    return `/output/names must name ${wanted[output.kind]} outputs, has ${output.names.length}`
  }
  const classes = 'classes' in output ? output.classes : 1
  const stray = Object.keys(map).find((index) => Number(index) >= classes)
  if (stray !== undefined) return `/labels names class ${stray}, the model has ${classes}`
  // Of people and faces nothing is told.
  const untold = Object.keys(told).find((index) => !['vehicle', 'two-wheeler'].includes(map[index]))
  if (untold !== undefined)
    return `/types names class ${untold}, which is no vehicle or two-wheeler in /labels`
  // Else redaction would look for faces with a model that has none, and find nothing to hide.
  const found = Object.values(map)
  if (uses.includes('faces') && !found.includes('face')) return '/labels has no face, which its tasks need'
  if (uses.includes('objects') && found.every((label) => label === 'face')) {
    return '/labels has nothing but faces, and its tasks need objects'
  }
  const { size } = input
  const sides = 'width' in size ? [size.width, size.height] : [size.multiple]
  if (input.layout === 'I420' && sides.some((side) => side % planeStep !== 0)) {
    return `/input/size must be in multiples of ${planeStep} for I420`
  }
  return undefined
}

/** Names of all models that have a manifest, sorted. */
export function manifestNames(folder: string = manifestsDir): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file !== accuracyFile)
    .map((file) => file.slice(0, -'.json'.length))
    .sort()
}

/** Reads and checks `<folder>/<name>.json`. Throws MODEL_MISSING for an unknown name, MODEL_REFUSED for a bad manifest. */
export function readManifest(name: string, folder: string = manifestsDir): Manifest {
  const known = manifestNames(folder)
  if (!known.includes(name)) {
    throw new GatewayError(
      'MODEL_MISSING',
      `No model is called ${JSON.stringify(name)}; there are: ${known.join(', ')}`,
    )
  }
  const where = `models/${name}.json`
  let parsed: unknown
  try {
    parsed = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
  } catch (error) {
    throw new GatewayError('MODEL_REFUSED', `${where} cannot be read: ${(error as Error).message}`, {
      cause: error,
    })
  }
  const manifest = checkManifest(parsed, where)
  if (manifest.name !== name)
    throw new GatewayError('MODEL_REFUSED', `${where}/name is ${manifest.name}, not ${name}`)
  return manifest
}
