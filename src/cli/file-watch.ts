/** Notices when the files of the configuration change. */
import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Log } from '../kit/log.ts'

/** A file being saved changes several times. */
const settleMs = 500

export class FileWatch {
  readonly #onChange: () => void
  readonly #log: Log
  #files: readonly string[] = []
  #watchers: FSWatcher[] = []
  #timer: NodeJS.Timeout | undefined

  /** `onChange` hears of each burst of changes once, when it is over. */
  constructor(onChange: () => void, log: Log) {
    this.#onChange = onChange
    this.#log = log
  }

  /** These files instead of the ones before. Editors replace files, so their folders are watched. */
  follow(files: readonly string[]): void {
    if (isDeepStrictEqual(files, this.#files)) return
    for (const watcher of this.#watchers) watcher.close()
    this.#files = files
    const names = Map.groupBy(files, (file) => dirname(file))
    this.#watchers = [...names].flatMap(
      ([folder, inside]) => this.#watch(folder, new Set(inside.map((file) => basename(file)))) ?? [],
    )
  }

  close(): void {
    clearTimeout(this.#timer)
    for (const watcher of this.#watchers) watcher.close()
  }

  /** A box may have no watches left (fs.inotify.max_user_instances): SIGHUP still works then. */
  #watch(folder: string, names: ReadonlySet<string>): FSWatcher | undefined {
    const blind = (error: Error) =>
      this.#log.warn(
        { folder, why: error.message },
        'changes of the configuration in this folder are not noticed: send SIGHUP to load it again',
      )
    try {
      const watcher = watch(folder, (_, name) => {
        if (!name || !names.has(name)) return
        clearTimeout(this.#timer)
        this.#timer = setTimeout(this.#onChange, settleMs)
      })
      return watcher.on('error', blind).unref()
    } catch (error) {
      blind(error as Error)
      return undefined
    }
  }
}
