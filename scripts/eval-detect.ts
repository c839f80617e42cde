/** eval:detect: how well a model of the catalogue finds things in the evaluation sets, through the gateway's own path. */
import { parseArgs } from 'node:util'
import { benchmark, Misuse, within } from './bench/arguments.ts'
import { type DetectFigures, detectFigures, labelsOf } from './eval/detect-figures.ts'
import { readDetections } from './eval/detections-file.ts'
import { method, rounded, type SetFigures } from './eval/figures.ts'
import { type InputSize, nameOf, sizeNamed, sizesFor } from './eval/input-size.ts'
import { openModel } from './eval/models.ts'
import { rawFigures } from './eval/raw-detections.ts'
import { sentences, targetSentences } from './eval/sentences.ts'
import { chosenSets, setCalled, setNames } from './eval/sets.ts'
import { builtIn, type OnePass, onePass, type Target, targetsOf } from './eval/targets.ts'

const help = `npm run eval:detect -- --model NAME [--json]
npm run eval:detect -- --detections FILE [--json]

AP50, AP50:95, precision and recall, by label and set, and recall by height in pixels of the model's input.

  --model NAME        a model of the catalogue (npx skyeye models list)
  --model-file PATH   other weights of the same shape, for example of a training
  --size WxH          input size, as large as fits into it; may be repeated. Models of a fixed size have just that, for
                      others the default is 416x256, 640x384 and 960x544; own: as the gateway looks at whole pictures
  --long-side N       input size by its long side; may be repeated
  --set NAME          ${setNames.join(', ')};
                      may be repeated; default all that label what the model finds
  --step N            every N-th picture only, for a first idea (default 1)
  --detections FILE   instead of a model: what another program found, a picture a line,
                      {"set", "frame" (from 1) or "file", "boxes": [{"label", "confidence", "x1", "y1", "x2", "y2"}]}, in 0..1
  --score N           confidence at which precision and recall of --detections are told (default 0.3)
  --json              one line of JSON instead of the table
  --help              this text

The sets are looked for in ../shared (eval/, videos/), or in the folder that SKYEYE_EVALUATION names.

${method}`

interface Wish {
  readonly json: boolean
  readonly model?: string
  readonly file?: string
  readonly detections?: string
  readonly score: number
  readonly sizes: readonly InputSize[]
  readonly sets: readonly string[]
  readonly step: number
}

function readCommandLine(): Wish | undefined {
  const text = { type: 'string' } as const
  const list = { type: 'string', multiple: true, default: [] as string[] } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    options: {
      ...{ model: text, 'model-file': text, detections: text, size: list, 'long-side': list, set: list },
      ...{ step: { ...text, default: '1' }, score: { ...text, default: '0.3' }, json: flag },
      help: { ...flag, short: 'h' },
    },
  })
  if (values.help) return undefined
  if ((values.model === undefined) === (values.detections === undefined))
    throw new Misuse('--model NAME or --detections FILE, one of them')
  for (const name of values.set) setCalled(name)
  const longSides = values['long-side'].map((side) => ({
    longSide: within('long-side', side, 32, 4_096, true),
  }))
  const sizes = [...values.size.map(sizeNamed), ...longSides]
  if (values.detections !== undefined && sizes.length > 1)
    throw new Misuse('--detections were made at one size')
  return {
    ...{ json: values.json, model: values.model, file: values['model-file'], detections: values.detections },
    ...{ sizes, sets: values.set, score: within('score', values.score, 0, 1, false) },
    step: within('step', values.step, 1, 10_000, true),
  }
}

export interface Result {
  readonly model: string
  /** Weights other than the catalogue's. */
  readonly file?: string
  readonly step: number
  readonly sizes: DetectFigures
  /** Of the built-in network only. */
  readonly onePass?: OnePass
  readonly targets?: readonly Target[]
}

async function measure(wish: Wish, say: (text: string) => void): Promise<Result> {
  return rounded(
    wish.detections === undefined ? await ofModel(wish, say) : await ofFile(wish, wish.detections),
  )
}

async function ofModel(wish: Wish, say: (text: string) => void): Promise<Result> {
  const { model = '', file, step } = wish
  const detector = await openModel(model, file)
  try {
    const sets = chosenSets(wish.sets, labelsOf(detector), say)
    const asked = sizesFor(detector.manifest, wish.sizes)
    const sizes = await detectFigures(detector, { sets, sizes: asked, step, say })
    if (model !== builtIn) return { model, file, step, sizes }
    const pass = await onePass(detector, say)
    return { model, file, step, sizes, onePass: pass, targets: targetsOf(sizes, pass) }
  } finally {
    await detector.close()
  }
}

async function ofFile({ sets, sizes: [size = 'own'], score }: Wish, path: string): Promise<Result> {
  const figures: Record<string, SetFigures> = await rawFigures(readDetections(path), sets, { size, score })
  return { model: path, step: 1, sizes: { [nameOf(size)]: figures } }
}

await benchmark({
  ...{ command: 'eval:detect', help, read: readCommandLine, measure },
  sentences: ({ sizes, targets = [] }) => [...sentences(sizes), ...targetSentences(targets)],
})
