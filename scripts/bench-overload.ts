/** bench:overload: what becomes of the gateway when it is given several times more active cameras than the box can do. */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { benchmark, checkout, oneOf, within } from './bench/arguments.ts'
import { mostCameras } from './bench/gateway-process.ts'
import { machineFacts } from './bench/machine.ts'
import { type MaterialWish, material } from './bench/material.ts'
import { standardModels } from './bench/models.ts'
import { type Box, measureBox } from './bench/overload-box.ts'
import { figuresOf, type OverloadFigures } from './bench/overload-figures.ts'
import { idealFrames } from './bench/overload-ideal.ts'
import { overload } from './bench/overload-run.ts'
import { analysedMetric, grown } from './bench/overload-samples.ts'
import { sentences } from './bench/overload-sentences.ts'

const help = `npm run bench:overload -- [--times N] [--seconds N] [--cameras N] [--stream d1|1080p] [--codec h264|h265]
                         [--drawn] [--gateway FOLDER] [--json]

First finds out what the box holds (some five minutes): one camera says how many frames a second an active camera wants to have
analysed, and then other numbers of cameras are tried until it is known how many get nine tenths of that. So many times more
cameras then play a visit over and over, each at another place of it, to the real gateway, with real models and a broker. After
a minute to warm up it is read every three seconds: frames analysed of each camera, all queues that it tells of, bytes it has not read from its sockets,
the memory of its whole process tree (PSS), and how late its alerts are. Wanted:
  fairness, the least effective rate beside the mean, at least 0.8;
  95 % of the visits told of: overload must not blind;
  memory, a line by least squares through the lows of each quarter minute (garbage comes and goes), rising by less than 1 MB a
  minute;
  no queue that grows: by a quarter in that time, clear of noise, with higher peaks at last than at first.
Beside them stands the floor, the equal share of what bare runs of the same models at the same sizes give on the same cores.

There is no other method beside it: each camera here has one frame at a time to offer, so that a plain first-come queue would
be fair too. --gateway sets an earlier version of this gateway beside it.
The simulator and the broker run on the machine that is measured; their shares of the processor are told, and those of others:
where those are much, the figures say little.

  --times N         as many times what the box holds (3)
  --seconds N       length of the measurement at least (300); it ends with whole rounds of the loop
  --cameras N       just so many cameras, whatever the box holds
  --stream NAME     d1 = 704×576, 0.8 Mb/s (default); 1080p = 1920×1080, 4 Mb/s; both 25 pictures a second
  --codec NAME      h264 (default) or h265
  --drawn           the drawn scene also where ../shared/videos is present
  --gateway FOLDER  measure the gateway of another checkout
  --json            one line of JSON and nothing else
  --help            this text`

interface Wish extends MaterialWish {
  readonly times: number
  readonly seconds: number
  readonly cameras?: number
  readonly root?: string
  readonly json: boolean
}

/** Undefined where only help is wanted. */
function readCommandLine(): Wish | undefined {
  const { values } = parseArgs({
    options: {
      times: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '300' },
      cameras: { type: 'string' },
      stream: { type: 'string', default: 'd1' },
      codec: { type: 'string', default: 'h264' },
      drawn: { type: 'boolean', default: false },
      gateway: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  return {
    times: within('times', values.times, 0.1, 20, false),
    seconds: within('seconds', values.seconds, 1, 3_600, false),
    cameras:
      values.cameras === undefined ? undefined : within('cameras', values.cameras, 1, mostCameras, true),
    stream: oneOf('stream', values.stream, ['d1', '1080p']),
    codec: oneOf('codec', values.codec, ['h264', 'h265']),
    ...{ activity: 1, gop: 2, rate: 'vbr', drawn: values.drawn },
    root: checkout(values.gateway),
    json: values.json,
  }
}

async function measure(wish: Wish, say: (text: string) => void): Promise<OverloadFigures> {
  const models = await standardModels()
  say('the material (made once, then kept in .cache)')
  const playing = await material(wish)
  const cores = availableParallelism()
  const { root } = wish
  const box = wish.cameras ? undefined : await measureBox({ material: playing, cores, root, say })
  const cameras = wish.cameras ?? tooMany(box!, wish.times)
  // Whole rounds: every camera shows the same in the window.
  const seconds = Math.ceil(wish.seconds / playing.seconds) * playing.seconds
  const run = await overload({ material: playing, cameras, seconds, root, say })
  say('the floor: bare runs of the same models')
  const { samples, modelRuns } = run
  const frames = grown(samples[0], samples[samples.length - 1])[analysedMetric] ?? 0
  const ideal = await idealFrames(models, cores, modelRuns, frames)
  return figuresOf(wish, playing, { box, run, idealFrames: ideal }, machineFacts())
}

/** Throws where no gateway takes that many. */
function tooMany(box: Box, times: number): number {
  const cameras = Math.round(times * box.cameras)
  if (cameras <= mostCameras) return cameras
  throw new Error(
    `this box holds ${box.cameras} cameras, and ${times} times as many are more than the ${mostCameras} of one run: --times N`,
  )
}

await benchmark({ command: 'bench:overload', help, read: readCommandLine, measure, sentences })
