/** What was measured of each model, kept in docs/accuracy/<model>.json: the page is made of it, and one model can be measured anew. */
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MachineFacts } from '../bench/machine.ts'
import type { LookCost } from '../eval/cost.ts'
import type { DetectFigures } from '../eval/detect-figures.ts'
import type { FaceFigures } from '../eval/face-figures.ts'
import type { Leaks } from '../eval/leaks.ts'
import type { OnePass } from '../eval/targets.ts'
import { root, type Sources } from '../performance/results.ts'

export const accuracyFolder = join(root, 'docs/accuracy')
/** What is measured of no model alone, in the order of the page. */
export const chapterNames = ['tracking', 'events', 'health'] as const
export type ChapterName = (typeof chapterNames)[number]

export interface Accuracy {
  readonly model: string
  /** ISO 8601. */
  readonly measured: string
  /** The state of the repository; absent where git does not tell. */
  readonly sources?: Sources
  readonly machine: MachineFacts
  readonly weights: { readonly file: string; readonly sha256: string; readonly bytes: number }
  /** Every so many-th picture was looked at. */
  readonly step: number
  readonly sizes: DetectFigures
  /** By input size; absent without the clip that is looked at for it. */
  readonly costs?: Readonly<Record<string, LookCost>>
  /** By input size, of models that find faces. */
  readonly faces?: FaceFigures
  /** By the model that finds the people, then by set. */
  readonly leaks?: Readonly<Record<string, Record<string, Leaks>>>
  /** Of the built-in network. */
  readonly onePass?: OnePass
}

/** All that are stored, by name. */
export async function storedAccuracies(folder: string = accuracyFolder): Promise<Accuracy[]> {
  const files = await readdir(folder).catch(() => [])
  const others: readonly string[] = chapterNames.map((name) => `${name}.json`)
  const names = files.filter((file) => file.endsWith('.json') && !others.includes(file)).sort()
  return Promise.all(
    names.map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8')) as Accuracy),
  )
}

/** In place of the last one of that model. */
export async function storeAccuracy(accuracy: Accuracy, folder: string = accuracyFolder): Promise<void> {
  await mkdir(folder, { recursive: true })
  await replace(join(folder, `${accuracy.model}.json`), `${printed(accuracy)}\n`)
}

/** Aside and renamed: who reads meanwhile never meets half a file. */
export async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text)
  await rename(`${path}.part`, path)
}

/** A line for each innermost list of values, so that a change of a figure is a change of one line. */
export function printed(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const isList = Array.isArray(value)
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  const [open, close] = isList ? '[]' : '{}'
  if (entries.length === 0) return open + close
  const keyOf = (key: string) => (isList ? '' : `${JSON.stringify(key)}: `)
  if (entries.every(([, one]) => typeof one !== 'object' || one === null)) {
    const inside = entries.map(([key, one]) => keyOf(key) + JSON.stringify(one)).join(', ')
    const line = isList ? `[${inside}]` : `{ ${inside} }`
    if (indent.length + line.length < mostColumns) return line
  }
  const deeper = `${indent}  `
  const lines = entries.map(([key, one]) => `${deeper}${keyOf(key)}${printed(one, deeper)}`)
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`
}

/** With room for a key in front. */
const mostColumns = 90
