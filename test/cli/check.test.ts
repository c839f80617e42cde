/** `skyeye check`: everything that is wrong at once, and with --connect how each camera opens. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { CameraSim } from '../../scripts/sim/server.ts'
import { spotClip } from '../support/spot-clip.ts'
import { Folder, modelsPresent, withModels, withoutModels } from './folder.ts'
import { ran } from './program.ts'

const password = 'p@ss:w/rd#口令'

it('says every fault of a configuration with its file and line, and no password', async () => {
  const folder = new Folder()
  folder.write(
    `gateway: { id: GW }
colour: red
cameras:
  - id: yard
    name: Yard
    url: rtsp://admin:hunter2@10.0.0.5/live
    rules:
      - { kind: intrusion, zone: gate }
  - id: shop
    name: Shop
    tier: shop
    url: http://admin:hunter2@10.0.0.6/live
`,
  )
  const { status, out, err } = await ran(['check', '--config', folder.config], { env: withoutModels })
  expect([status, out]).toEqual([1, ''])
  const lines = err.trimEnd().split('\n')
  for (const line of [1, 2, 8, 9, 12])
    expect(
      lines.some((text) => text.startsWith(`${folder.config}:${line} `)),
      `line ${line} in\n${err}`,
    ).toBe(true)
  expect(lines.every((text) => text.startsWith(`${folder.config}:`))).toBe(true)
  expect(err).not.toContain('hunter2')
})

it('says the faults as JSON where JSON was asked for', async () => {
  const folder = new Folder()
  folder.write('gateway: { id: GW }\ncolour: red\ncameras: []\n')
  const { status, out, err } = await ran(['check', '--json', '--config', folder.config], {
    env: withoutModels,
  })
  expect([status, err]).toEqual([1, ''])
  const { refused } = JSON.parse(out) as { refused: { line: number; path: string }[] }
  expect(refused.map(({ line }) => line)).toEqual([1, 2])
  expect(refused[0].path).toBe('gateway.id')
})

it('says that there is no configuration, and where it looked', async () => {
  const folder = new Folder()
  const { status, err } = await ran(['check'], { cwd: folder.path })
  expect(status).toBe(1)
  expect(err).toMatch(/^skyeye\.yaml:1: the file .*\n$/)
})

it('says which models are missing and what to do', async () => {
  const folder = new Folder()
  folder.write({ gateway: { id: 'gw' }, dataDir: folder.path, models: { tier: 'standard' }, cameras: [] })
  const { status, out, err } = await ran(['check', '--config', folder.config], { env: withoutModels })
  expect(status).toBe(1)
  expect(err).toMatch(/yolox-nano and yunet-n are not on this machine: run `skyeye models pull standard/)
  expect(out).toContain('0 cameras, 0 did not open, 1 thing to put right')
})

describe('with the built-in model alone', () => {
  it('is good without a download, and says what is missing to the usual tier', async () => {
    const folder = new Folder()
    folder.write({ gateway: { id: 'gw' }, dataDir: folder.path, cameras: [] })
    const { status, out, err } = await ran(['check', '--config', folder.config], { env: withoutModels })
    expect([status, out]).toEqual([
      0,
      `models: skyeye-nano (tier light)\n${folder.config}: good, 0 cameras\n`,
    ])
    expect(err).toMatch(/^models\.tier: light, .* for standard, run `skyeye models pull standard --dir /)
  })

  it('says so for programs too', async () => {
    const folder = new Folder()
    folder.write({ gateway: { id: 'gw' }, dataDir: folder.path, cameras: [] })
    const args = ['check', '--json', '--config', folder.config]
    const { models, remarks, problems } = JSON.parse((await ran(args, { env: withoutModels })).out)
    expect(models).toEqual({ tier: 'light', names: ['skyeye-nano'] })
    expect([remarks.length, problems]).toEqual([1, []])
  })
})

describe.skipIf(!modelsPresent)('check (skipped where ../shared/models is absent)', () => {
  it('says that a good configuration is good, with a warning for an idle camera', async () => {
    const folder = new Folder()
    folder.write({
      gateway: { id: 'gw' },
      cameras: [{ id: 'yard', name: 'Yard', url: 'rtsp://10.0.0.5/live' }],
    })
    const { status, out, err } = await ran(['check', '--config', folder.config], { env: withModels })
    expect([status, out]).toEqual([
      0,
      `models: yolox-nano, yunet-n (tier standard)\nplaces: no grid table; 0 of 1 cameras have a position\n${folder.config}: good, 1 camera\n`,
    ])
    expect(err).toMatch(/^warning: .*skyeye\.yaml:\d+ .*camera "yard" has no rules/)
  })

  it('opens each camera, and tries a wrong password once however many cameras share it', async () => {
    const sim = new CameraSim()
    await sim.start()
    onTestFinished(() => sim.stop())
    const [clip, hevc] = [await spotClip('h264'), await spotClip('h265')]
    const wrongIds = ['w1', 'w2', 'w3']
    const cameras = [
      { id: 'street', url: await sim.addCamera('street', { clip, auth: { user: 'viewer', password } }) },
      { id: 'yard', url: await sim.addCamera('yard', { clip: hevc, auth: { user: 'viewer', password } }) },
      { id: 'sound', url: await sim.addCamera('sound', { clip, fault: 'audio-only' }) },
    ]
    for (const id of wrongIds) {
      const url = await sim.addCamera(id, { clip, auth: { user: 'admin', password: 'right' } })
      cameras.push({ id, url: url.replace(':right@', ':mistyped@') })
    }
    cameras.push({ id: 'off', url: cameras[0].url })
    const folder = new Folder()
    folder.write({
      gateway: { id: 'gw' },
      ingest: { allowNetworks: ['127.0.0.0/8'], startGapMs: 20 },
      cameras: cameras.map((camera) => ({ name: camera.id, enabled: camera.id !== 'off', ...camera })),
    })
    const args = ['check', '--config', folder.config, '--connect']
    const { status, out, err } = await ran(args, { env: withModels })
    expect(status, err).toBe(1)
    const rows = out.split('\n').map((line) => line.split(/ {2,}/))
    expect(rows[0]).toEqual(['camera', 'codec', 'size', 'fps', 'GOP', 'Mb/s', 'first picture', 'remark'])
    const row = (id: string) => rows.find(([name]) => name === id)?.slice(1, 5)
    expect(row('street')?.slice(0, 3)).toEqual(['h264', '640x360', '10.0'])
    expect(row('yard')).toEqual(['hevc', '640x360', '10.0', '1.0 s'])
    expect(out).toMatch(/^sound .*no_video: /m)
    for (const id of wrongIds) expect(out).toMatch(new RegExp(`^${id} .*auth_failed: `, 'm'))
    expect(out).not.toMatch(/^off /m)
    expect(out).toContain('7 cameras, 4 did not open, 0 things to put right')
    // Each session asks without an account first; only a second DESCRIBE tries the password.
    const tries = wrongIds.map((id) => sim.requests(id).filter(({ method }) => method === 'DESCRIBE').length)
    expect(tries.filter((count) => count > 1)).toEqual([2])
    expect(out + err).not.toMatch(/mistyped|p@ss|p%40ss/)

    const json = await ran([...args, '--json'], { env: withModels })
    expect([json.status, json.err]).toEqual([1, ''])
    const told = JSON.parse(json.out)
    expect([told.cameras, told.problems]).toEqual([7, []])
    expect(told.probed.map(({ camera }: { camera: string }) => camera)).toEqual(
      cameras.slice(0, 6).map(({ id }) => id),
    )
    expect(told.probed[0].result).toMatchObject({ codec: 'h264', width: 640, height: 360 })
    expect(told.probed[3].result.state).toBe('auth_failed')
    expect(json.out).not.toMatch(/mistyped|p@ss|p%40ss/)
  })
})

it('says which cameras have no position, and by which tables the others have theirs', async () => {
  const folder = new Folder()
  const camera = (id: string) => ({ id, name: id, url: `rtsp://10.0.0.5/${id}` })
  folder.write('code,name,level,parent,version\n340207001000,Street,2,,v7\n', 'grid.csv')
  folder.write('camera,lon,lat,unit,version\nyard,118.3,31.3,340207001000,p1\n', 'places.csv')
  const places = { gridFile: 'grid.csv', placesFile: 'places.csv' }
  folder.write({ gateway: { id: 'gw' }, dataDir: folder.path, places, cameras: ['yard', 'gate'].map(camera) })
  const [text, json] = await Promise.all(
    [[], ['--json']].map((flags) => ran(['check', ...flags, '--config', folder.config], { env: withModels })),
  )
  expect(text.out).toContain(
    'places: grid v7 (1 cells), table p1; 1 of 2 cameras have a position; without: gate (not-listed)\n',
  )
  expect(text.err).toContain('places.placesFile: has no row for 1 camera: "gate"')
  expect(JSON.parse(json.out).places).toEqual({
    ...{ grid: { version: 'v7', cells: 1 }, places: 'p1', workers: 0 },
    without: [{ camera: 'gate', why: 'not-listed' }],
  })
})
