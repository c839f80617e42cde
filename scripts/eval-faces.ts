/** eval:faces: how well a model finds faces by input size and threshold, and what of them stays visible after redaction. */
import { parseArgs } from 'node:util'
import { benchmark, Misuse, within } from './bench/arguments.ts'
import { labelsOf } from './eval/detect-figures.ts'
import {
  type FaceFigures,
  faceFigures,
  leakFigures,
  usualLongSides,
  usualThresholds,
} from './eval/face-figures.ts'
import { faceIou, leastConfidence, rounded } from './eval/figures.ts'
import { type InputSize, sizeNamed, sizesFor } from './eval/input-size.ts'
import { type Leaks, leastLeakingFace } from './eval/leaks.ts'
import { openModel } from './eval/models.ts'
import { faceTable, leakTable } from './eval/sentences.ts'
import { chosenSets, setCalled } from './eval/sets.ts'

const help = `npm run eval:faces -- --model NAME [--objects NAME] [--json]

Recall and false faces a picture by input size and threshold (IoU ${faceIou}), and the leak rate: the share of annotated faces of
${leastLeakingFace} px and more of which anything of the inner half stays visible after the gateway's own redaction, which hides
faces and the heads of people.

  --model NAME        finds the faces
  --model-file PATH   other weights of the same shape
  --objects NAME      finds the people for redaction; default the model itself where it finds people, else yolox-nano
  --long-side N       input size, may be repeated; default ${usualLongSides.join(', ')}. A picture is enlarged to twice its size at most
  --size WxH          input size, as large as fits into it; may be repeated
  --threshold N       may be repeated; default ${usualThresholds.join(', ')}
  --set NAME          faces_cctv, faces_crowd, dlib_faces; may be repeated, default all
  --step N            every N-th picture only (default 1)
  --json              one line of JSON instead of the table
  --help              this text

The sets are looked for in ../shared (eval/, videos/), or in the folder that SKYEYE_EVALUATION names.`

interface Wish {
  readonly json: boolean
  readonly model: string
  readonly file?: string
  readonly objects?: string
  readonly sizes: readonly InputSize[]
  readonly thresholds: readonly number[]
  readonly sets: readonly string[]
  readonly step: number
}

function readCommandLine(): Wish | undefined {
  const text = { type: 'string' } as const
  const list = { type: 'string', multiple: true, default: [] as string[] } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    options: {
      ...{ model: text, 'model-file': text, objects: text, 'long-side': list, size: list, threshold: list },
      ...{ set: list, step: { ...text, default: '1' }, json: flag, help: { ...flag, short: 'h' } },
    },
  })
  if (values.help) return undefined
  if (values.model === undefined) throw new Misuse('--model NAME')
  const strange = values.set.find((name) => !setCalled(name).labelled.includes('face'))
  if (strange) throw new Misuse(`--set ${strange} has no faces`)
  const longSides = values['long-side'].map((side) => within('long-side', side, 32, 4_096, true))
  const thresholds = values.threshold.map((one) => within('threshold', one, leastConfidence, 1, false))
  return {
    ...{ json: values.json, model: values.model, file: values['model-file'], objects: values.objects },
    sizes: [...values.size.map(sizeNamed), ...longSides.map((longSide) => ({ longSide }))],
    thresholds: thresholds.length > 0 ? thresholds : usualThresholds,
    sets: values.set,
    step: within('step', values.step, 1, 10_000, true),
  }
}

export interface Result {
  readonly model: string
  readonly objects: string
  readonly step: number
  readonly sizes: FaceFigures
  readonly leaks: Record<string, Leaks>
}

async function measure(wish: Wish, say: (text: string) => void): Promise<Result> {
  const faces = await openModel(wish.model, wish.file)
  try {
    const found = labelsOf(faces)
    if (!found.includes('face')) throw new Misuse(`--model ${wish.model} finds ${found.join(', ')}, no faces`)
    const objects = wish.objects ?? (found.includes('person') ? wish.model : 'yolox-nano')
    const sizes = sizesFor(
      faces.manifest,
      wish.sizes.length > 0 ? wish.sizes : usualLongSides.map((longSide) => ({ longSide })),
    )
    const { thresholds, step } = wish
    const evaluation = { sets: chosenSets(wish.sets, ['face'], say), sizes, thresholds, step, say }
    const people = objects === wish.model ? faces : await openModel(objects)
    try {
      const leaks = await leakFigures(people, faces, evaluation)
      return rounded({ model: wish.model, objects, step, sizes: await faceFigures(faces, evaluation), leaks })
    } finally {
      if (people !== faces) await people.close()
    }
  } finally {
    await faces.close()
  }
}

await benchmark({
  ...{ command: 'eval:faces', help, read: readCommandLine, measure },
  sentences: ({ sizes, leaks }) => [...faceTable(sizes), '', ...leakTable(leaks)],
})
