/** bench:gate: does the gate miss anything, and how late is it? Against the same pipeline with full decoding, in the time of the clip. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Codec } from '../src/domain/coded-picture.ts'
import { createLog } from '../src/kit/log.ts'
import { SecretMask } from '../src/kit/secrets.ts'
import { VisionPool } from '../src/vision/pool.ts'
import { endWell, oneOf, within } from './bench/arguments.ts'
import { codedPictures } from './bench/coded-clip.ts'
import { type Coding, coded, type GateClip, gateClips, type Rate, rates } from './bench/gate-clips.ts'
import { type Compared, compare, gateFigures, line } from './bench/gate-figures.ts'
import { playGate } from './bench/gate-run.ts'
import { machineFacts } from './bench/machine.ts'
import { standardModels } from './bench/models.ts'

const help = `npm run bench:gate -- [--codec h264|h265] [--gop SECONDS] [--rate vbr|cbr] [--clip NAME] [--json]

Plays two real clips, in which people and cars come into a view where nothing moves, through gate, decoder, models, tracker and
an intrusion rule, once with the gate and once with every picture decoded; coded in H.264 and H.265, with a key picture each
1, 2, 4 and 10 s, with variable and constant bit rate. Reports what the gate missed, how much later it was, and how often it
opened for nothing. Takes about a quarter of an hour; the options pick a part. Needs ../shared/videos and the standard models.

  --json   one JSON line only
  --help   this text`

/** What to play, and how coded. */
interface Wish {
  readonly clips: readonly GateClip[]
  readonly codecs: readonly Codec[]
  readonly gops: readonly number[]
  readonly rates: readonly Rate[]
  readonly json: boolean
}

/** Undefined where only help is wanted. */
function readCommandLine(): Wish | undefined {
  const { values } = parseArgs({
    options: {
      codec: { type: 'string' },
      gop: { type: 'string' },
      rate: { type: 'string' },
      clip: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  const { clip, codec, gop, rate } = values
  const names = gateClips.map(({ name }) => name)
  const wanted = clip === undefined ? names : [oneOf('clip', clip, names)]
  return {
    clips: gateClips.filter(({ name }) => wanted.includes(name)),
    codecs: codec === undefined ? ['h264', 'h265'] : [oneOf('codec', codec, ['h264', 'h265'])],
    gops: gop === undefined ? [1, 2, 4, 10] : [within('gop', gop, 1, 60, false)],
    rates: rate === undefined ? rates : [oneOf('rate', rate, rates)],
    json: values.json,
  }
}

function* codings({ codecs, gops, rates }: Wish): Generator<Coding> {
  for (const codec of codecs)
    for (const gopSeconds of gops) for (const rate of rates) yield { codec, gopSeconds, rate }
}

async function measure(wish: Wish): Promise<Compared[]> {
  const vision = new VisionPool({
    workers: 1,
    models: await standardModels(),
    log: createLog('warn', new SecretMask()),
    onHung: () => process.exit(1),
  })
  await vision.start()
  const results: Compared[] = []
  try {
    for (const clip of wish.clips) {
      for (const coding of codings(wish)) {
        const result = await measureOne(clip, coding, vision)
        results.push(result)
        console.error(line(result))
      }
    }
  } finally {
    await vision.stop()
  }
  return results
}

async function measureOne(clip: GateClip, coding: Coding, vision: VisionPool): Promise<Compared> {
  const file = fileURLToPath(new URL(`../../shared/videos/${clip.file}`, import.meta.url))
  const cache = fileURLToPath(new URL('../.cache/bench/', import.meta.url))
  if (!existsSync(file)) throw new Error(`${file} is not there: bench:gate needs that clip`)
  const pictures = await codedPictures(await coded(file, coding, cache), coding.codec)
  const endMs = pictures[pictures.length - 1].arrivedAt - pictures[0].arrivedAt
  const reference = await playGate(pictures, clip.label, vision, false)
  const gated = await playGate(pictures, clip.label, vision, true)
  return compare(clip, coding, reference, gated, endMs)
}

async function main(): Promise<void> {
  const wish = readCommandLine()
  if (!wish) {
    console.log(help)
    return
  }
  const figures = gateFigures(await measure(wish), machineFacts())
  console.log(wish.json ? JSON.stringify(figures) : JSON.stringify({ ...figures, runs: undefined }, null, 2))
}

await endWell('bench:gate', main)
