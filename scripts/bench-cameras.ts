/** bench:cameras: what a camera costs the gateway, beside the usual method and beside the floor, in one run on one machine. */
import { parseArgs } from 'node:util'
import { benchmark, checkout, oneOf, within } from './bench/arguments.ts'
import { BareModels } from './bench/bare-costs.ts'
import { type CameraFigures, compare, type Parts, sentences } from './bench/camera-figures.ts'
import { analysed, measureFloor } from './bench/floor.ts'
import { machineFacts } from './bench/machine.ts'
import { type MaterialWish, material } from './bench/material.ts'
import { standardModels } from './bench/models.ts'
import { measureOurs } from './bench/ours.ts'
import { SimProcess } from './bench/sim-process.ts'
import { checkUsual, measureUsual, usualPicture } from './bench/usual.ts'
import { evenSeconds } from './bench/window.ts'

const help = `npm run bench:cameras -- [--cameras N] [--activity SHARE] [--stream d1|1080p] [--codec h264|h265]
                        [--seconds N] [--gop N] [--rate vbr|cbr] [--drawn] [--gateway FOLDER] [--json]

Simulated cameras play a visit and then an empty view, each at another place of the loop. Measured in turn, each after it has
warmed up for half a minute:
  the gateway itself, on all cameras, a rule that covers each picture, and a broker;
  the usual method on at most four of them, as it needs the machine: every picture decoded, 5 a second searched for motion;
  the floor: taking the bytes off the sockets, and decoding just the pictures that deserve a look.
Processor time is that of whole process trees, without the models; what those cost is measured around each native run and told
apart. The simulator and the broker are left out.

  --cameras N         how many the gateway watches (16)
  --activity SHARE    of the time somebody is in the picture, 0 to 1 (0.1)
  --stream NAME       d1 = 704×576, 0.8 Mb/s (default); 1080p = 1920×1080, 4 Mb/s; both 25 pictures a second
  --codec NAME        h264 (default) or h265
  --seconds N         length of each measurement at least (120); it ends where each part of the loop was shown equally often
  --gop N             seconds between key pictures (2)
  --rate NAME         vbr (default) or cbr
  --drawn             the drawn scene also where ../shared/videos is present
  --gateway FOLDER    measure the gateway of another checkout
  --json              one line of JSON and nothing else
  --help              this text

Needs: apt-get install --no-install-recommends python3-opencv python3-numpy`

/** The usual method needs the machine: more would wait for each other and cost the same. */
const mostUsual = 4

interface Wish extends MaterialWish {
  readonly cameras: number
  readonly seconds: number
  readonly root?: string
  readonly json: boolean
}

/** Undefined where only help is wanted. */
function readCommandLine(): Wish | undefined {
  const { values } = parseArgs({
    options: {
      cameras: { type: 'string', default: '16' },
      activity: { type: 'string', default: '0.1' },
      stream: { type: 'string', default: 'd1' },
      codec: { type: 'string', default: 'h264' },
      seconds: { type: 'string', default: '120' },
      gop: { type: 'string', default: '2' },
      rate: { type: 'string', default: 'vbr' },
      drawn: { type: 'boolean', default: false },
      gateway: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  return {
    cameras: within('cameras', values.cameras, 1, 256, true),
    activity: within('activity', values.activity, 0, 1, false),
    stream: oneOf('stream', values.stream, ['d1', '1080p']),
    codec: oneOf('codec', values.codec, ['h264', 'h265']),
    seconds: within('seconds', values.seconds, 1, 3_600, false),
    gop: within('gop', values.gop, 1, 10, true),
    rate: oneOf('rate', values.rate, ['vbr', 'cbr']),
    drawn: values.drawn,
    root: checkout(values.gateway),
    json: values.json,
  }
}

/** The three parts in turn; each has the machine to itself. */
async function measure(wish: Wish, say: (text: string) => void): Promise<CameraFigures> {
  checkUsual()
  const models = await standardModels()
  say('the material (made once, then kept in .cache)')
  const playing = await material(wish)
  const bare = new BareModels(models)
  const sim = await SimProcess.start(playing, wish.cameras)
  const few = await SimProcess.start(playing, Math.min(mostUsual, wish.cameras))
  const long = (count: number) => evenSeconds(wish.seconds, count, playing)
  try {
    const ours = await measureOurs({
      sim,
      material: playing,
      seconds: long(wish.cameras),
      root: wish.root,
      say,
    })
    const usual = await measureUsual(few.cameras, long(few.cameras.length), say)
    say('the floor')
    const floor = await measureFloor(sim.cameras, playing, wish.stream, Math.min(30, wish.seconds))
    await bare.open()
    const parts: Parts = {
      ours,
      usual,
      floor,
      usualModels: await bare.costs(usualPicture),
      floorModels: await bare.costs(analysed[wish.stream]),
      cameras: { ours: wish.cameras, usual: few.cameras.length },
    }
    return compare(wish, playing, parts, machineFacts())
  } finally {
    bare.stop()
    await sim.stop()
    await few.stop()
  }
}

await benchmark({ command: 'bench:cameras', help, read: readCommandLine, measure, sentences })
