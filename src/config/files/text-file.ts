/** Reads a text file that a person wrote: bounded in size, UTF-8 only, with or without a byte order mark. */
import { readFile, stat } from 'node:fs/promises'

/** Four megabytes hold more than 5000 cameras; what is larger is not a configuration. */
const maxBytes = 4 * 1024 * 1024

/** The text of a file, or what is wrong with it and on which line. */
export type TextFile = { readonly text: string } | { readonly fault: string; readonly line: number }

export async function readTextFile(path: string): Promise<TextFile> {
  let bytes: Buffer
  try {
    const { size, isFile } = await stat(path).then((found) => ({ size: found.size, isFile: found.isFile() }))
    if (!isFile) return { fault: 'is not a file', line: 1 }
    if (size > maxBytes) {
      return { fault: `has ${Math.ceil(size / 2 ** 20)} MB; more than 4 MB is not read`, line: 1 }
    }
    bytes = await readFile(path)
  } catch (error) {
    return { fault: unreadable(error), line: 1 }
  }
  try {
    // Takes a byte order mark away.
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { fault: 'is not UTF-8 (perhaps GBK?); save it as UTF-8', line: firstBadLine(bytes) }
  }
}

function unreadable(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return 'does not exist'
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this account'
  return `cannot be read (${code ?? 'unknown reason'})`
}

function firstBadLine(bytes: Buffer): number {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for (let line = 1, from = 0; ; line++) {
    const end = bytes.indexOf(0x0a, from)
    try {
      decoder.decode(bytes.subarray(from, end < 0 ? undefined : end))
    } catch {
      return line
    }
    if (end < 0) return line
    from = end + 1
  }
}
