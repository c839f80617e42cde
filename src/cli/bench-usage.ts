/** What a process and its children have used of the machine so far, as Linux tells it in /proc. */
import { readdirSync, readFileSync } from 'node:fs'

/** Sums since their start, ms of processor time. */
export interface Usage {
  /** When it was read, on the clock that never jumps, ms. */
  readonly atMs: number
  /** Everything: the process, and its children. */
  readonly allMs: number
  /** Its main thread. */
  readonly mainMs: number
  /** Its threads that run models. */
  readonly modelsMs: number
  /** Everything that ran on the machine, whoever ran it; time that a host took from this machine included. */
  readonly machineMs: number
  /** Memory of the process and its children now, shared pages divided among those who share them, bytes. Undefined where the kernel does not tell. */
  readonly bytes: number | undefined
}

/** USER_HZ is 100 on every Linux that Node runs on. */
const msPerTick = 10

/** Throws where the process is gone. */
export function usageOf(pid: number): Usage {
  const root = timesOf(`/proc/${pid}`)
  const children = childrenOf(pid)
  const threads = readdirSync(`/proc/${pid}/task`).map((tid) => timesOf(`/proc/${pid}/task/${tid}`))
  const main = threads.find(({ id }) => id === pid)
  const models = threads.filter(({ name }) => name === 'vision')
  return {
    atMs: performance.now(),
    // What children used that are gone counts for their parent.
    allMs: sum([root, ...children], ({ ownMs }) => ownMs) + root.childrenMs,
    mainMs: main?.ownMs ?? 0,
    modelsMs: sum(models, ({ ownMs }) => ownMs),
    machineMs: machineMs(),
    bytes: [pid, ...children.map(({ id }) => id)].map(memoryOf).reduce(plus, 0),
  }
}

/** Memory that programs could still take without swapping, bytes. */
export function freeBytes(): number {
  const kilobytes = /^MemAvailable:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
  return Number(kilobytes ?? 0) * 1_024
}

interface Times {
  readonly id: number
  readonly name: string
  readonly parent: number
  readonly ownMs: number
  readonly childrenMs: number
}

/** See proc_pid_stat(5). The name stands in brackets and may hold anything. */
function timesOf(folder: string): Times {
  const text = readFileSync(`${folder}/stat`, 'latin1')
  const [begin, end] = [text.indexOf('('), text.lastIndexOf(')')]
  const fields = text.slice(end + 2).split(' ')
  const ms = (first: number) => (Number(fields[first]) + Number(fields[first + 1])) * msPerTick
  return {
    id: Number(text.slice(0, begin)),
    name: text.slice(begin + 1, end),
    parent: Number(fields[1]),
    ownMs: ms(11),
    childrenMs: ms(13),
  }
}

function childrenOf(pid: number): Times[] {
  const running = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return running.flatMap((id) => {
    try {
      const times = timesOf(`/proc/${id}`)
      return times.parent === pid ? times : []
    } catch {
      // Gone in the meantime.
      return []
    }
  })
}

function memoryOf(pid: number): number | undefined {
  try {
    const kilobytes = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024
  } catch {
    return undefined
  }
}

const plus = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : a + b

function machineMs(): number {
  const [, user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .split(/\s+/)
    .map(Number)
  return (user + nice + system + irq + softirq + steal) * msPerTick
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
