/** Manners towards hosts, with a clock that only the test moves. */
import { describe, expect, it } from 'vitest'
import { parseCameraUrl } from '../../src/ingest/address.ts'
import { Hosts, type HostsOptions, type Lease } from '../../src/ingest/hosts.ts'

const never = new AbortController().signal
const minute = 60_000

/** A clock, and what sleeps on it. */
function clock() {
  let time = 0
  const sleepers = new Set<{ at: number; wake: () => void }>()
  return {
    now: () => time,
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const sleeper = { at: time + ms, wake: resolve }
        sleepers.add(sleeper)
        signal.addEventListener('abort', () => {
          sleepers.delete(sleeper)
          resolve()
        })
      }),
    async pass(ms: number) {
      const until = time + ms
      for (;;) {
        await settle()
        const next = [...sleepers].sort((a, b) => a.at - b.at)[0]
        if (!next || next.at > until) break
        time = Math.max(time, next.at)
        sleepers.delete(next)
        next.wake()
      }
      time = until
    },
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

function setup(options: Partial<HostsOptions> = {}) {
  const time = clock()
  const hosts = new Hosts({
    maxSessionsPerHost: 100,
    startGapMs: 0,
    maxStarts: 100,
    now: time.now,
    sleep: time.sleep,
    ...options,
  })
  /** Asks for a lease; `leases` fills in the order of admission. */
  const leases: { name: string; at: number; lease: Lease }[] = []
  const ask = (url: string, signal: AbortSignal = never, name = url) =>
    void hosts.acquire(parseCameraUrl(url), signal).then(
      (lease) => leases.push({ name, at: time.now(), lease }),
      () => {},
    )
  return { ...time, hosts, leases, ask }
}

