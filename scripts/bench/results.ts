/** Results of benchmarks on this machine: the newest of each kind and setting, from which docs/performance.md is written. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../.cache/bench/', import.meta.url))

export interface SavedResult<Figures = unknown> {
  /** Which benchmark: `cameras`, `pool` … */
  readonly bench: string
  /** When, ISO 8601. */
  readonly at: string
  readonly figures: Figures
}

/** `setting` tells runs of one benchmark apart that are shown side by side; a later run of the same replaces the earlier. */
export async function saveResult(bench: string, figures: object, setting = ''): Promise<void> {
  await mkdir(folder, { recursive: true })
  const result: SavedResult = { bench, at: new Date().toISOString(), figures }
  const name = [bench, ...setting.split(/[^a-z0-9.]+/i)].filter(Boolean).join('-')
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(result)}\n`)
}

/** All that are saved, by name of their files. */
export async function savedResults(): Promise<SavedResult[]> {
  const names = await readdir(folder).catch(() => [])
  const files = names.filter((name) => name.endsWith('.json')).sort()
  return Promise.all(
    files.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as SavedResult),
  )
}
