/** The page about bench:overload: what becomes of cameras that are too many. */
import type { OverloadFigures } from '../bench/overload-figures.ts'
import type { Chapter } from './chapter.ts'
import { type Check, checks } from './checks.ts'
import { megabytes, none, num, percent, table } from './markdown.ts'
import { measured, type Outcome } from './outcomes.ts'

export function overloadChecks(figures: OverloadFigures): Check[] {
  const { targets, growing } = figures
  return checks([
    {
      what: 'too many cameras: rate of the worst camera beside the mean',
      value: figures.fairness,
      atLeast: targets.fairness,
    },
    { what: 'too many cameras: share of visits told of', value: figures.toldOf, atLeast: targets.toldOf },
    {
      what: `too many cameras: memory gained a minute, over ${num(figures.seconds, ' s')}`,
      value: figures.memoryMegabytesPerMinute,
      below: targets.memoryMegabytesPerMinute,
      unit: ' MB',
    },
    {
      what: 'too many cameras: queues that grow',
      value: growing.length,
      atMost: targets.growing,
      measured: growing.map(words).join(', ') || 'none',
    },
  ])
}

export function overloadChapter(outcomes: readonly Outcome[]): Chapter {
  return {
    title: 'When cameras are too many',
    compared: `The gateway watches more active cameras than the machine holds, for some minutes. The worst camera is compared with the mean of
all, memory and queues at the end with those at the beginning, and the looks of all cameras together with what bare runs of the
same models would give on the same cores.`,
    figures: measured<OverloadFigures>(outcomes, 'overload').flatMap(([, figures]) => [
      sentences(figures).join('\n'),
      queues(figures),
    ]),
  }
}

function sentences(figures: OverloadFigures): string[] {
  const { cameras, times, box, seconds, rate, ideal, events } = figures
  const held = box ? `, ${num(times)} times the ${num(box.cameras)} that the machine holds` : ''
  return [
    `${num(cameras)} cameras${held}, for ${num(seconds, ' s')}.`,
    `Each was looked at ${num(rate.mean)} times a second (${num(rate.least)} to ${num(rate.most)}); that is ${percent(ideal.share)} of the ${num(ideal.rate)} that bare runs would give.`,
    `${num(events.found)} of ${num(events.expected)} visits were told of, with ${num(events.false)} false alerts.`,
    `Of the decoded pictures ${percent(figures.replacedShare)} gave way to a newer one, of the coded ones ${percent(figures.lostShare)} were lost; a picture waited ${num(figures.meanWaitMs, ' ms')} on average.`,
  ]
}

function queues({ queues }: OverloadFigures): string {
  const amount = (name: string, value: number | undefined) =>
    name.endsWith('Bytes') ? megabytes(value) : num(value, name.endsWith('Ms') ? ' ms' : '')
  const rows = Object.entries(queues).map(([name, { bound, most, firstMost, lastMost, grows }]) => [
    words(name),
    ...[firstMost, lastMost, most].map((value) => amount(name, value)),
    // JSON has no undefined: what only the disk bounds has no bound in it.
    bound === undefined ? none : amount(name, bound),
    grows ? '**yes**' : 'no',
  ])
  return table([['queue', 'most, first third', 'most, last third', 'most', 'bound', 'grows'], ...rows])
}

/** `framesWaiting` as people write it; its unit is with the numbers. */
function words(name: string): string {
  return name.replace(/(Bytes|Ms)$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
