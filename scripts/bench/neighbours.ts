/** Who else was busy on the machine while something was measured: a figure that was taken beside others says little. */
import { readFileSync } from 'node:fs'
import { ProcessTree } from './process-tree.ts'

/** Processor seconds since the machine began, and of this benchmark with all that it has started. */
interface Spent {
  readonly at: number
  readonly machine: number
  readonly ours: number
}

export class Neighbours {
  readonly #ours = new ProcessTree(process.pid)
  readonly #began = this.#read()

  /** Processors that other programs (and the host, where it took time away) have kept busy since this was made. */
  get cores(): number {
    return othersBetween(this.#began, this.#read())
  }

  #read(): Spent {
    return { at: performance.now() / 1_000, machine: machineSeconds(), ours: this.#ours.cpuSeconds() }
  }
}

/** Never below 0: the two clocks of the kernel do not tick together. */
export function othersBetween(before: Spent, after: Spent): number {
  const others = after.machine - before.machine - (after.ours - before.ours)
  return Math.max(0, Math.round((others / (after.at - before.at)) * 100) / 100)
}

/** Processor seconds that everybody on the machine has taken since it began. */
export function machineSeconds(): number {
  const [line] = readFileSync('/proc/stat', 'utf8').split('\n', 1)
  return busySeconds(line)
}

/** From the first line of /proc/stat: user, nice, system, idle, waiting, interrupts (two) and stolen, in ticks of 10 ms. */
export function busySeconds(line: string): number {
  const [user, nice, system, , , hard, soft, stolen] = line.split(/\s+/).slice(1).map(Number)
  return (user + nice + system + hard + soft + stolen) / 100
}
