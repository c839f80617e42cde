/** A chapter of docs/accuracy.md that is not about one model, and what was measured for it, kept in docs/accuracy/<name>.json. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type MachineFacts, machineFacts } from '../bench/machine.ts'
import { rounded } from '../eval/figures.ts'
import type { Sources } from '../performance/results.ts'
import { accuracyFolder, type ChapterName, printed, replace } from './results.ts'

export interface Origin {
  /** ISO 8601. */
  readonly measured: string
  /** The state of the repository; absent where git does not tell. */
  readonly sources?: Sources
  readonly machine: MachineFacts
}

export interface Chapter<Figures> {
  readonly name: ChapterName
  readonly heading: string
  /** For the command's help. */
  readonly about: string
  measure(say: (text: string) => void): Promise<Figures>
  text(stored: Figures & Origin): string[]
}

const pathOf = (name: string, folder = accuracyFolder) => join(folder, `${name}.json`)

/** Measures it anew, in place of the last time. */
export async function storeChapter<Figures extends object>(
  { name, measure }: Chapter<Figures>,
  sources: Sources | undefined,
  say: (text: string) => void,
): Promise<void> {
  const figures = rounded(await measure(say))
  const origin: Origin = { measured: new Date().toISOString(), sources, machine: machineFacts() }
  await replace(pathOf(name), `${printed({ ...origin, ...figures })}\n`)
}

/** As the page has it, from what is stored. */
export async function chapterText<Figures>(
  { name, heading, text }: Chapter<Figures>,
  folder?: string,
): Promise<string[]> {
  const stored = await readFile(pathOf(name, folder), 'utf8').catch(() => undefined)
  return [`## ${heading}`, ...(stored === undefined ? ['Not measured.'] : text(JSON.parse(stored)))]
}

/** When it was measured, in which state, and how to do it again. */
export function whence(name: ChapterName, { measured, sources }: Origin): string {
  const state = sources ? `, commit ${sources.commit}${sources.changed ? ' with changes' : ''}` : ''
  return `Measured ${measured.slice(0, 10)}${state}; anew: \`npm run docs:accuracy -- --only ${name}\`.`
}
