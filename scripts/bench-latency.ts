/** bench:latency: how long an alert takes from the frame that decided it to the broker's acknowledgement, at more and more active cameras. */
import { parseArgs } from 'node:util'
import type { Codec } from '../src/domain/coded-picture.ts'
import { benchmark, checkout, Misuse, oneOf, within } from './bench/arguments.ts'
import { mostCameras } from './bench/gateway-process.ts'
import { nextToTry } from './bench/held-search.ts'
import {
  type LatencyFigures,
  latencyFigures,
  latencySentences,
  stepSentence,
} from './bench/latency-figures.ts'
import { measureLatencyFloor } from './bench/latency-floor.ts'
import { busyMaterial } from './bench/latency-material.ts'
import { LoopPictures } from './bench/latency-pictures.ts'
import { type StepScore, scoreStep } from './bench/latency-score.ts'
import { measureStep, type Step } from './bench/latency-step.ts'
import { machineFacts } from './bench/machine.ts'
import type { Stream } from './bench/material.ts'
import { standardModels } from './bench/models.ts'

const help = `npm run bench:latency -- [--cameras N,N,…] [--stream d1|1080p] [--codec h264|h265] [--seconds N]
                        [--gateway FOLDER] [--json]

Simulated cameras show people who walk through a drawn street, somebody at any time, so that the gate of each stays open.
Upright lines across their way tell at once of everybody who crosses them (no inertia, no cooldown), each with a redacted
picture: about one alert a second from all cameras together, far more than people would bear. Measured for each number of
cameras, with a gateway of its own that has warmed up, is the time from the frame in which the crossing was seen to the broker's
acknowledgement of the alert; and how many of the crossings were told of, as one that is not seen has no delay.

Then other numbers are tried, until it is known how many cameras the machine holds: looked at 5 times a second, with at least
nine tenths of that on average and eight tenths at the worst camera. On two cores it takes about ten minutes.

The frame's time is the gateway's word. Which picture of the loop it was is therefore told from the picture of the alert, and
the instant at which the simulator was to send it from the simulator's schedule; the difference is reported. The floor is what
the parts that cannot be left out take alone: one look for objects, the looks for faces that redaction needs, one JPEG, one
commit of SQLite, one round trip to the broker.

Simulator and broker are processes on the same machine and take their part of it: a gateway that has its box to itself is
faster. What other programs took of the processors is told too: where that is much, the figures say little.

  --cameras LIST      just these numbers of cameras, each 1 to 256, as 1,4 (1,8,16 and what is tried then)
  --stream NAME       d1 = 704×576, 0.8 Mb/s (default); 1080p = 1920×1080, 4 Mb/s; both 25 pictures a second
  --codec NAME        h264 (default) or h265
  --seconds N         length of each measurement (90)
  --gateway FOLDER    measure the gateway of another checkout
  --json              one line of JSON and nothing else
  --help              this text`

const usualCameras = [1, 8, 16]

interface Wish {
  readonly cameras: readonly number[]
  /** For the largest number of cameras that is held. */
  readonly search: boolean
  readonly stream: Stream
  readonly codec: Codec
  readonly seconds: number
  /** Of another checkout. */
  readonly root?: string
  readonly json: boolean
}

/** Undefined where only help is wanted. */
function readCommandLine(): Wish | undefined {
  const { values } = parseArgs({
    options: {
      cameras: { type: 'string' },
      stream: { type: 'string', default: 'd1' },
      codec: { type: 'string', default: 'h264' },
      seconds: { type: 'string', default: '90' },
      gateway: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  const cameras =
    values.cameras?.split(',').map((one) => within('cameras', one, 1, mostCameras, true)) ?? usualCameras
  if (new Set(cameras).size < cameras.length)
    throw new Misuse(`--cameras ${values.cameras}: each number once`)
  return {
    cameras,
    search: values.cameras === undefined,
    stream: oneOf('stream', values.stream, ['d1', '1080p']),
    codec: oneOf('codec', values.codec, ['h264', 'h265']),
    seconds: within('seconds', values.seconds, 1, 3_600, false),
    root: checkout(values.gateway),
    json: values.json,
  }
}

async function measure(
  { cameras, search, stream, codec, seconds, root }: Wish,
  say: (text: string) => void,
): Promise<LatencyFigures> {
  const models = await standardModels()
  say('the material (made once, then kept in .cache)')
  const playing = await busyMaterial(stream, codec)
  const pictures = await LoopPictures.read(playing, stream)
  say('the floor')
  const floor = await measureLatencyFloor(models, playing, stream)
  const scores: StepScore[] = []
  const take = async (count: number) => {
    const step = await measureStep({ cameras: count, seconds, material: playing, root, say })
    const score = scoreStep(step, await sendings(step, pictures))
    say(stepSentence(score))
    scores.push(score)
  }
  for (const count of cameras.toSorted((a, b) => a - b)) await take(count)
  if (search) for (let next = nextToTry(scores); next; next = nextToTry(scores)) await take(next)
  return latencyFigures(stream, playing, scores, floor, machineFacts())
}

/** By id of the alert, as far as it can be told. */
async function sendings(step: Step, pictures: LoopPictures): Promise<Map<string, number>> {
  const sent = new Map<string, number>()
  for (const { id, phase, camera, frameTime } of step.alerts) {
    const jpeg = step.pictures.get(id)
    const runsSince = step.runsSince.get(camera)
    if (phase !== 'began' || !jpeg || runsSince === undefined) continue
    const at = await pictures.sentAt(jpeg, runsSince, frameTime)
    if (at !== undefined) sent.set(id, at)
  }
  return sent
}

await benchmark({
  command: 'bench:latency',
  help,
  read: readCommandLine,
  measure,
  sentences: latencySentences,
})
