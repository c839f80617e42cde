/** eval:events: are intrusions, crossings, loiterers and crowds told of, how soon, and is anything told that did not happen? */
import { parseArgs } from 'node:util'
import { benchmark, oneOf } from './bench/arguments.ts'
import {
  type EventSource,
  type Events,
  eventMethod,
  eventSources,
  measureEvents,
} from './eval/events/measure.ts'
import { eventTable, eventTargets } from './eval/events/sentences.ts'
import { rounded } from './eval/figures.ts'
import { targetSentences } from './eval/sentences.ts'
import { type SequenceWish, sequenceNames, sequenceOptions, sequenceWish } from './eval/sequence-wish.ts'
import { chosenSets, sequenceSets } from './eval/sets.ts'
import type { Target } from './eval/targets.ts'
import { usualSeeds } from './eval/tracking.ts'

const help = `npm run eval:events -- [--json]

Precision, recall and delay of alerts by kind, on the MOT clips and on clips with planted cars. What is wrong with a view is
judged by eval:health.

  --boxes WHICH   ${eventSources.join(', ')}; may be repeated; default all
  --set NAME      ${sequenceNames.join(', ')}; may be repeated; default all
  --seeds N       runs over spoilt boxes (default ${usualSeeds})
  --json          one line of JSON instead of the table
  --help          this text

The sets are looked for in ../shared (eval/, videos/), or in the folder that SKYEYE_EVALUATION names. It takes about five minutes
on two cores, nearly all of it for the models.

${eventMethod}`

interface Wish extends SequenceWish {
  readonly sources: readonly EventSource[]
}

function readCommandLine(): Wish | undefined {
  const boxes = { type: 'string', multiple: true, default: [] as string[] } as const
  const { values } = parseArgs({ options: { ...sequenceOptions, boxes } })
  if (values.help) return undefined
  const sources = values.boxes.map((one) => oneOf('boxes', one, eventSources))
  return { ...sequenceWish(values), sources: sources.length > 0 ? sources : eventSources }
}

export interface Result extends Events {
  readonly targets: readonly Target[]
}

async function measure(wish: Wish, say: (text: string) => void): Promise<Result> {
  const sets = chosenSets(wish.sets, ['person'], say, sequenceSets)
  const events = await measureEvents({ ...wish, sets, say })
  return rounded({ ...events, targets: eventTargets(events) })
}

await benchmark({
  ...{ command: 'eval:events', help, read: readCommandLine, measure },
  sentences: (result) => [...eventTable(result), '', ...targetSentences(result.targets)],
})