describe('Hosts', () => {
  it('serves at most so many sessions of a host, others in order, and other hosts meanwhile', async () => {
    const { hosts, leases, ask } = setup({ maxSessionsPerHost: 2 })
    for (const path of ['a', 'b', 'c', 'd']) ask(`rtsp://10.0.0.1/${path}`)
    ask('rtsp://10.0.0.2/e')
    await settle()
    expect(leases.map(({ name }) => name.at(-1))).toEqual(['a', 'b', 'e'])
    expect(hosts.waiting(parseCameraUrl('rtsp://10.0.0.1/c'))).toBe('session')
    expect(hosts.waiting(parseCameraUrl('rtsp://10.0.0.1/a'))).toBeUndefined()
    leases[0].lease.release()
    leases[0].lease.release()
    await settle()
    expect(leases.map(({ name }) => name.at(-1))).toEqual(['a', 'b', 'e', 'c'])
  })

  it('forgets who gave up waiting', async () => {
    const { hosts, leases, ask } = setup({ maxSessionsPerHost: 1 })
    const impatient = new AbortController()
    ask('rtsp://10.0.0.1/a')
    const waiting = hosts.acquire(parseCameraUrl('rtsp://10.0.0.1/b'), impatient.signal)
    ask('rtsp://10.0.0.1/c')
    impatient.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(hosts.acquire(parseCameraUrl('rtsp://10.0.0.1/b'), impatient.signal)).rejects.toThrow(
      'enough',
    )
    leases[0].lease.release()
    await settle()
    expect(leases.map(({ name }) => name.at(-1))).toEqual(['a', 'c'])
  })

  it('fault 21: starts one camera of a host after the other, and only so many of all hosts together', async () => {
    const { leases, ask, pass } = setup({ startGapMs: 200, maxStarts: 3 })
    for (const path of ['a', 'b', 'c']) ask(`rtsp://10.0.0.1/${path}`)
    for (let host = 2; host < 6; host++) ask(`rtsp://10.0.0.${host}/x`)
    await pass(1_000)
    expect(leases.map(({ name }) => name)).toEqual([
      'rtsp://10.0.0.1/a',
      'rtsp://10.0.0.2/x',
      'rtsp://10.0.0.3/x',
    ])
    for (const { lease } of leases.slice()) lease.succeeded()
    await pass(1_000)
    expect(leases.slice(3).map(({ name, at }) => [name, at])).toEqual([
      ['rtsp://10.0.0.1/b', 1_000],
      ['rtsp://10.0.0.4/x', 1_000],
      ['rtsp://10.0.0.5/x', 1_000],
    ])
    leases[3].lease.succeeded()
    await pass(1)
    expect(leases.at(-1)?.name).toBe('rtsp://10.0.0.1/c')
  })

  it('fault 11: a wrong password is tried by one of 24 channels at a time, slower and slower', async () => {
    const { hosts, leases, ask, pass } = setup()
    const url = (channel: number) => `rtsp://admin:typo@10.0.0.1/${channel}`
    for (let channel = 0; channel < 24; channel++) ask(url(channel))
    const tries: number[] = []
    let handled = 0
    for (let elapsed = 0; elapsed < 4 * 60 * minute; elapsed += minute) {
      await settle()
      for (; handled < leases.length; handled++) {
        const { lease, at, name } = leases[handled]
        tries.push(at / minute)
        lease.authFailed()
        lease.release()
        ask(name)
      }
      await pass(minute)
    }
    expect(tries).toEqual([0, 1, 3, 7, 15, 31, 61, 91, 121, 151, 181, 211])
    expect(hosts.waiting(parseCameraUrl(url(5)))).toBe('account')
  })

  it('lets all cameras of an account in once one of them has proven it', async () => {
    const { leases, ask } = setup()
    for (let channel = 0; channel < 5; channel++) ask(`rtsp://admin:right@10.0.0.1/${channel}`)
    await settle()
    expect(leases).toHaveLength(1)
    leases[0].lease.release() // it hung up before the password was judged
    await settle()
    expect(leases).toHaveLength(2)
    leases[1].lease.succeeded()
    await settle()
    expect(leases).toHaveLength(5)
  })

  it('asks again for proof after the last session of an account ended', async () => {
    const { leases, ask } = setup()
    ask('rtsp://admin:right@10.0.0.1/0')
    await settle()
    leases[0].lease.succeeded()
    leases[0].lease.release()
    for (let channel = 0; channel < 5; channel++) ask(`rtsp://admin:right@10.0.0.1/${channel}`)
    await settle()
    expect(leases).toHaveLength(2)
  })

  it('tries a corrected password within a minute, however long the wrong one must wait', async () => {
    const { leases, ask, pass } = setup()
    for (const wait of [0, 1, 2, 4]) {
      await pass(wait * minute)
      ask('rtsp://admin:typo@10.0.0.1/0')
      await settle()
      leases.at(-1)?.lease.authFailed()
      leases.at(-1)?.lease.release()
    }
    expect(leases).toHaveLength(4)
    ask('rtsp://admin:right@10.0.0.1/0')
    ask('rtsp://admin:typo@10.0.0.1/1')
    ask('rtsp://other:typo@10.0.0.1/2')
    await pass(minute)
    expect(leases.slice(4).map(({ name }) => name)).toEqual([
      'rtsp://other:typo@10.0.0.1/2',
      'rtsp://admin:right@10.0.0.1/0',
    ])
    leases[5].lease.succeeded()
    await settle()
    expect(leases).toHaveLength(6)
  })

  it('counts refusals of sessions that were under way together as one', async () => {
    const { leases, ask, pass } = setup()
    for (let channel = 0; channel < 4; channel++) ask(`rtsp://admin:old@10.0.0.1/${channel}`)
    await settle()
    leases[0].lease.succeeded()
    await settle()
    for (const { lease } of leases.slice(1)) lease.authFailed()
    for (const { lease } of leases.slice()) lease.release()
    ask('rtsp://admin:old@10.0.0.1/9')
    await pass(minute - 1)
    expect(leases).toHaveLength(4)
    await pass(1)
    await settle()
    expect(leases).toHaveLength(5)
  })

  it('never asks for a sleep of less than nothing, however slow the box is', async () => {
    let time = 0
    const asked: number[] = []
    const { leases, ask } = setup({
      startGapMs: 20,
      // Every look at the clock takes 15 ms.
      now: () => (time += 15),
      sleep: (ms) => {
        asked.push(ms)
        return settle().then(() => undefined)
      },
    })
    for (const path of ['a', 'b', 'c']) ask(`rtsp://10.0.0.1/${path}`)
    for (let turn = 0; leases.length < 3 && turn < 100; turn++) await settle()
    expect(leases).toHaveLength(3)
    expect(asked).toContain(0)
    expect(asked.filter((ms) => ms < 0)).toEqual([])
  })

  it('does not keep cameras without an account, nor files', async () => {
    const { hosts, leases, ask } = setup()
    for (let channel = 0; channel < 5; channel++) ask(`rtsp://10.0.0.1/${channel}`)
    for (let clip = 0; clip < 5; clip++) ask('file:a.mp4')
    await settle()
    expect(leases).toHaveLength(10)
    expect(hosts.waiting(parseCameraUrl('file:a.mp4'))).toBeUndefined()
  })
})
