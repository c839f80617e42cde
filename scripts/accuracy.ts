/** docs:accuracy: measures the models of the catalogue whose weights are here and writes docs/accuracy.md, its picture, models/accuracy.json and the figures of the model card. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { accuracyFile } from '../src/vision/manifest.ts'
import { cardWithFigures } from './accuracy/card.ts'
import { storeChapter } from './accuracy/chapter.ts'
import { events } from './accuracy/events.ts'
import { health } from './accuracy/health.ts'
import { measureModel } from './accuracy/measuring.ts'
import { chapters, chapterTexts, inShort, pageOf } from './accuracy/page.ts'
import { chapterNames, printed, replace, storeAccuracy, storedAccuracies } from './accuracy/results.ts'
import { summaries } from './accuracy/summary.ts'
import { tracking } from './accuracy/tracking.ts'
import { endWell, Misuse, within } from './bench/arguments.ts'
import { modelFiles } from './eval/models.ts'
import { builtIn } from './eval/targets.ts'
import { root, sourcesNow } from './performance/results.ts'

const help = `npm run docs:accuracy -- [--only NAME…] [--render]

Evaluates every model of the catalogue whose weights are here (eval:detect and eval:faces at their default sizes, the time of a
look, the leak rate after redaction), then tracking, alerts and camera health, half an hour in all on two cores, and writes docs/accuracy.md, docs/accuracy.svg, models/accuracy.json
and the figures of models/skyeye-nano.md. What was measured is stored in docs/accuracy/ model by model, as soon as it is there; figures of models that
are not measured this time stay as they are.

  --only NAME   just this model, or one of these; may be repeated
${chapters.map(({ name, about }) => `                  ${name}: ${about}`).join('\n')}
  --render      measures nothing: writes the page from the stored figures
  --step N      every N-th picture only; the page says so (default 1)
  --help        this text

The sets are looked for in ../shared (eval/, videos/), or in the folder that SKYEYE_EVALUATION names.`

interface Wish {
  readonly only: readonly string[]
  readonly render: boolean
  readonly step: number
}

/** Undefined where only help is wanted. */
function readCommandLine(): Wish | undefined {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      render: { type: 'boolean', default: false },
      step: { type: 'string', default: '1' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  if (values.render && values.only.length > 0)
    throw new Misuse('--render measures nothing, also not --only one model')
  const known = [...modelFiles().names(), ...chapterNames]
  const strange = values.only.find((name) => !known.includes(name))
  if (strange) throw new Misuse(`--only ${strange}: one of ${known.join(', ')}`)
  return { only: values.only, render: values.render, step: within('step', values.step, 1, 10_000, true) }
}

async function measure({ only, step }: Wish): Promise<void> {
  const say = (text: string) => console.error(`» ${text}`)
  const files = modelFiles()
  const here = files.names().filter((name) => files.locate(name) !== undefined)
  const models = only.filter((name) => !chapterNames.some((chapter) => chapter === name))
  const absent = models.find((name) => !here.includes(name))
  // Its error says where to get them.
  if (absent) await files.verify(absent)
  for (const name of files.names().filter((one) => !here.includes(one)))
    say(`${name} is left out: its weights are not here`)
  const sources = sourcesNow()
  for (const name of only.length > 0 ? models : here) {
    await storeAccuracy(await measureModel(name, { step, sources, say }))
    say(`${name} is measured`)
  }
  const isWanted = ({ name }: { name: string }) => only.length === 0 || only.includes(name)
  const leftOut = (name: string) => (error: Error) => {
    if (only.length > 0) throw error
    say(`${name} is left out: ${error.message}`)
  }
  if (isWanted(tracking)) await storeChapter(tracking, sources, say).catch(leftOut(tracking.name))
  if (isWanted(events)) await storeChapter(events, sources, say).catch(leftOut(events.name))
  if (isWanted(health)) await storeChapter(health, sources, say).catch(leftOut(health.name))
}

async function render(): Promise<void> {
  const accuracies = await storedAccuracies()
  if (accuracies.length === 0) throw new Error('nothing was measured yet: npm run docs:accuracy')
  const { text, chart } = pageOf(accuracies, await chapterTexts())
  await replace(join(root, 'docs/accuracy.md'), text)
  if (chart) await replace(join(root, 'docs/accuracy.svg'), chart)
  else await rm(join(root, 'docs/accuracy.svg'), { force: true })
  const card = join(root, 'models', `${builtIn}.md`)
  await replace(card, cardWithFigures(await readFile(card, 'utf8'), accuracies))
  await replace(join(root, 'models', accuracyFile), `${printed(summaries(accuracies))}\n`)
  console.log(
    `wrote docs/accuracy.md, models/accuracy.json and the figures of models/${builtIn}.md: ${inShort(accuracies)}`,
  )
}

async function main(): Promise<void> {
  const wish = readCommandLine()
  if (!wish) {
    console.log(help)
    return
  }
  if (!wish.render) await measure(wish)
  await render()
}

await endWell('docs:accuracy', main)
