/** What `skyeye bench` says in the end: a few lines for an installer, or one line of JSON. */
import { attentionDefaults } from '../attention/options.ts'
import type { Config } from '../config/config.ts'
import { type StreamName, streamKinds } from './bench-clip.ts'
import type { Findings } from './bench-measuring.ts'
import { type Forecast, forecast, type Hour, mostCameras } from './bench-prediction.ts'
import { table } from './table.ts'

export interface Report {
  readonly cameras: number
  readonly stream: StreamName
  /** Share of the cameras in which something moves in a busy hour, 0..1. */
  readonly busy: number
  /** A day. */
  readonly alerts: number
  readonly analysis: Config['analysis']
  readonly models: { readonly tier?: string; readonly names: readonly string[] }
  readonly findings: Findings
}

/** Share of the cameras in which something moves in a quiet hour. */
const quietShare = 0.02
const watched = 0.99
/** The check may err by so much without a word. */
const tolerance = 0.15
/** Programs beside us that use more of the box than this are worth a word. */
const quietBox = 0.05
const dayMinutes = 24 * 60

interface HourForecast extends Forecast {
  readonly hour: 'quiet' | 'busy'
  readonly share: number
  /** The largest numbers of cameras that are watched, and that are watched at the full rate. */
  readonly mostWatched: number
  readonly mostAtFullRate: number
}

export function reportJson(report: Report): string {
  const { cameras, stream, analysis, models, alerts, findings } = report
  const { disk, diskFolder, ...found } = findings
  return JSON.stringify({
    ...{ cameras, stream, analysis, models, alerts, hours: hoursOf(report) },
    disk: { ...disk, folder: diskFolder, megabytesPerDay: megabytesPerDay(report) },
    ...found,
  })
}

export function reportLines(report: Report): string[] {
  const { cameras, stream, analysis, models, findings } = report
  const { width, height } = streamKinds[stream]
  const { cores, workers } = findings.measured
  const box = `${cores} core${cores === 1 ? '' : 's'}, ${workers} worker${workers === 1 ? '' : 's'}`
  const streams = Object.values(findings.bitsPerSecond)
    .map((bits) => (bits / 1e6).toFixed(1))
    .join(' and ')
  const hours = hoursOf(report)
  return [
    `${cameras} cameras, ${width}x${height}, looked at up to ${analysis.fps} times a second by ${models.names.join(' and ')}, on this box (${box}):`,
    '',
    ...table(rows(hours)),
    '',
    ...table([
      ['memory', memoryText(findings, hours)],
      ['disk', diskText(report)],
      ['check', checkText(findings)],
    ]),
    ...warnings(findings).map((text) => `! ${text}`),
    '',
    `coverage: share of the time in which a camera where something moves is really watched; watched = ${watched} or more.`,
    `Measured with drawn streets of ${streams} Mb/s. Not measured: the network itself, H.265, alerts, the log,`,
    'deleting what is too old, and what a flash disk writes beyond what it is told to.',
  ]
}

function hoursOf({ cameras, busy, analysis, findings: { measured } }: Report): HourForecast[] {
  const { fps, fullLookEveryMs } = analysis
  return [['quiet', quietShare] as const, ['busy', busy] as const].map(([name, share]) => {
    const hour: Omit<Hour, 'cameras'> = { share, fps, floorFps: attentionDefaults.floorFps, fullLookEveryMs }
    const isWatched = ({ coverage }: Forecast) => coverage >= watched
    return {
      ...{ hour: name, share, ...forecast(measured, { ...hour, cameras }) },
      mostWatched: mostCameras(measured, hour, isWatched),
      mostAtFullRate: mostCameras(measured, hour, (one) => isWatched(one) && one.fps >= fps),
    }
  })
}

function rows(hours: readonly HourForecast[]): string[][] {
  const heading = ['hour', 'something moves in', 'coverage', 'pictures/s', 'CPU', 'first limit']
  return [
    [...heading, 'most cameras watched', 'most at full rate'],
    ...hours.map(({ hour, share, coverage, fps, processor, limit, mostWatched, mostAtFullRate }) => [
      hour,
      `${percent(share)} of them`,
      coverage.toFixed(2),
      fps.toFixed(1),
      percent(processor),
      limit,
      String(mostWatched),
      String(mostAtFullRate),
    ]),
  ]
}

function memoryText({ measured: { memory } }: Findings, hours: readonly HourForecast[]): string {
  if (!memory) return 'not measured: the kernel does not tell'
  const need = Math.max(...hours.map((hour) => hour.memory ?? 0))
  const each = `${megabytes(memory.quiet)} MB for each quiet camera`
  return `${megabytes(need)} MB needed, ${megabytes(memory.free)} MB free (${megabytes(memory.base)} MB without cameras, ${each})`
}

function megabytesPerDay({ alerts, findings: { disk } }: Report): number | undefined {
  return disk.bytes && (dayMinutes * disk.bytes.perMinute + alerts * disk.bytes.perAlert) / 1e6
}

function diskText(report: Report): string {
  const { alerts, findings } = report
  const { disk, diskFolder } = findings
  const day = megabytesPerDay(report)
  const safe = `a save is safe after ${disk.saveP95Ms.toFixed(1)} ms (95 of 100), in ${diskFolder}`
  if (day === undefined) return `bytes not measured: ${diskFolder} lies in memory or is not counted; ${safe}`
  return `${day.toFixed(0)} MB written per day with ${alerts} alerts; ${safe}`
}

function checkText({ growth, trial: { check } }: Findings): string {
  const off = `${check.cameras} active cameras cost ${percent(Math.abs(growth - 1))} ${growth < 1 ? 'less' : 'more'} than predicted from ${check.cameras / 2}`
  if (Math.abs(growth - 1) <= tolerance) return off
  return growth > 1
    ? `${off}: all figures above count on that, and are rough`
    : `${off}: the figures above are on the safe side, and rough`
}

function warnings({
  measured: { others, cores, workers },
  crowding,
  gatewayRuns,
  cutOff,
}: Findings): string[] {
  const found: string[] = []
  if (gatewayRuns)
    found.push('a gateway is at work on this box: stop it, or read these figures as what is left beside it')
  else if (others > quietBox * cores)
    found.push(`other programs used ${percent(others / cores)} of the box: that is taken as lasting`)
  if (crowding > 1 + tolerance)
    found.push(
      `with all ${workers} workers a model run costs ${percent(crowding - 1)} more than alone (hyper-threads, or heat): counted in`,
    )
  if (cutOff > 0)
    found.push(`${cutOff} times the gateway read too slowly: this box cannot even do what was tried`)
  return found
}

const percent = (share: number) => `${Math.round(100 * share)} %`
const megabytes = (bytes: number) => String(Math.round(bytes / 1e6))
