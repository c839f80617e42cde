/** Manners towards cameras and NVRs: few sessions at once, starts one after the other, no account locked by a typo. */
import { sleep as realSleep } from '../kit/retry.ts'
import { Account } from './account.ts'
import { accountKey, authority, type CameraAddress, type RtspAddress } from './address.ts'

export interface HostsOptions {
  /** Sessions that one host (and port) serves at once; more wait in order. */
  readonly maxSessionsPerHost: number
  /** Shortest time between two connects to one host. */
  readonly startGapMs: number
  /** Attempts of all hosts together that have not got a picture yet; default 8. */
  readonly maxStarts?: number
  /** Monotonic milliseconds; tests bring their own. */
  readonly now?: () => number
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Leave for one attempt. Each method counts once; `release` must be called in the end. */
export interface Lease {
  /** The first picture came: the account is right, and others that share it need not wait. */
  succeeded(): void
  /** The camera refused the account. */
  authFailed(): void
  release(): void
}

interface Host {
  sessions: number
  lastStartAt: number
}

interface Waiter {
  readonly address: RtspAddress
  readonly admit: (lease: Lease) => void
}

/** A file needs nobody's leave. */
const freeLease: Lease = { succeeded() {}, authFailed() {}, release() {} }

export class Hosts {
  readonly #options: HostsOptions
  readonly #now: () => number
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly #maxStarts: number
  /** One entry for each host that was ever configured, and for each account in use or refused. */
  readonly #hosts = new Map<string, Host>()
  readonly #accounts = new Map<string, { account: Account; leases: number }>()
  readonly #waiters = new Set<Waiter>()
  #starts = 0
  #alarm: AbortController | undefined

  constructor(options: HostsOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#sleep = options.sleep ?? realSleep
    this.#maxStarts = options.maxStarts ?? 8
  }

  /** Resolves when this camera may be connected to, in the order of asking. Rejects with the signal's reason. */
  acquire(address: CameraAddress, signal: AbortSignal): Promise<Lease> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (address.scheme === 'file') return Promise.resolve(freeLease)
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiters.delete(waiter)
        this.#admit()
        reject(signal.reason)
      }
      const waiter: Waiter = {
        address,
        admit: (lease) => {
          signal.removeEventListener('abort', abort)
          resolve(lease)
        },
      }
      signal.addEventListener('abort', abort, { once: true })
      this.#waiters.add(waiter)
      this.#admit()
    })
  }

  /** What an `acquire` for this address waits for: its account, or its turn at the host; undefined where none waits. */
  waiting(address: CameraAddress): 'session' | 'account' | undefined {
    if (address.scheme === 'file') return
    for (const waiter of this.#waiters) {
      if (accountKey(waiter.address) !== accountKey(address) || waiter.address.path !== address.path) continue
      return this.#accountAt(waiter.address) > this.#now() ? 'account' : 'session'
    }
    return
  }

  /** Does an `acquire` for this address wait because its account was refused, and not only while another camera tries it? */
  refused(address: CameraAddress): boolean {
    if (address.scheme === 'file' || this.waiting(address) !== 'account') return false
    return this.#accounts.get(accountKey(address))?.account.clean === false
  }

  /** Admits, in order, whoever may start now, and sets the alarm for the next one that only time keeps. */
  #admit(): void {
    this.#alarm?.abort()
    this.#alarm = undefined
    let next = Number.POSITIVE_INFINITY
    for (const waiter of this.#waiters) {
      const at = this.#startAt(waiter.address)
      if (at > this.#now()) {
        next = Math.min(next, at)
        continue
      }
      this.#waiters.delete(waiter)
      waiter.admit(this.#lease(waiter.address))
    }
    if (next < Number.POSITIVE_INFINITY) this.#wakeAt(next)
  }

  #wakeAt(time: number): void {
    const alarm = new AbortController()
    this.#alarm = alarm
    // Rounded up: a timer that is a fraction early would only be set again. On a busy box the time may have come meanwhile.
    void this.#sleep(Math.max(0, Math.ceil(time - this.#now())), alarm.signal).then(() => {
      if (!alarm.signal.aborted) this.#admit()
    })
  }

  /** When this address may start; Infinity while it is another lease's end that it waits for. */
  #startAt(address: RtspAddress): number {
    const host = this.#hosts.get(authority(address))
    if (this.#starts >= this.#maxStarts) return Number.POSITIVE_INFINITY
    if (host && host.sessions >= this.#options.maxSessionsPerHost) return Number.POSITIVE_INFINITY
    const gapAt = host ? host.lastStartAt + this.#options.startGapMs : Number.NEGATIVE_INFINITY
    return Math.max(gapAt, this.#accountAt(address))
  }

  #accountAt(address: RtspAddress): number {
    const entry = this.#accounts.get(accountKey(address))
    return entry ? entry.account.nextAt(address.password ?? '') : Number.NEGATIVE_INFINITY
  }

  #lease(address: RtspAddress): Lease {
    const host = this.#hosts.get(authority(address)) ?? { sessions: 0, lastStartAt: 0 }
    this.#hosts.set(authority(address), host)
    const entry = this.#accounts.get(accountKey(address)) ?? { account: new Account(), leases: 0 }
    // Without a user there is no password to be wrong.
    if (address.username !== undefined) this.#accounts.set(accountKey(address), entry)
    host.sessions++
    host.lastStartAt = this.#now()
    entry.leases++
    this.#starts++
    const password = address.password ?? ''
    const probe = entry.account.begin(password)
    let [starting, held] = [true, true]
    const started = () => {
      if (!starting) return
      starting = false
      this.#starts--
      if (probe) entry.account.endProbe()
    }
    const decide = (verdict: () => void) => () => {
      if (!held) return
      verdict()
      started()
      this.#admit()
    }
    return {
      succeeded: decide(() => starting && entry.account.succeeded(password)),
      authFailed: decide(() => entry.account.failed(password, this.#now())),
      release: decide(() => {
        held = false
        host.sessions--
        entry.leases--
        if (entry.leases === 0) this.#forget(address, entry.account)
      }),
    }
  }

  #forget(address: RtspAddress, account: Account): void {
    account.forgetProof()
    if (account.clean) this.#accounts.delete(accountKey(address))
  }
}
