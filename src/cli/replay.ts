/** `skyeye replay`: analyses a clip as fast as it can with the rules of one configured camera. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { shownPicture } from '../alert-record.ts'
import { urlSecrets } from '../config/secrets.ts'
import type { Alert } from '../domain/alert.ts'
import { atPreset, type Camera } from '../domain/camera.ts'
import type { Track } from '../domain/track.ts'
import { describeAddress, parseCameraUrl } from '../ingest/address.ts'
import { Networks } from '../ingest/networks.ts'
import { GatewayError } from '../kit/errors.ts'
import { createLog } from '../kit/log.ts'
import { SecretMask } from '../kit/secrets.ts'
import type { Picture } from '../pipeline.ts'
import { replayClip } from '../replay.ts'
import { VisionPool } from '../vision/pool.ts'
import { modelNames } from '../vision/tiers.ts'
import type { Io } from './io.ts'
import { ProgressLine } from './progress-line.ts'
import { replaceProcess } from './replace-process.ts'
import { defaultConfigPath, findModels, readConfig } from './setup.ts'

const help = `skyeye replay CLIP|URL [--config FILE] [--camera ID] [--preset NAME] [--snapshots FOLDER] [--json]

Analyses every frame of a clip with the masks, zones and rules of one camera of the configuration, prints each alert as it
begins and ends, then a summary. A URL is read until it ends or Ctrl-C.

  --config FILE       configuration (default: ${defaultConfigPath})
  --camera ID         whose rules (default: the first camera's)
  --preset NAME       of a camera that turns: where the clip was taken
  --snapshots FOLDER  write the redacted picture of each alert there
  --json              one JSON line per alert, then one for the summary
  --help              this text`

/** Exit status: 0 analysed to its end, 1 refused, 2 misuse. */
export async function replay(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      config: { type: 'string', default: defaultConfigPath },
      camera: { type: 'string' },
      preset: { type: 'string' },
      snapshots: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    io.out(help)
    return 0
  }
  if (positionals.length !== 1)
    throw new GatewayError('USAGE', `name one clip or URL; see skyeye replay --help`)
  const { config } = await readConfig(values.config)
  const camera = standingAt(chooseCamera(config.cameras, values.camera, values.config), values.preset)
  const secrets = new SecretMask([...config.secrets, ...urlSecrets(positionals[0])])
  const log = createLog('warn', secrets)
  const { workers, maxWidth } = config.analysis
  const models = await findModels(config, (sentence) => io.err(sentence))
  const vision = new VisionPool({
    workers,
    models,
    log,
    onHung: () => replaceProcess(log),
  })
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort())

  const counted = { frames: 0, alerts: 0 }
  const began = performance.now()
  const seconds = () => Math.round((performance.now() - began) / 100) / 10
  const speed = () => Math.round(counted.frames / Math.max(0.1, seconds()))
  const progress = new ProgressLine(
    () => `${counted.frames} frames, ${counted.alerts} alerts, ${speed()} frames/s`,
  )
  const save = async (alert: Alert, picture: Picture | undefined) => {
    if (alert.phase === 'began') counted.alerts++
    const folder = values.snapshots
    const snapshot = picture && folder ? keepPicture(folder, alert, shownPicture(camera, picture)) : undefined
    progress.clear()
    io.out(values.json ? JSON.stringify({ ...alert, snapshot }) : sentence(alert, snapshot))
  }
  const networks = new Networks(config.ingest.allowNetworks)
  const tracks = countTracks()
  const onFrame = (found: readonly Track[]) => {
    tracks.note(found)
    counted.frames++
    progress.tick()
  }
  try {
    await vision.start()
    await replayClip(positionals[0], {
      ...{ camera, vision, workers, maxWidth, networks, log, signal: stopping.signal },
      ...{ save, onFrame },
    })
  } finally {
    progress.clear()
    await vision.stop()
  }
  const modelMs = Math.round(vision.stats().modelMs)
  const summary = {
    clip: clipName(positionals[0]),
    ...counted,
    tracks: tracks.byLabel(),
    seconds: seconds(),
    framesPerSecond: speed(),
    modelMs,
    models: modelNames(models),
  }
  io.out(
    values.json
      ? JSON.stringify({ summary })
      : `${counted.frames} frames, ${counted.alerts} alerts in ${summary.seconds} s (${summary.framesPerSecond} frames/s); followed: ${listed(summary.tracks)}; by ${summary.models.join(', ')}`,
  )
  return 0
}

/** Counts what was followed, so that a replay without alerts tells "nothing there" from "nothing in the zone". */
function countTracks() {
  const labels = new Map<number, string>()
  return {
    note(tracks: readonly Track[]) {
      for (const { id, label } of tracks) labels.set(id, label)
    },
    byLabel() {
      const counts: Record<string, number> = {}
      for (const label of labels.values()) counts[label] = (counts[label] ?? 0) + 1
      return counts
    },
  }
}

function listed(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([label, count]) => `${count} ${label}`)
  return parts.length > 0 ? parts.join(', ') : 'nothing'
}

/** What the summary calls the source: never an account. */
function clipName(source: string): string {
  return /^rtsp:/i.test(source) ? describeAddress(parseCameraUrl(source)) : basename(source)
}

/** A clip shows what the camera shows, and does not say where it stands. */
function standingAt(camera: Camera, wanted: string | undefined): Camera {
  const { id, presets } = camera
  if (!presets && wanted === undefined) return camera
  if (!presets) throw new GatewayError('USAGE', `camera ${id} does not turn: it has no presets`)
  const preset = presets.find(({ name }) => name === wanted)
  if (preset) return atPreset(camera, preset)
  const known = presets.map(({ name }) => name).join(', ')
  throw new GatewayError('USAGE', `camera ${id} turns: say with --preset where the clip was taken (${known})`)
}

function chooseCamera(cameras: readonly Camera[], id: string | undefined, file: string): Camera {
  const camera = id === undefined ? cameras[0] : cameras.find((known) => known.id === id)
  if (camera) return camera
  const known = cameras.map((one) => one.id).join(', ') || 'none'
  throw new GatewayError(
    'USAGE',
    `${file} has no camera ${id ? `"${id}"` : 'whose rules could be used'} (cameras: ${known})`,
  )
}

/** The path of the picture, or why there is none. */
function keepPicture(folder: string, { id }: Alert, picture: Picture): string {
  if ('missing' in picture) return `missing: ${picture.missing}`
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${id}.jpg`)
  writeFileSync(path, picture.jpeg)
  return path
}

/** An alert for a person to read; the time is the clip's own, from its beginning. */
function sentence(alert: Alert, snapshot: string | undefined): string {
  const what = alert.objects
    .map(({ label, track, confidence }) => `${label} ${track} (${confidence.toFixed(2)})`)
    .join(', ')
  const where = [alert.zone, alert.line, alert.direction].filter(Boolean).join(' ')
  const when = new Date(alert.time).toISOString().slice(11, 23)
  const because = alert.endedBecause === 'camera-lost' ? 'the clip ended' : alert.endedBecause
  const why = because ? ` (${because})` : ''
  return `${when}  ${alert.phase.padEnd(7)} ${alert.kind} ${where}: ${what}${why}${snapshot ? `  ${snapshot}` : ''}`
}
