/** Writes the documents that are generated from the code; with --check only says which of them are stale. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { configDocuments } from './docs/config.ts'
import { errorDocuments } from './docs/errors.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Every generated document: path relative to the repository, and its text. */
export async function documents(): Promise<Map<string, string>> {
  const contract = new URL('./docs/contract.ts', import.meta.url)
  const more: { contractDocuments(): Map<string, string> } | undefined = existsSync(contract)
    ? await import(contract.href)
    : undefined
  return new Map([...configDocuments(), ...errorDocuments(), ...(more?.contractDocuments() ?? [])])
}

/** Those whose file differs or is absent. */
export function staleAmong(generated: ReadonlyMap<string, string>, folder: string): string[] {
  const current = (path: string) =>
    existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : undefined
  return [...generated].filter(([path, text]) => current(path) !== text).map(([path]) => path)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const generated = await documents()
  const stale = staleAmong(generated, root)
  if (process.argv.includes('--check')) {
    if (stale.length > 0) {
      console.error(`Stale: ${stale.join(', ')}\nRun: npm run docs`)
      process.exitCode = 1
    }
  } else {
    for (const path of stale) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), generated.get(path) ?? '')
      console.log(`wrote ${path}`)
    }
  }
}
