/** A good configuration arrives complete, in the words of the domain, and cannot be changed. */
import { describe, expect, it } from 'vitest'
import { armedAt } from '../../src/domain/schedule.ts'
import { loadFiles, refusal, withCamera } from './folder.ts'

const camera = async (lines: string, before = '') =>
  (await loadFiles({ 'skyeye.yaml': withCamera(lines, before) })).config.cameras[0]

describe('loadConfig', () => {
  it('fills in the defaults of every section that is left out', async () => {
    const { config } = await loadFiles({ 'skyeye.yaml': withCamera() })
    expect(config.broker).toEqual({ kind: 'embedded', port: 1883, prefix: 'skyeye/v1' })
    expect(config.analysis).toMatchObject({ fps: 5, maxWidth: 1280 })
    expect(config.analysis.workers).toBeGreaterThanOrEqual(1)
    expect(config.ingest.allowNetworks).not.toContain('127.0.0.0/8')
    expect(config.models.dir).toBe(`${config.dataDir}/models`)
    expect(config.secrets).toEqual([])
  })

  it('takes a key with nothing behind it as left out', async () => {
    const { config } = await loadFiles({ 'skyeye.yaml': withCamera('tags:', 'http:\n') })
    expect(config.http.port).toBe(8080)
    expect(config.cameras[0].tags).toEqual([])
  })

  it('leaves further voices off unless they are named, and gives a named one its prefix', async () => {
    const voices = async (text: string) =>
      (await loadFiles({ 'skyeye.yaml': withCamera('', `publish: ${text}\n`) })).config.publish.voices
    expect(await voices('{ drainPerSecond: 5 }')).toEqual({})
    expect(await voices('{ voices: { onvif: {}, homeAssistant: { discoveryPrefix: ha/site } } }')).toEqual({
      onvif: { prefix: 'onvif' },
      homeAssistant: { discoveryPrefix: 'ha/site' },
    })
    for (const prefix of ['a/#', '/a', 'a b', '$SYS']) {
      const said = await refusal({
        'skyeye.yaml': withCamera('', `publish: { voices: { onvif: { prefix: "${prefix}" } } }\n`),
      })
      expect(said.join(), prefix).toContain('publish.voices.onvif.prefix: must be topic levels')
    }
  })

  it('gives each rule the defaults of its kind and a name', async () => {
    const { rules } = await camera(
      'zones: [{ name: 东门, polygon: [[0, 0], [1, 0], [1, 1]] }]\nrules: [{ kind: stationary-vehicle, zone: 东门 }]',
    )
    expect(rules).toEqual([
      {
        kind: 'stationary-vehicle',
        zone: '东门',
        name: 'stationary-vehicle-东门',
        dwellMs: 120_000,
        tolerance: 0.03,
        labels: ['vehicle'],
        severity: 'minor',
        duty: 'city',
        inertiaMs: 500,
        cooldownMs: 30_000,
      },
    ])
  })

  it('leaves a schedule out where none is written, so that the rule is always armed', async () => {
    const { rules } = await camera(
      'lines: [{ name: l, a: [0, 0], b: [1, 1] }]\nrules: [{ kind: line-crossing, line: l }]',
    )
    expect(rules[0]).not.toHaveProperty('schedule')
  })

  it('reads hours over midnight in the time zone of the schedule', async () => {
    const { rules } = await camera(
      'lines: [{ name: l, a: [0, 0], b: [1, 1] }]\nrules: [{ kind: line-crossing, line: l, schedule: { days: [fri], hours: ["22:30-06:00"] } }]',
    )
    const armed = armedAt(rules[0].schedule)
    expect(armed(Date.parse('2026-11-27T22:29:00+08:00'))).toBe(false)
    expect(armed(Date.parse('2026-11-27T22:30:00+08:00'))).toBe(true)
    expect(armed(Date.parse('2026-11-28T05:59:00+08:00'))).toBe(true)
    expect(armed(Date.parse('2026-11-28T22:30:00+08:00'))).toBe(false)
  })

  it('gives cameras without own lists those of cameraDefaults, list by list', async () => {
    const defaults =
      'cameraDefaults:\n  zones: [{ name: all, polygon: [[0, 0], [1, 0], [1, 1]] }]\n  rules: [{ kind: intrusion, zone: all }]\n'
    expect((await camera('', defaults)).rules).toHaveLength(1)
    expect((await camera('rules: []', defaults)).rules).toHaveLength(0)
    expect((await camera('rules: []', defaults)).zones).toHaveLength(1)
  })

  it('merges and limits alerts as cameraDefaults say, unless the camera says otherwise', async () => {
    const defaults = 'cameraDefaults: { mergeAlerts: true, alertsPerHour: 60 }\n'
    expect(await camera('', defaults)).toMatchObject({ mergeAlerts: true, alertsPerHour: 60 })
    const other = await camera('mergeAlerts: false\nalertsPerHour: 5', defaults)
    expect(other).toMatchObject({ mergeAlerts: false, alertsPerHour: 5 })
    const silent = await camera('')
    expect(silent).not.toHaveProperty('mergeAlerts')
    expect(silent).not.toHaveProperty('alertsPerHour')
  })

  it('says when rules of cameraDefaults do not fit the zones that a camera drew itself', async () => {
    const defaults = 'cameraDefaults: { rules: [{ kind: intrusion, zone: all }] }\n'
    const zones = 'zones: [{ name: own, polygon: [[0, 0], [1, 0], [1, 1]] }]'
    expect(await refusal(withCamera(zones, defaults))).toEqual([
      'skyeye.yaml:7 cameraDefaults.rules[0].zone: no zone "all" on camera "yard" (zones: own)',
    ])
  })

  it('counts the last day of a consent to its end', async () => {
    const sha = 'ab'.repeat(32)
    const consent = (until: string) =>
      camera(
        `tier: shop\nconsent: { grantedBy: Li, until: ${until}, documentSha256: ${sha}, scope: [alerts] }`,
      )
    expect((await consent('2090-02-28')).consent?.until).toBe(new Date(2090, 2, 1).getTime())
    expect((await consent('"2090-01-31T18:00:00+08:00"')).consent?.until).toBe(
      Date.parse('2090-01-31T10:00:00Z'),
    )
  })

  it('starts with a consent that is over, and warns', async () => {
    const lines = `tier: household\nconsent: { grantedBy: Li, until: 2020-01-31, documentSha256: ${'0a'.repeat(32)}, scope: [alerts] }\nrules: []`
    const { config, warnings } = await loadFiles({ 'skyeye.yaml': withCamera(lines) })
    expect(config.cameras).toHaveLength(1)
    expect(warnings.map(({ path, line }) => `${line} ${path}`)).toEqual([
      '3 cameras[0]',
      '7 cameras[0].consent.until',
    ])
  })

  it('normalises names, and keeps markup and emoji as the text they are', async () => {
    const composed = 'Caf\u00e9'
    const text = withCamera().replace('name: Yard', `name: "${composed.normalize('NFD')} <img onerror> 🚦"`)
    expect((await loadFiles({ 'skyeye.yaml': text })).config.cameras[0].name).toBe(
      `${composed} <img onerror> 🚦`,
    )
  })

  it('finds clips beside the file that names them', async () => {
    const text = withCamera().replace('rtsp://10.0.0.5/live', 'file:clips/a.mp4')
    const { config, folder } = await loadFiles({ 'skyeye.yaml': text })
    expect(config.cameras[0].url).toBe(`file:${folder}/clips/a.mp4`)
  })

  it('accepts a byte order mark', async () => {
    const { config } = await loadFiles({ 'skyeye.yaml': `\ufeff${withCamera()}` })
    expect(config.gateway.id).toBe('gw-1')
  })

  it('reads cameras from a second YAML file and names its lines', async () => {
    const main = 'gateway: { id: gw-1 }\ncamerasFile: cameras.yaml\n'
    const list = 'cameras:\n  - { id: a, name: A, url: rtsp://10.0.0.1/ }\n'
    expect((await loadFiles({ 'skyeye.yaml': main, 'cameras.yaml': list })).config.cameras[0].id).toBe('a')
    expect(
      await refusal({ 'skyeye.yaml': main, 'cameras.yaml': `${list}  - { id: b, name: B, url: 7 }\n` }),
    ).toEqual(['cameras.yaml:3 cameras[1].url: must be text; put it in quotes'])
  })

  it('is frozen to its last corner', async () => {
    const { config } = await loadFiles({
      'skyeye.yaml': withCamera('zones: [{ name: z, polygon: [[0, 0], [1, 0], [1, 1]] }]'),
    })
    const corner = config.cameras[0].zones[0].polygon[1] as { x: number }
    expect(() => {
      corner.x = 0.5
    }).toThrow(TypeError)
    expect(Object.isFrozen(config.ingest.allowNetworks)).toBe(true)
  })

  it('has a thousand cameras with shared zones in one file', async () => {
    const zones = 'zones: &z [{ name: z, polygon: [[0, 0], [1, 0], [1, 1]] }]'
    const more = Array.from(
      { length: 999 },
      (_, i) => `  - { id: c${i}, name: C, url: rtsp://10.0.0.1/${i}, zones: *z }`,
    )
    const text = `${withCamera(zones).trimEnd()}\n${more.join('\n')}\n`
    const { config } = await loadFiles({ 'skyeye.yaml': text })
    expect(config.cameras).toHaveLength(1000)
    expect(config.cameras[999].zones).toEqual(config.cameras[0].zones)
  })
})
