/** A rule on finished tracks says what it would have said in life. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { v7 as newId } from 'uuid'
import { describe, expect, it } from 'vitest'
import { askGateway } from '../src/cli/ask-gateway.ts'
import { dryRunCommand } from '../src/cli/dry-run.ts'
import { countsMessage, trackMessage } from '../src/contract/structure-message.ts'
import type { Alert } from '../src/domain/alert.ts'
import { foot } from '../src/domain/geometry.ts'
import type { Rule } from '../src/domain/rule.ts'
import type { TrackSummary } from '../src/domain/structure.ts'
import type { Track } from '../src/domain/track.ts'
import { dryRun } from '../src/dry-run.ts'
import type { DryRunReport } from '../src/dry-run-report.ts'
import { DryRuns, type DryRunWish } from '../src/dry-runs.ts'
import { ControlSocket } from '../src/http/control.ts'
import type { ControlPorts } from '../src/http/ports.ts'
import { createLog } from '../src/kit/log.ts'
import { SecretMask } from '../src/kit/secrets.ts'
import { AlertBook } from '../src/rules/alerts.ts'
import { RuleEngine } from '../src/rules/engine.ts'
import { TrackHistory } from '../src/track/history.ts'
import { openRecords, startStore, temporaryFolder } from './store/opened.ts'
import { generous, origin } from './store/samples.ts'
import { sampleCamera } from './support/alert-samples.ts'

const start = Date.UTC(2026, 10, 26, 8)
const gate = {
  name: 'gate',
  polygon: [
    { x: 0.4, y: 0.3 },
    { x: 0.7, y: 0.3 },
    { x: 0.7, y: 1 },
    { x: 0.4, y: 1 },
  ],
}
const door = { name: 'door', a: { x: 0.5, y: 0 }, b: { x: 0.5, y: 1 } }
const base = { labels: ['person'], severity: 'minor', duty: 'city', inertiaMs: 1_000, cooldownMs: 0 } as const
const rules: Rule[] = [
  { ...base, kind: 'intrusion', name: 'in', zone: 'gate' },
  { ...base, kind: 'line-crossing', name: 'over', line: 'door', direction: 'any' },
  { ...base, kind: 'loitering', name: 'long', zone: 'gate', dwellMs: 8_000 },
] as Rule[]
const camera = { id: 'yard', rules, zones: [gate], lines: [door] }

/** Three people: one passes, one comes back, one waits in the gate. */
function scene(time: number): Track[] {
  const at = (id: number, x: number, y: number): Track => {
    const box = { x1: x - 0.03, y1: y - 0.2, x2: x + 0.03, y2: y }
    const still = { velocity: { x: 0, y: 0 }, firstSeen: start, lastSeen: time, seen: true, confidence: 0.8 }
    return { id, label: 'person', box, anchor: foot(box), ...still }
  }
  const s = (time - start) / 1_000
  const tracks: Track[] = []
  if (s <= 30) tracks.push(at(1, 0.1 + s * 0.027, 0.8))
  if (s >= 5 && s <= 45) tracks.push(at(2, 0.5 + 0.3 * Math.sin((s - 5) / 6), 0.7 + 0.05 * Math.cos(s)))
  if (s >= 50 && s <= 90) tracks.push(at(3, Math.min(0.55, 0.2 + (s - 50) * 0.05), 0.9))
  return tracks
}

function lived() {
  const engine = new RuleEngine(camera)
  let ids = 0
  const book = new AlertBook({ camera: 'yard', rules, newId: () => String(++ids) })
  const history = new TrackHistory(camera)
  const alerts: Alert[] = []
  const ended: TrackSummary[] = []
  for (let time = start; time <= start + 120_000; time += 200) {
    const tracks = scene(time)
    ended.push(...history.update(tracks, time).ended)
    alerts.push(...book.raise(engine.evaluate(tracks, time)))
  }
  return {
    alerts,
    tracks: ended.map((one) => ({ ...one, began: one.path[0].time })).toSorted((a, b) => a.began - b.began),
  }
}

const told = (alerts: readonly Alert[]) =>
  alerts
    .filter(({ phase }) => phase !== 'updated')
    .map(({ rule, phase, time, direction }) => ({ rule, phase, time, direction }))
    .toSorted((a, b) => a.time - b.time || a.rule.localeCompare(b.rule))

