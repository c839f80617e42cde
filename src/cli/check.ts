/** `skyeye check`: validates the configuration, the models and ffmpeg; with --connect opens each camera for a moment. */
import { isIP } from 'node:net'
import { parseArgs } from 'node:util'
import type { Config } from '../config/config.ts'
import { ConfigError, describeProblem } from '../config/problems.ts'
import { mayRead } from '../domain/camera.ts'
import { parseCameraUrl } from '../ingest/address.ts'
import { ffmpegVersion } from '../ingest/ffmpeg.ts'
import { Hosts } from '../ingest/hosts.ts'
import { Networks } from '../ingest/networks.ts'
import { type ProbeResult, probeCamera } from '../ingest/probe.ts'
import { GatewayError } from '../kit/errors.ts'
import { createLog } from '../kit/log.ts'
import { SecretMask } from '../kit/secrets.ts'
import { probeBroker } from '../publish/probe.ts'
import { modelNames } from '../vision/tiers.ts'
import { placesFound, placesLine } from './check-places.ts'
import type { Io } from './io.ts'
import { defaultConfigPath, findModels, readConfig } from './setup.ts'
import { table } from './table.ts'

const help = `skyeye check [--config FILE] [--connect] [--json]

Says everything that is wrong with the configuration, and whether ffmpeg and the models are here. Starts nothing.

  --config FILE   configuration (default: ${defaultConfigPath})
  --connect       also try the broker, and open each camera for a moment: codec, size, fps, GOP, time to the first picture, or why not
  --json          one JSON document instead of text
  --help          this text`

/** Cameras opened at once: more would only wait for the box. */
const atOnce = 8

interface Probed {
  readonly camera: string
  readonly result: ProbeResult
}

/** Exit status: 0 all good, 1 something is wrong, 2 misuse. */
export async function check(args: string[], io: Io): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      config: { type: 'string', default: defaultConfigPath },
      connect: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    io.out(help)
    return 0
  }
  const loaded = await readConfig(values.config).catch((error: unknown) => {
    if (values.json && error instanceof ConfigError) return error
    throw error
  })
  if (loaded instanceof ConfigError) {
    io.out(JSON.stringify({ refused: loaded.problems }))
    return 1
  }
  const { config, warnings } = loaded
  const { models, missing, remarks } = await partsOf(config)
  const problems = [...missing, ...unreachable(config)]
  const broker =
    values.connect && config.broker.kind === 'remote'
      ? await probeBroker(config.broker, config.gateway.id)
      : undefined
  if (broker && 'why' in broker) problems.push(broker.why)
  const probed = values.connect ? await probeAll(config, (text) => !values.json && io.err(text)) : []
  const failed = probed.filter(({ result }) => 'state' in result).length
  const places = placesFound(config)
  if (values.json) {
    io.out(
      JSON.stringify({
        ...{ cameras: config.cameras.length, places, models, remarks },
        ...{ warnings, problems, broker, probed },
      }),
    )
  } else {
    for (const warning of warnings) io.err(`warning: ${describeProblem(warning)}`)
    for (const remark of remarks) io.err(remark)
    for (const problem of problems) io.err(problem)
    if (broker && 'protocol' in broker) {
      io.out(`broker: connected, MQTT ${broker.protocol}`)
      for (const warning of broker.warnings) io.err(`warning: ${warning}`)
    }
    if (values.connect) for (const line of table(rows(probed))) io.out(line)
    if (models) io.out(`models: ${models.names.join(', ')}${models.tier ? ` (tier ${models.tier})` : ''}`)
    if (config.cameras.length > 0) io.out(placesLine(places, config.cameras.length))
    const cameras = `${config.cameras.length} camera${config.cameras.length === 1 ? '' : 's'}`
    io.out(
      problems.length + failed === 0
        ? `${values.config}: good, ${cameras}`
        : `${values.config}: ${cameras}, ${failed} did not open, ${problems.length} thing${problems.length === 1 ? '' : 's'} to put right`,
    )
  }
  return problems.length + failed === 0 ? 0 : 1
}

/** Cameras at an address that `ingest.allowNetworks` does not cover; names are resolved only when they are connected to. */
function unreachable({ cameras, ingest }: Config): string[] {
  const networks = new Networks(ingest.allowNetworks)
  return cameras.flatMap(({ id, url }) => {
    const address = parseCameraUrl(url)
    if (address.scheme !== 'rtsp' || isIP(address.host) === 0 || networks.allows(address.host)) return []
    return [
      `camera "${id}": no entry of ingest.allowNetworks covers ${address.host}; it would never be connected to`,
    ]
  })
}

interface Parts {
  readonly models: { readonly tier?: string; readonly names: readonly string[] } | undefined
  /** What this machine lacks, and what it does without, as sentences. */
  readonly missing: readonly string[]
  readonly remarks: readonly string[]
}

async function partsOf(config: Config): Promise<Parts> {
  const remarks: string[] = []
  const [ffmpeg, found] = await Promise.allSettled([
    ffmpegVersion(),
    findModels(config, (sentence) => remarks.push(sentence)),
  ])
  const missing = [ffmpeg, found].flatMap((result) => {
    if (result.status === 'fulfilled') return []
    if (result.reason instanceof GatewayError) return [result.reason.message]
    throw result.reason
  })
  const models =
    found.status === 'fulfilled' ? { tier: found.value.tier, names: modelNames(found.value) } : undefined
  return { models, missing, remarks }
}

async function probeAll(config: Config, say: (text: string) => void): Promise<Probed[]> {
  const secrets = new SecretMask(config.secrets)
  const log = createLog('error', secrets)
  const networks = new Networks(config.ingest.allowNetworks)
  const { maxSessionsPerHost, startGapMs } = config.ingest
  const hosts = new Hosts({ maxSessionsPerHost, startGapMs })
  const waiting = config.cameras.filter(({ enabled }) => enabled)
  const total = waiting.length
  const probed: Probed[] = []
  const next = async () => {
    for (let camera = waiting.shift(); camera; camera = waiting.shift()) {
      const result: ProbeResult = mayRead(camera, Date.now())
        ? await probeCamera(camera.url, { networks, hosts, log })
        : { state: 'consent_ended', why: 'its consent has run out, so it is not opened' }
      probed.push({ camera: camera.id, result })
      say(`${probed.length}/${total} ${camera.id}: ${'state' in result ? result.state : 'opened'}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, next))
  return config.cameras.flatMap(({ id }) => probed.find(({ camera }) => camera === id) ?? [])
}

function rows(probed: readonly Probed[]): string[][] {
  const heading = ['camera', 'codec', 'size', 'fps', 'GOP', 'Mb/s', 'first picture', 'remark']
  return [
    heading,
    ...probed.map(({ camera, result }) => {
      if ('state' in result) return [camera, '-', '-', '-', '-', '-', '-', `${result.state}: ${result.why}`]
      const { codec, width, height, fps, gopSeconds, bitsPerSecond, firstPictureMs, advice } = result
      const gop = gopSeconds === undefined ? 'longer than seen' : `${gopSeconds.toFixed(1)} s`
      const rate = bitsPerSecond === undefined ? '-' : (bitsPerSecond / 1e6).toFixed(1)
      return [
        camera,
        codec,
        `${width}x${height}`,
        fps.toFixed(1),
        gop,
        rate,
        `${Math.round(firstPictureMs)} ms`,
        advice ?? '',
      ]
    }),
  ]
}
