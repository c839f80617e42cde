/** The figures of bench:overload in words, for people. */
import type { OverloadFigures } from './overload-figures.ts'
import type { Queues } from './overload-queues.ts'

/** What other programs take of the machine beyond this disturbs. */
const quiet = 0.05

const percent = (share: number) => `${Math.round(share * 100)} %`

export function sentences(figures: OverloadFigures): string[] {
  const { wish, material, rate, events, targets, memory, coverage } = figures
  return [
    `${figures.cameras} cameras for ${Math.round(figures.seconds)} s${boxInWords(figures)}; ${wish.stream} ${wish.codec}, somebody in the picture ${percent(material.activity)} of the time`,
    `fairness       ${figures.fairness} (wanted: at least ${targets.fairness}); Jain's index ${figures.jain}`,
    `frames         ${rate.mean} a second and camera (${rate.least} to ${rate.most}); ${percent(figures.ideal.share)} of the ${figures.ideal.rate} that bare model runs would give on these cores`,
    `               ${percent(figures.replacedShare)} replaced by a newer one, ${percent(figures.lostShare)} lost; a frame waits ${Math.round(figures.meanWaitMs)} ms`,
    `told of        ${events.found} of ${events.expected} visits (wanted: at least ${percent(targets.toldOf)}), ${events.false} false, ${events.repeated} repeated; delay ${events.delayMs.p50 ?? '-'} ms (median), ${events.delayMs.p95 ?? '-'} ms (p95)`,
    `watched        ${coverage.mean === null ? 'not known yet' : `${percent(coverage.mean)} of the last minute, the least ${percent(coverage.least!)}`}`,
    `memory         ${memory.perMinute} ± ${memory.errorPerMinute ?? 'unknown'} MB a minute (wanted: less than ${targets.memoryMegabytesPerMinute}); ${Math.round(memory.first)} MB at first, ${Math.round(memory.last)} MB at last, ${Math.round(memory.most)} MB with garbage at most`,
    ...queuesInWords(figures.queues),
    `processor      ${cpuInWords(figures)}`,
    ...(figures.cpu.others > quiet
      ? ['other programs were busy on this machine: the figures say little']
      : []),
    figures.met ? 'all targets met' : 'not all targets met',
  ]
}

function boxInWords({ box, times }: OverloadFigures): string {
  if (!box) return ''
  const { cameras, framesPerSecond, wantedPerCamera } = box
  return `, ${times} times the ${cameras} that this box holds (${framesPerSecond} frames/s, ${wantedPerCamera} each)`
}

function queuesInWords(queues: Queues): string[] {
  const rows = Object.entries(queues).map(([name, { firstMost, lastMost, bound, perMinute, grows }]) => {
    const peaks = `${Math.round(firstMost)} at most in the first third, ${Math.round(lastMost)} in the last`
    return `  ${name.padEnd(14)} ${peaks}, ${perMinute} a minute, bound ${bound ?? 'none'}${grows ? ': it grows' : ''}`
  })
  return ['what can pile up', ...rows]
}

function cpuInWords({ cpu, machine }: OverloadFigures): string {
  return `of ${machine.cores} cores: the gateway ${percent(cpu.gateway)} (models ${percent(cpu.models)}), the simulator ${percent(cpu.simulator)}, broker and sampling ${percent(cpu.bench)}, others ${percent(cpu.others)}`
}
