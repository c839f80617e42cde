/** The demo: simulated cameras (or a real one), the real gateway on its embedded broker, and a subscriber that shows each alert. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { connectAsync } from 'mqtt'
import { stringify } from 'yaml'
import { galleryPage } from './demo/gallery.ts'
import { sceneClip } from './scene/clip.ts'
import { CameraSim } from './sim/server.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, '.demo')

const help = `scripts/demo [rtsp://…] [--seconds N]

Without an address: simulated cameras play the clips in ../shared/videos where that folder is present,
otherwise a street scene that this project draws itself. Ctrl-C stops everything.

  --seconds N   stop after N seconds (for scripts); exit status 1 if no alert with a picture arrived by then
  --drawn       play the drawn scene even where clips are present`

const say = (text: string) => console.error(`\x1b[1m» ${text}\x1b[0m`)

/** Zones and rules for each clip, drawn by hand for its view. */
interface DemoCamera {
  readonly id: string
  readonly name: string
  readonly clip: string
  readonly zones: object[]
  readonly lines: object[]
  readonly rules: object[]
}

const whole = { name: 'street', polygon: [[0.02, 0.3], [0.98, 0.3], [0.98, 0.99], [0.02, 0.99]] }
const middle = { name: 'middle', a: [0.5, 0.99], b: [0.5, 0.3] }
const peopleRules = [
  { kind: 'intrusion', zone: 'street', labels: ['person'], severity: 'minor' },
  { kind: 'line-crossing', line: 'middle', direction: 'any', labels: ['person', 'two-wheeler', 'vehicle'], severity: 'info' },
]

async function demoCameras(drawn: boolean): Promise<DemoCamera[]> {
  const videos = join(root, '../shared/videos')
  if (!drawn && existsSync(videos)) {
    say('Playing the clips in ../shared/videos')
    const clip = (name: string) => join(videos, name)
    return [
      { id: 'yard', name: '院内 yard', clip: clip('pets09-s2l1_h264_768x576_7fps.mp4'), zones: [whole], lines: [middle], rules: peopleRules },
      { id: 'hall', name: '大厅 hall', clip: clip('intel_one-by-one-person_h264_768x432.mp4'), zones: [whole], lines: [middle], rules: peopleRules },
    ]
  }
  say('Drawing a street scene (kept in .cache for the next time)')
  const stationary = { kind: 'stationary-vehicle', zone: 'street', labels: ['vehicle'], dwellMs: 4_000, severity: 'major', duty: 'fire' }
  return [
    { id: 'street', name: '街口 street', clip: await sceneClip(), zones: [whole], lines: [middle], rules: [...peopleRules, stationary] },
  ]
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
