/** Talks to systemd (READY, WATCHDOG, STOPPING) where it started us, by its own small program; elsewhere does nothing. */
import { execFile } from 'node:child_process'
import type { Part } from './part.ts'

/**
 * Reports readiness at start, then life at half the watchdog's period as long as `alive` says so: a gateway whose main
 * loop stands still cannot run this timer, and one whose workers stand still is not alive, so systemd restarts both.
 */
export class ServiceNotifier implements Part {
  readonly name = 'service notifier'
  readonly #alive: () => boolean
  readonly #env: NodeJS.ProcessEnv
  #timer: NodeJS.Timeout | undefined

  constructor(alive: () => boolean, env: NodeJS.ProcessEnv = process.env) {
    this.#alive = alive
    this.#env = env
  }

  async start(): Promise<void> {
    await this.#notify('READY=1')
    const periodMs = Number(this.#env.WATCHDOG_USEC ?? 0) / 1_000
    if (periodMs <= 0) return
    this.#timer = setInterval(() => {
      if (this.#alive()) void this.#notify('WATCHDOG=1')
    }, periodMs / 2)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#notify('STOPPING=1')
  }

  /** Node has no unix datagram sockets, hence the program. A report that fails is systemd's to notice. */
  #notify(state: string): Promise<void> {
    if (!this.#env.NOTIFY_SOCKET) return Promise.resolve()
    return new Promise((resolve) => {
      execFile('systemd-notify', [state], { env: this.#env, timeout: 5_000 }, () => resolve())
    })
  }
}
