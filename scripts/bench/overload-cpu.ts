/** bench:overload: whose processor time it was, as the simulator and the broker run on the machine that is measured. */
import type { GatewayProcess } from './gateway-process.ts'
import { machineSeconds } from './neighbours.ts'
import { ProcessTree } from './process-tree.ts'

/** Processor seconds. */
export interface CpuReading {
  readonly gateway: number
  readonly simulator: number
  /** This process: the broker, and the sampling. */
  readonly bench: number
  /** Everybody on the machine. */
  readonly machine: number
}

export class CpuClock {
  readonly #gateway: GatewayProcess
  readonly #own = new ProcessTree(process.pid)

  constructor(gateway: GatewayProcess) {
    this.#gateway = gateway
  }

  /** Simulator and gateway are the only children: what is neither's nor our own is the simulator's. */
  read(): CpuReading {
    const { user, system } = process.cpuUsage()
    const bench = (user + system) / 1e6
    const gateway = this.#gateway.tree.cpuSeconds()
    return { gateway, bench, simulator: this.#own.cpuSeconds() - gateway - bench, machine: machineSeconds() }
  }
}

export function cpuBetween(before: CpuReading, after: CpuReading): CpuReading {
  return {
    gateway: after.gateway - before.gateway,
    simulator: Math.max(0, after.simulator - before.simulator),
    bench: after.bench - before.bench,
    machine: after.machine - before.machine,
  }
}
