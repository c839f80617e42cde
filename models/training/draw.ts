/** Draws training pictures with exact boxes: `node models/training/draw.ts --out FOLDER [--count 400] [--seed 1]`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { boxes, render } from './drawn-picture.ts'
import { sceneOf } from './drawn-scenes.ts'
import { classes, type LabelLine } from './label-lines.ts'

/** Seeds of one run are neighbours; runs with other seeds share no picture. */
const seedStep = 1_000_003

/** Writes `images/` and `labels.jsonl` into the folder and gives the lines back; tells how many pictures are drawn. */
export async function draw(
  folder: string,
  count: number,
  seed: number,
  told: (drawn: number) => void = () => {},
): Promise<LabelLine[]> {
  mkdirSync(join(folder, 'images'), { recursive: true })
  const lines: LabelLine[] = []
  for (let n = 0; n < count; n++) {
    const { scene, size } = sceneOf(seed * seedStep + n)
    const file = `drawn-${seed}-${String(n).padStart(4, '0')}.jpg`
    const pixels = await render(scene, size)
    await sharp(pixels, { raw: { ...size, channels: 3 } })
      .jpeg({ quality: 85 })
      .toFile(join(folder, 'images', file))
    lines.push({ file, ...size, boxes: await boxes(scene, size), labelled: classes })
    told(n + 1)
  }
  writeFileSync(join(folder, 'labels.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return lines
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      count: { type: 'string', default: '400' },
      seed: { type: 'string', default: '1' },
    },
  })
  if (!values.out) throw new Error('--out FOLDER is missing')
  const count = Number(values.count)
  const told = (drawn: number) => drawn % 50 === 0 && console.error(`${drawn} of ${count} pictures drawn`)
  const all = (await draw(values.out, count, Number(values.seed), told)).flatMap(({ boxes }) => boxes)
  for (const one of classes) {
    const own = all.filter((box) => box.class === one)
    const ignored = own.filter(({ ignore }) => ignore).length
    console.log(`${one}: ${own.length - ignored} boxes, ${ignored} ignored`)
  }
}
