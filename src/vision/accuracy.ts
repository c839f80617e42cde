/** What our own evaluation has measured, read from the file that its command writes beside the manifests. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { GatewayError } from '../kit/errors.ts'
import { accuracyFile, manifestsDir } from './manifest.ts'

const measurement = Type.Object({
  /** When, ISO 8601. */
  measured: Type.String({ minLength: 10 }),
  /** By a name for people, such as `person AP50 on PETS09, 640×384`. */
  figures: Type.Record(Type.String(), Type.Number()),
})
const accuracySchema = Type.Record(Type.String(), measurement)

export type Accuracy = Static<typeof measurement>

const validator = Compile(accuracySchema)

/** By name of the model; empty where nothing was measured. Throws MODEL_REFUSED where the file is none of ours. */
export function readAccuracy(folder: string = manifestsDir): Readonly<Record<string, Accuracy>> {
  const path = join(folder, accuracyFile)
  if (!existsSync(path)) return {}
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new GatewayError('MODEL_REFUSED', `${path} cannot be read: ${(error as Error).message}`, {
      cause: error,
    })
  }
  if (validator.Check(value)) return value
  const [first] = validator.Errors(value)
  throw new GatewayError(
    'MODEL_REFUSED',
    `${path}${first?.instancePath ?? ''} ${first?.message ?? 'is invalid'}`,
  )
}
