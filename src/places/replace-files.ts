/** Writes files so that each is there as a whole, the old one or the new one, whatever happens meanwhile. */
import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Of a new file: it may hold passwords or telephone numbers. */
const newMode = 0o640

export interface NewFile {
  readonly path: string
  readonly text: string
}

/** All are written before the first takes its place; where one cannot be, none does. */
export async function replaceFiles(files: readonly NewFile[]): Promise<void> {
  const made: { from: string; to: string }[] = []
  try {
    for (const { path, text } of files) {
      const from = `${path}.new-${process.pid}`
      made.push({ from, to: path })
      await writeDown(from, text, await modeOf(path))
    }
    for (const { from, to } of made) await rename(from, to)
  } finally {
    for (const { from } of made) await rm(from, { force: true })
  }
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) await syncFolder(folder)
}

async function writeDown(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'w', mode)
  try {
    await file.chmod(mode)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function modeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ mode }) => mode & 0o777,
    () => newMode,
  )
}

/** Else a power cut may take the new names back. */
async function syncFolder(folder: string): Promise<void> {
  const file = await open(folder, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