describe('a dry run', () => {
  it('raises what was raised in life, half a second sooner or later at most', () => {
    const { alerts, tracks } = lived()
    const live = told(alerts)
    const dry = told(dryRun(camera, tracks))
    expect(
      live
        .filter(({ phase }) => phase === 'began')
        .map(({ rule }) => rule)
        .toSorted(),
    ).toEqual(expect.arrayContaining(['in', 'over', 'long']))
    expect(dry.map(({ rule, phase, direction }) => [rule, phase, direction]).toSorted()).toEqual(
      live.map(({ rule, phase, direction }) => [rule, phase, direction]).toSorted(),
    )
    for (const rule of rules.map(({ name }) => name)) {
      const [of, was] = [dry, live].map((all) =>
        all.filter((one) => one.rule === rule && one.phase === 'began'),
      )
      for (const [i, { time }] of of.entries()) expect(Math.abs(time - was[i].time)).toBeLessThanOrEqual(500)
    }
  })

  it('of no tracks raises nothing, and a long quiet time costs nothing', () => {
    expect(dryRun(camera, [])).toEqual([])
    const { tracks } = lived()
    const [first] = tracks
    const later = { ...first, began: first.began + 86_400_000 * 6, ended: first.ended + 86_400_000 * 6 }
    const path = first.path.map((point) => ({ ...point, time: point.time + 86_400_000 * 6 }))
    const began = told(dryRun(camera, [first, { ...later, path }])).filter(({ phase }) => phase === 'began')
    expect(began).toHaveLength(
      2 * told(dryRun(camera, [first])).filter(({ phase }) => phase === 'began').length,
    )
  })
})

describe('skyeye dry-run', () => {
  async function folder() {
    const dir = temporaryFolder()
    const { store } = await startStore(dir)
    const moved = Date.now() - 3_600_000 - start
    const shift = (track: TrackSummary): TrackSummary => ({
      ...{ ...track, began: track.began + moved, ended: track.ended + moved },
      path: track.path.map((point) => ({ ...point, time: point.time + moved })),
    })
    const facts = { ...origin, camera: { ...sampleCamera, id: 'yard' } }
    let n = 0
    const id = () => `01a20779-75ca-7000-8000-${String(++n).padStart(12, '0')}`
    const found = lived()
      .tracks.map(shift)
      .map((track) => ({ track, message: trackMessage({ ...facts, id: id() }, track) }))
    await store.saveStructure([
      ...found,
      { message: countsMessage({ ...facts, id: id() }, { minute: start, labels: [], zones: [], lines: [] }) },
    ])
    await store.stop()
    const config = join(dir, 'skyeye.yaml')
    writeFileSync(
      config,
      `gateway: { id: box-1 }
dataDir: ${dir}
broker: embedded
cameras:
  - id: yard
    name: yard
    tier: public
    url: rtsp://10.0.0.1/1
    zones: [{ name: gate, polygon: [[0.4, 0.3], [0.7, 0.3], [0.7, 1], [0.4, 1]] }]
    rules: [{ kind: intrusion, name: in, zone: gate, inertiaMs: 1000, cooldownMs: 0 }]
`,
    )
    return config
  }

  async function run(...args: string[]) {
    const [out, err]: string[][] = [[], []]
    const code = await dryRunCommand(args, {
      out: (line) => out.push(line),
      err: (line) => err.push(line),
    }).catch((error: Error) => {
      err.push(error.message)
      return 1
    })
    return { code, out: out.join('\n'), err: err.join('\n') }
  }

  it('judges what is configured, and what is not yet, over the tracks that were kept', async () => {
    const config = await folder()
    const configured = await run('--config', config)
    expect(configured.out).toMatch(/camera yard, .*: 3 tracks/)
    expect(configured.out).toMatch(/in \(intrusion\): \d+ alerts/)
    const rule = '{kind: loitering, zone: gate, dwellMs: 8000, inertiaMs: 0, cooldownMs: 0}'
    const tried = await run('--config', config, '--rule', rule, '--json')
    const report = JSON.parse(tried.out)
    expect(report).toMatchObject({ camera: 'yard', tracks: 3 })
    expect(report.rules[0].alerts.length).toBeGreaterThan(0)
    const later = await run('--config', config, '--since', '30m', '--json')
    expect(JSON.parse(later.out)).toMatchObject({ tracks: 0 })
  })

  it.each([
    [['--rule', '{kind: loitering, zone: nowhere, dwellMs: 8000}'], /nowhere/],
    [['--rule', '{kind: loitring, zone: gate}'], /rule:1 /],
    [['--rule', 'missing'], /no rule "missing" \(rules: in\)/],
    [['--camera', 'attic'], /no camera "attic".*cameras: yard/],
    [['--since', 'yesterday'], /since wants/],
  ])('refuses %j and says why', async (args, why) => {
    const config = await folder()
    const { code, err } = await run('--config', config, ...args)
    expect(code).toBe(1)
    expect(err).toMatch(why)
  })
})

