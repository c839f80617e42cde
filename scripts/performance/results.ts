/** What benchmarks have said on this machine: the last result of each setting of docs/performance.md, kept in .cache/performance. */
import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const resultsFolder = join(root, '.cache/performance')

/** The state of this repository. */
export interface Sources {
  readonly commit: string
  /** Something was not committed. */
  readonly changed: boolean
}

export interface SavedResult {
  /** When it was there, ISO 8601. */
  readonly at: string
  /** What was run for it. */
  readonly command: readonly string[]
  /** What was measured; absent where git does not tell. */
  readonly sources?: Sources
  readonly figures: object
}

/** Undefined outside a git checkout. */
export function sourcesNow(): Sources | undefined {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const commit = git('rev-parse', '--short', 'HEAD')
    // Pages and the catalogue's figures change nothing that is measured.
    const measured = ['.', ':!docs', ':!models/accuracy.json']
    return { commit, changed: git('status', '--porcelain', '--', ...measured) !== '' }
  } catch {
    return undefined
  }
}

/** In place of the last one of that name. */
export async function saveResult(name: string, result: SavedResult, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, `${name}.json`)
  // Aside and renamed: who reads meanwhile never meets half a result.
  await writeFile(`${file}.part`, `${JSON.stringify(result)}\n`)
  await rename(`${file}.part`, file)
}

/** Undefined where there is none of that name. */
export async function savedResult(name: string, folder: string): Promise<SavedResult | undefined> {
  const text = await readFile(join(folder, `${name}.json`), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as SavedResult)
}
