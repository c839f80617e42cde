/** The pictures' bytes: written whole or not at all, named by ids only. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

export class SnapshotFiles {
  readonly #dir: string

  constructor(dir: string) {
    this.#dir = dir
  }

  path(file: string): string {
    return join(this.#dir, file)
  }

  /** Bytes on the disk, then the name: after a power cut there is the whole picture or none. Returns the file's name. */
  write(id: string, jpeg: Uint8Array): string {
    // The id becomes a file name, so nothing but the letters of an id gets in.
    if (!/^[A-Za-z0-9-]{1,64}$/.test(id)) throw new Error(`"${id.slice(0, 64)}" is no id for a picture`)
    const file = `${id}.jpg`
    // A picture is never written over: the transaction of a twin fails, and would take the first one's file with it.
    if (this.exists(file)) throw new Error(`the picture ${file} exists`)
    const temporary = this.path(`${file}.part`)
    const descriptor = openSync(temporary, 'w', 0o600)
    try {
      writeFileSync(descriptor, jpeg)
      fsyncSync(descriptor)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    } finally {
      closeSync(descriptor)
    }
    renameSync(temporary, this.path(file))
    return file
  }

  /** Makes the names of all pictures written so far durable. */
  sync(): void {
    const descriptor = openSync(this.#dir, 'r')
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  }

  /** Undefined where the file is gone or its disk fails: asking again will not bring it back. */
  read(file: string): Uint8Array<ArrayBuffer> | undefined {
    try {
      return new Uint8Array(readFileSync(this.path(file)))
    } catch (error) {
      // Out of descriptors is a matter of this moment.
      if (['EMFILE', 'ENFILE'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
      return undefined
    }
  }

  exists(file: string): boolean {
    return existsSync(this.path(file))
  }

  remove(file: string): void {
    rmSync(this.path(file), { force: true })
  }

  /** Removes every file that no row knows: pictures whose transaction never came. Returns how many. */
  removeAllBut(known: ReadonlySet<string>): number {
    const orphans = readdirSync(this.#dir).filter((file) => !known.has(file))
    for (const file of orphans) this.remove(file)
    return orphans.length
  }
}
