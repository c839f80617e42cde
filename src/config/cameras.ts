/** What a schema cannot say about cameras: ids told apart, consent given, no camera where none may be. */
import type { Problems, SourceFile } from './problems.ts'
import type { RawCamera } from './schema/camera-schema.ts'

/** A camera as it was written, and where. Until all problems are out, any of its fields may be missing. */
export interface ListedCamera {
  readonly raw: RawCamera
  readonly source: SourceFile
  /** Its number in the list of its file. */
  readonly index: number
}

/** Rooms in which no camera may be (DESIGN, Privacy line), in the words that tags are likely to use. */
const forbiddenPlaces =
  /petition|mediation|legal-?aid|counsell?ing|信访|上访|调解|法律援助|法援|心理咨询|心理辅导/

/** Two cameras that only a machine could tell apart are one too many; the sentence names both lines. */
export function checkIds(cameras: readonly ListedCamera[], problems: Problems): void {
  const seen = new Map<string, { id: string; camera: ListedCamera }>()
  for (const camera of cameras) {
    const id = writtenId(camera)
    if (id === undefined) continue
    const key = id.normalize('NFKC').toLowerCase()
    const first = seen.get(key)
    if (!first) {
      seen.set(key, { id, camera })
      continue
    }
    const { file } = first.camera.source
    const { line } = first.camera.source.at(['cameras', first.camera.index, 'id'])
    const same = first.id === id ? 'the same id as' : 'differs only by case or width from'
    problems.add(camera.source, ['cameras', camera.index, 'id'], `${same} the camera at ${file}:${line}`)
  }
}

/** The id as it stands in the file, also where it was refused. */
function writtenId({ source, index }: ListedCamera): string | undefined {
  const { cameras } = source.value as { cameras: readonly ({ readonly id?: unknown } | null)[] }
  const id = cameras[index]?.id
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined
}

/** Tags that say that the camera is in a room where none may be. */
export function checkTags({ raw, source, index }: ListedCamera, problems: Problems): void {
  for (const [i, tag] of (raw.tags ?? []).entries()) {
    if (typeof tag !== 'string' || !forbiddenPlaces.test(tag.toLowerCase().replace(/[\s_]+/g, '-'))) continue
    const sentence =
      'no camera may be in petition, mediation, legal-aid or counselling rooms; remove the camera'
    problems.add(source, ['cameras', index, 'tags', i], sentence)
  }
}

/**
 * Shop and household cameras need a consent to what leaves the box; one that is over is only worth a warning, and the
 * camera is not read.
 */
export function checkConsent(
  { raw, source, index }: ListedCamera,
  now: number,
  problems: Problems,
  warnings: Problems,
): void {
  const path = ['cameras', index, 'consent']
  if (!raw.consent) {
    if (problems.has(source, path) || (raw.tier !== 'shop' && raw.tier !== 'household')) return
    const needed = 'who agreed, until when, SHA-256 of the document, scope'
    problems.add(source, path, `is missing: a ${raw.tier} camera runs only under a consent (${needed})`)
    return
  }
  checkScope({ raw, source, index }, problems)
  if (typeof raw.consent.until !== 'string' || problems.has(source, [...path, 'until'])) return
  const until = consentEnd(raw.consent.until)
  if (until === undefined) problems.add(source, [...path, 'until'], 'is no day of the calendar')
  else if (until <= now) {
    warnings.add(
      source,
      [...path, 'until'],
      `the consent for camera "${raw.id}" is over; the camera is not read`,
    )
  }
}

/** The alerts of a camera that is read leave the box, so somebody must have agreed to them. */
function checkScope({ raw, source, index }: ListedCamera, problems: Problems): void {
  const path = ['cameras', index, 'consent', 'scope']
  const scope: readonly unknown[] | undefined = raw.consent?.scope
  if (raw.tier !== 'shop' && raw.tier !== 'household') return
  // A word that was refused may have been meant to be this one.
  if (!raw.enabled || !scope || scope.includes('alerts') || scope.includes(undefined)) return
  const message = `lacks alerts, but the alerts of a ${raw.tier} camera leave the box; add alerts if that was agreed to, or set enabled: false`
  problems.add(source, path, message)
}

/** Epoch ms at which a consent ends: a day counts to its end, in local time. Undefined for 31 February and the like. */
export function consentEnd(until: string): number | undefined {
  const [year, month, day] = until.slice(0, 10).split('-').map(Number)
  const calendar = new Date(Date.UTC(year, month - 1, day))
  if (calendar.getUTCMonth() !== month - 1 || calendar.getUTCDate() !== day) return undefined
  if (until.length === 10) return new Date(year, month - 1, day + 1).getTime()
  const moment = Date.parse(until)
  return Number.isNaN(moment) ? undefined : moment
}
