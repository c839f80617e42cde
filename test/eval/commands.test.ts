import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skyeye-evaluation-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** With sets and weights in the folder of the test only. */
function run(program: string, ...args: string[]) {
  const path = fileURLToPath(new URL(`../../scripts/${program}.ts`, import.meta.url))
  const env = { ...process.env, SKYEYE_EVALUATION: folder, SKYEYE_MODELS_MIRROR: folder }
  return spawnSync(process.execPath, [path, ...args], { env, cwd: folder, encoding: 'utf8' })
}

function write(name: string, ...lines: object[]): string {
  const path = join(folder, name)
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return path
}

/** Two pictures of 100×100 with a vehicle each; the second labels no two-wheelers. */
function writeTraffic(): void {
  mkdirSync(join(folder, 'eval/traffic'), { recursive: true })
  const boxes = [{ class: 'vehicle', x: 10, y: 10, w: 40, h: 40 }]
  const size = { width: 100, height: 100 }
  write(
    'eval/traffic/labels.jsonl',
    { file: 'a.jpg', ...size, boxes, labelled: ['vehicle', 'two-wheeler'] },
    { file: 'b.jpg', ...size, boxes, labelled: ['vehicle'] },
  )
}

const vehicle = { label: 'vehicle', confidence: 0.9, x1: 0.1, y1: 0.1, x2: 0.5, y2: 0.5 }

describe('eval:detect', () => {
  it('evaluates what another program found, picture by picture', () => {
    writeTraffic()
    const bicycle = { ...vehicle, label: 'two-wheeler' }
    const found = write(
      'found.jsonl',
      { set: 'traffic', file: 'a.jpg', boxes: [vehicle] },
      { set: 'traffic', file: 'b.jpg', boxes: [bicycle] },
    )
    const { status, stdout } = run('eval-detect', '--detections', found, '--size', '200x200', '--json')
    expect(status).toBe(0)
    const { labels, pictures } = JSON.parse(stdout).sizes['200x200'].traffic
    expect(pictures).toBe(2)
    expect(labels.vehicle).toMatchObject({ truths: 2, ap50: 0.5, ap50to95: 0.5, recall: 0.5, precision: 1 })
    // 40 px of 100 are 80 of 200.
    expect(labels.vehicle.byHeight[2]).toEqual({ from: 32, to: 96, truths: 2, recall: 0.5 })
    expect(labels['two-wheeler']).toMatchObject({ frames: 1, truths: 0, ap50: null })
  })

  it('tells the same as a table to people', () => {
    writeTraffic()
    const found = write('found.jsonl', { set: 'traffic', file: 'a.jpg', boxes: [vehicle] })
    const { stdout } = run('eval-detect', '--detections', found)
    expect(stdout).toMatch(/^picture +traffic +vehicle +1 +1\.000 +1\.000/m)
    expect(stdout).not.toContain('{')
    const forPrograms = run('eval-detect', '--detections', found, '--json')
    expect(JSON.parse(forPrograms.stdout)).toHaveProperty('sizes')
    expect(forPrograms.stderr).not.toContain('AP50')
  })

  it('refuses a picture that comes twice', () => {
    writeTraffic()
    const line = { set: 'traffic', file: 'a.jpg', boxes: [vehicle] }
    expect(run('eval-detect', '--detections', write('found.jsonl', line, line)).stderr).toContain(
      'a.jpg of traffic twice',
    )
  })

  it.each([
    [['--detections', 'found.jsonl'], 'has no picture c.jpg', 1],
    [['--detections', 'found.jsonl', '--set', 'voc'], 'the file has no detections of those sets', 1],
    [['--detections', 'absent.jsonl'], 'absent.jsonl', 1],
    [['--model', 'yolox-nano'], 'skyeye models pull yolox-nano', 1],
    [['--model', 'yolox'], 'No model is called "yolox"', 1],
    [['--model', 'yolox-nano', '--model-file', 'mine.onnx'], '--model-file mine.onnx is not there', 2],
    [['--model', 'yolox-nano', '--set', 'imagenet'], '--set imagenet: MOT16-09, ', 2],
    [['--model', 'yolox-nano', '--step', '0'], '--step 0: a whole number from 1', 2],
    [['--model', 'yolox-nano', '--size', 'big'], '--size big: width x height', 2],
    [[], '--model NAME or --detections FILE', 2],
    [['--speed'], "Unknown option '--speed'", 2],
  ])('says in a sentence what is wrong: %j', (args, sentence, expected) => {
    writeTraffic()
    write('found.jsonl', { set: 'traffic', file: 'c.jpg', boxes: [vehicle] })
    const { status, stdout, stderr } = run('eval-detect', ...args)
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain('    at ')
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' })
  })
})

describe('eval:faces', () => {
  it.each([
    [['--model', 'yunet-n', '--set', 'voc'], '--set voc has no faces', 2],
    [['--model', 'yunet-n', '--threshold', '2'], '--threshold 2: a number from 0.01 to 1', 2],
    [['--model', 'yunet-n'], 'skyeye models pull yunet-n', 1],
    [[], '--model NAME', 2],
  ])('says in a sentence what is wrong: %j', (args, sentence, expected) => {
    const { status, stdout, stderr } = run('eval-faces', ...args)
    expect(stderr).toContain(sentence)
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' })
  })
})

