/** What a tree of processes costs: its processor time, and its memory as shares (PSS), from Linux's /proc. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** One line of /proc/PID/stat, as far as it matters here. */
interface Stat {
  readonly pid: number
  readonly parent: number
  /** Tells one process from a later one that was given its number. */
  readonly startedAt: number
  /** Clock ticks of the process and of those of its children that have ended and were waited for. */
  readonly ticks: number
}

/**
 * Follows one process and everything it has started since.
 * A child that comes and goes between two looks is not lost: the kernel adds its time to that of the parent that waits for it.
 * Nor is one that outlives its parent, as it stays known. Only one that is orphaned and ends between two looks is.
 */
export class ProcessTree {
  readonly #known = new Map<number, Stat>()
  readonly #ticksPerSecond = clockTicksPerSecond()
  /** Ticks of processes that ended outside the tree, so that no parent in it has them. */
  #orphaned = 0

  /** `root` is a process that runs. Throws where it does not. */
  constructor(root: number) {
    const stat = readStat(root)
    if (!stat) throw new Error(`there is no process ${root}`)
    this.#known.set(root, stat)
  }

  /** Processor seconds (user and system) of the whole tree since each of its processes began. Never falls while the root lives. */
  cpuSeconds(): number {
    this.#look()
    const ticks = [...this.#known.values()].reduce((sum, stat) => sum + stat.ticks, this.#orphaned)
    return ticks / this.#ticksPerSecond
  }

  /** Proportional set size of the tree now, bytes: pages that several processes share count in parts. */
  pssBytes(): number {
    this.#look()
    return [...this.#known.keys()].reduce((sum, pid) => sum + (readPss(pid) ?? 0), 0)
  }

  /** How many processes live now. */
  get size(): number {
    this.#look()
    return this.#known.size
  }

  #look(): void {
    const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    const stats = new Map(all.flatMap((name) => readStat(Number(name)) ?? []).map((stat) => [stat.pid, stat]))
    const before = new Map(this.#known)
    const lives = ({ pid, startedAt }: Stat) => stats.get(pid)?.startedAt === startedAt
    for (const stat of before.values()) {
      if (lives(stat)) this.#known.set(stat.pid, stats.get(stat.pid)!)
      else {
        this.#known.delete(stat.pid)
        if (!ancestors(stat, before).some(lives)) this.#orphaned += stat.ticks
      }
    }
    for (let found = true; found; ) {
      const children = [...stats.values()].filter(
        ({ pid, parent }) => this.#known.has(parent) && !this.#known.has(pid),
      )
      for (const child of children) this.#known.set(child.pid, child)
      found = children.length > 0
    }
  }
}

/** Up to the root: where one of them lives, it has got the time of those below it that have ended. */
function ancestors({ parent }: Stat, known: ReadonlyMap<number, Stat>): Stat[] {
  const stat = known.get(parent)
  return stat ? [stat, ...ancestors(stat, known)] : []
}

const fieldsFromState = { parent: 1, ticks: [11, 12, 13, 14], startedAt: 19 } as const

/** Undefined where the process has ended. */
function readStat(pid: number): Stat | undefined {
  const line = readIfThere(`/proc/${pid}/stat`)
  if (line === undefined) return undefined
  // The name in brackets may hold spaces and brackets of its own.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const ticks = fieldsFromState.ticks.reduce((sum, field) => sum + Number(fields[field]), 0)
  const [parent, startedAt] = [fields[fieldsFromState.parent], fields[fieldsFromState.startedAt]]
  return { pid, parent: Number(parent), startedAt: Number(startedAt), ticks }
}

/** Undefined where the process has ended. */
function readPss(pid: number): number | undefined {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readIfThere(`/proc/${pid}/smaps_rollup`) ?? '')?.[1]
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    // ESRCH: it ended between opening and reading.
    if (['ENOENT', 'ESRCH'].includes(String((error as NodeJS.ErrnoException).code))) return undefined
    throw error
  }
}

/** The unit of times in /proc/PID/stat; 100 on every Linux that Node runs on, but not by law. */
function clockTicksPerSecond(): number {
  return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
}
