/** The drawn scene as a clip that is rendered once and kept in `.cache`. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drawScene, type SceneOptions } from './draw.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const cache = fileURLToPath(new URL('../../.cache/', import.meta.url))

/** The code that draws is part of the name, so a changed drawing is rendered afresh. */
async function sceneHash(options: SceneOptions): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(options))
  for (const file of (await readdir(here)).sort()) hash.update(await readFile(join(here, file)))
  return hash.digest('hex').slice(0, 16)
}

/** Path of the clip; takes some seconds the first time, `progress` is told of each picture then. */
export async function sceneClip(options: SceneOptions = {}): Promise<string> {
  const { progress, ...identity } = options
  const file = join(cache, `scene-${await sceneHash(identity)}.mp4`)
  if (existsSync(file)) return file
  await mkdir(cache, { recursive: true })
  await drawScene(file, { ...identity, progress })
  return file
}
