/** A configuration in a temporary folder, and what loading it says. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LoadedConfig, type LoadOptions, loadConfig } from '../../src/config/load.ts'
import { ConfigError, describeProblem } from '../../src/config/problems.ts'

/** Writes the files, loads the first of them, and removes them again. */
export async function loadFiles(
  files: Readonly<Record<string, string | Buffer>>,
  options: LoadOptions = {},
): Promise<LoadedConfig & { readonly folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'skyeye-config-'))
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    const loaded = await loadConfig(join(folder, Object.keys(files)[0]), { env: {}, ...options })
    return { ...loaded, folder }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The refusal, one line per problem, without the folder in front. Throws where nothing was refused. */
export async function refusal(
  files: string | Readonly<Record<string, string | Buffer>>,
  options: LoadOptions = {},
): Promise<string[]> {
  try {
    await loadFiles(typeof files === 'string' ? { 'skyeye.yaml': files } : files, options)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map((problem) =>
      describeProblem({
        ...problem,
        file: problem.file.replace(/^.*\//, ''),
        message: problem.message.replaceAll(/\/\S*skyeye-config-[^/]*\//g, ''),
      }),
    )
  }
  throw new Error('the configuration was not refused')
}

/** A configuration with one public camera; the lines given stand below its url, which is on line 5. */
export function withCamera(lines = '', before = ''): string {
  return `gateway: { id: gw-1 }\ncameras:\n  - id: yard\n    name: Yard\n    url: rtsp://10.0.0.5/live\n${lines.replace(/^(?=.)/gm, '    ')}\n${before}`
}