describe('a gateway that runs', () => {
  /** Asks by its control socket, as a program would. */
  async function asked(body: object, among: readonly object[] = [body]) {
    const dataDir = temporaryFolder()
    const { store } = await startStore(dataDir)
    const facts = { ...origin, camera: { ...sampleCamera, id: 'yard' } }
    await store.saveStructure(
      lived().tracks.map((track) => ({ track, message: trackMessage({ ...facts, id: newId() }, track) })),
    )
    const runs = new DryRuns(() => ({ dataDir, cameras: [{ ...sampleCamera, ...camera }] }))
    const ports = { dryRun: (wish: DryRunWish) => runs.run(wish) } as ControlPorts
    const socket = new ControlSocket({ dataDir, ports, log: createLog('silent', new SecretMask()) })
    await socket.start()
    try {
      return await Promise.allSettled(
        among.map((one) => askGateway<DryRunReport>(dataDir, 'POST', '/dry-runs', one)),
      )
    } finally {
      await socket.stop()
    }
  }
  const since = '9999d'

  it('answers what a rule would have raised', async () => {
    const [answer] = await asked({ rule: 'over', since })
    expect(answer).toMatchObject({
      value: { camera: 'yard', tracks: 3, rules: [{ rule: { name: 'over' } }] },
    })
    const { rules: judged } = (answer as PromiseFulfilledResult<DryRunReport>).value
    const inLife = lived().alerts.filter(({ rule, phase }) => rule === 'over' && phase === 'began')
    expect(judged[0].alerts).toHaveLength(inLife.length)
    expect(judged[0].alerts[0]).toMatchObject({ line: 'door', objects: ['person'] })
  })

  it('refuses in a sentence what cannot be judged', async () => {
    const [answer] = await asked({ rule: '{kind: loitering, zone: nowhere, dwellMs: 8000}', since })
    expect(answer).toMatchObject({
      reason: { code: 'CONTROL_FAILED', message: expect.stringContaining('nowhere') },
    })
  })

  it('gives the thread no address and no secret, and answers when it has ended', async () => {
    const dataDir = temporaryFolder()
    const cameras = [{ ...sampleCamera, ...camera, url: 'rtsp://viewer:word@10.0.0.1/1' }]
    const facts = { dataDir, cameras, broker: { password: 'word' }, secrets: ['word'] }
    const thread = new URL('support/living-thread.ts', import.meta.url)
    const answer = await new DryRuns(() => facts, thread).run({ rule: 'over', since })
    const given = JSON.parse((answer as { refused: string }).refused)
    expect(given).toEqual({
      ...{ dataDir, rule: 'over', since, now: expect.any(Number) },
      cameras: [camera],
    })
    const beats = () => readFileSync(join(dataDir, 'beats'), { flag: 'a+' }).byteLength
    const until = beats()
    await new Promise((resume) => setTimeout(resume, 300))
    expect(beats()).toBe(until)
  })

  it('names all that does not work where it has no socket', async () => {
    const dataDir = temporaryFolder()
    // Where its folder should be.
    writeFileSync(join(dataDir, 'control'), '')
    const lines: string[] = []
    const log = createLog('warn', new SecretMask(), (line) => lines.push(line))
    const socket = new ControlSocket({ dataDir, ports: {} as ControlPorts, log })
    await socket.start()
    await socket.stop()
    expect(lines.join()).toContain('skyeye drill, outbox, cameras confirm and dry runs by the socket')
  })

  it('runs one at a time', async () => {
    const answers = await asked({}, [{ since }, { since }])
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(answers).toContainEqual(
      expect.objectContaining({
        reason: expect.objectContaining({ message: expect.stringContaining('another dry run') }),
      }),
    )
  })
})

it('forgets tracks after their days', () => {
  const { records, clock, clean, opened } = openRecords(temporaryFolder(), { ...generous, trackDays: 7 })
  const [track] = lived().tracks
  const now = { ...track, began: clock.now, ended: clock.now + 1_000 }
  records.saveStructure([
    { track: now, message: trackMessage({ ...origin, id: 'x', camera: sampleCamera }, now) },
  ])
  const count = () => opened.db.prepare('SELECT count(*) FROM tracks').pluck().get()
  clock.now += 6 * 86_400_000
  clean()
  expect(count()).toBe(1)
  clock.now += 2 * 86_400_000
  clean()
  expect(count()).toBe(0)
})

it('knows of a finished track whether a thing came or went', () => {
  const object = { ...base, labels: ['object'], zone: 'gate', dwellMs: 8_000, minShare: 0.001 } as const
  const lain: Rule[] = [
    { ...object, kind: 'object-left', name: 'left' },
    { ...object, kind: 'object-removed', name: 'removed' },
  ]
  const history = new TrackHistory(camera)
  const [bag] = scene(start + 60_000).filter(({ id }) => id === 3)
  for (let s = 0; s <= 30; s++) {
    const seen = { ...bag, label: 'object', change: 'went', firstSeen: start } as const
    history.update([{ ...seen, lastSeen: start + s * 1_000 }], start + s * 1_000)
  }
  const alerts = dryRun({ ...camera, rules: lain }, history.end())
  expect(alerts.map(({ kind, phase }) => [kind, phase])).toEqual([
    ['object-removed', 'began'],
    ['object-removed', 'ended'],
  ])
})
