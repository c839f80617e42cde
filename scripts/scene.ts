/** Draws the street scene to a clip: people who walk, a car that parks, a cyclist, a face that comes near. */
import { parseArgs } from 'node:util'
import type { Variant } from './scene/backdrop.ts'
import { drawScene } from './scene/draw.ts'

const help = `node scripts/scene.ts --out FILE.mp4 [--variant street|yard] [--seconds N] [--fps N]

  --out FILE.mp4   where to write it
  --variant NAME   street (default) or yard
  --seconds N      length (30, one performance; what is longer shows the empty stage)
  --fps N          pictures a second (10)`

const variants: Record<string, Variant> = { street: 'street', yard: 'yard' }

try {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      variant: { type: 'string', default: 'street' },
      seconds: { type: 'string', default: '30' },
      fps: { type: 'string', default: '10' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const variant = variants[values.variant]
  const [seconds, fps] = [Number(values.seconds), Number(values.fps)]
  if (values.help) console.log(help)
  else if (!values.out || !variant || !(seconds > 0) || !(Number.isInteger(fps) && fps > 0)) {
    console.error(help)
    process.exitCode = 2
  } else {
    const progress = (done: number, all: number) => process.stderr.write(`\rpicture ${done} of ${all}`)
    await drawScene(values.out, { variant, seconds, fps, progress })
    process.stderr.write('\n')
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