/** Two frames of 100×100 with one person, and a clip that nobody can decode. */
function writeSequence(): void {
  mkdirSync(join(folder, 'eval/mot/KITTI-17'), { recursive: true })
  mkdirSync(join(folder, 'videos'))
  writeFileSync(join(folder, 'videos/kitti-17_h264_1224x370_10fps.mp4'), '')
  const facts = ['[Sequence]', 'frameRate=10', 'seqLength=2', 'imWidth=100', 'imHeight=100', '']
  writeFileSync(join(folder, 'eval/mot/KITTI-17/seqinfo.ini'), facts.join('\n'))
  const rows = ['1,1,10,10,40,40,1,-1,-1,-1', '2,1,10,10,40,40,1,-1,-1,-1', '']
  writeFileSync(join(folder, 'eval/mot/KITTI-17/gt.txt'), rows.join('\n'))
}

describe('eval:tracks', () => {
  it('follows planted boxes of the sequences that are there, in JSON and as a table', () => {
    writeSequence()
    const { status, stdout, stderr } = run('eval-tracks', '--boxes', 'planted', '--seeds', '2', '--json')
    expect(status).toBe(0)
    expect(stderr).toContain('PETS09-S2L1 cannot be evaluated')
    const { planted, targets, detected } = JSON.parse(stdout)
    expect(
      planted['KITTI-17'].map(({ fps, frames }: { fps: number; frames: number }) => [fps, frames]),
    ).toEqual([
      [10, 2],
      [5, 1],
      [2, 1],
    ])
    expect(Object.keys(planted['KITTI-17'][0])).toEqual(
      expect.arrayContaining(['hota', 'detA', 'assA', 'mota', 'idf1', 'switchesPerMinute']),
    )
    expect(targets).toHaveLength(6)
    expect(detected).toBeUndefined()
    const forPeople = run('eval-tracks', '--boxes', 'planted', '--seeds', '2')
    expect(forPeople.stdout).toMatch(/^planted +KITTI-17 +10 +\d/m)
  })

  it.each([
    [['--set', 'voc'], '--set voc: MOT16-09 or ', 2],
    [['--boxes', 'true'], '--boxes true: planted or detected', 2],
    [['--fps', '0'], '--fps 0: a number from 0.1', 2],
    [['--set', 'MOT16-09'], 'MOT16-09 cannot be evaluated', 1],
    [['--set', 'KITTI-17', '--boxes', 'detected'], 'skyeye models pull standard', 1],
  ])('says in a sentence what is wrong: %j', (args, sentence, expected) => {
    writeSequence()
    const { status, stdout, stderr } = run('eval-tracks', ...args)
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain('    at ')
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' })
  })
})

describe('eval:events', () => {
  it('judges the sequences that are there on their annotated boxes, in JSON and as a table', () => {
    writeSequence()
    const { status, stdout, stderr } = run('eval-events', '--boxes', 'annotated', '--json')
    expect(status).toBe(0)
    expect(stderr).toContain('PETS09-S2L1 cannot be evaluated')
    const { figures, targets, models } = JSON.parse(stdout)
    expect(figures).toContainEqual(
      expect.objectContaining({
        source: 'annotated',
        clip: 'KITTI-17',
        kind: 'intrusion',
        truths: 0,
        wrong: 0,
      }),
    )
    expect(targets).toHaveLength(12)
    expect(models).toBeUndefined()
    const forPeople = run('eval-events', '--boxes', 'spoilt', '--seeds', '2')
    expect(forPeople.stdout).toMatch(/^spoilt +intrusion +all +0/m)
  })

  it.each([
    [['--set', 'voc'], '--set voc: MOT16-09 or ', 2],
    [['--boxes', 'true'], '--boxes true: annotated or spoilt', 2],
    [['--set', 'KITTI-17', '--boxes', 'detected'], 'skyeye models pull standard', 1],
  ])('says in a sentence what is wrong: %j', (args, sentence, expected) => {
    writeSequence()
    const { status, stdout, stderr } = run('eval-events', ...args)
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain('    at ')
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' })
  })
})

describe('docs:accuracy', () => {
  it.each([
    [['--only', 'resnet'], '--only resnet: one of ', 2],
    [['--only', 'yunet-n', '--render'], '--render measures nothing', 2],
    [['--only', 'yunet-n'], 'skyeye models pull yunet-n', 1],
  ])('says in a sentence what is wrong: %j', (args, sentence, expected) => {
    const { status, stdout, stderr } = run('accuracy', ...args)
    expect(stderr).toContain(sentence)
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' })
  })
})

describe('every evaluation command', () => {
  it.each([
    ['eval-detect', '--detections FILE'],
    ['eval-faces', '--threshold N'],
    ['eval-tracks', '--fps N'],
    ['eval-events', '--boxes WHICH'],
    ['accuracy', '--render'],
  ])('explains itself: %s', (program, option) => {
    expect(run(program, '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining(option) })
  })
})
