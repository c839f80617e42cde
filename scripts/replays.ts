/** replays: raises every example clip the alerts that are recorded of it? */
import { parseArgs } from 'node:util'
import { chooseModels } from '../src/vision/tiers.ts'
import { endWell, Misuse } from './bench/arguments.ts'
import { MainPath } from './eval/main-path.ts'
import { modelFiles } from './eval/models.ts'
import { replayedClips } from './replays/clips.ts'
import { differences, readRecording, recorded, toleranceS, writeRecording } from './replays/recording.ts'
import { watched } from './replays/watched.ts'

const names = replayedClips.map(({ name }) => name)

const help = `npm run replays -- [--clip NAME…] [--write]

Runs the gateway's main path with the built-in network over the example clips, five looks a second and the rules of
scripts/replays/watched.ts, and compares the alerts with those recorded in test/replays/: rule, time within ${toleranceS} s, and number. Ends
with status 1 where something is different. The tests replay the quick ones. Three minutes for all of them.

  --clip NAME   only this one; may be repeated: ${names.join(', ')}
  --write       records what is raised now, after somebody has looked whether that is right
  --help        this text`

function readCommandLine(): { clips: readonly string[]; write: boolean } | undefined {
  const { values } = parseArgs({
    options: {
      clip: { type: 'string', multiple: true, default: [] },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const strange = values.clip.find((name) => !names.includes(name))
  if (strange) throw new Misuse(`--clip ${strange}: one of ${names.join(', ')}`)
  return values.help
    ? undefined
    : { clips: values.clip.length > 0 ? values.clip : names, write: values.write }
}

async function main(): Promise<void> {
  const wish = readCommandLine()
  if (!wish) {
    console.log(help)
    return
  }
  const models = await chooseModels(modelFiles(), { tier: 'light' })
  const path = new MainPath(models)
  await path.start()
  try {
    for (const { name, locate } of replayedClips.filter((one) => wish.clips.includes(one.name))) {
      const clip = await locate()
      if (clip === undefined) console.log(`${name}: left out, the clip is not here`)
      else await replay(path, { name, clip, write: wish.write, models: [models.objects.manifest.name] })
    }
  } finally {
    await path.stop()
  }
}

async function replay(
  path: MainPath,
  { name, clip, write, models }: { name: string; clip: string; write: boolean; models: string[] },
): Promise<void> {
  const alerts = recorded(await path.alerts(clip, watched))
  if (write) {
    await writeRecording(name, { clip: name, models, toleranceS, alerts })
    console.log(`${name}: ${alerts.length} alerts recorded`)
    return
  }
  const recording = await readRecording(name)
  const found = recording
    ? differences(recording, alerts)
    : ['nothing is recorded: npm run replays -- --write']
  console.log(`${name}: ${alerts.length} alerts${found.length > 0 ? '' : ', as recorded'}`)
  for (const one of found) console.log(`  ${one}`)
  if (found.length > 0) process.exitCode = 1
}

await endWell('replays', main)
