/** ffmpeg as a neighbour: no shell, no strangers' files, dies with us, says why it ended. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { decode } from '../../src/ingest/decoder.ts'
import { clipArguments, ffmpegVersion, loopArguments } from '../../src/ingest/ffmpeg.ts'
import { FfmpegRun } from '../../src/ingest/ffmpeg-run.ts'
import { ClipFolder, ffmpeg } from './clips.ts'

const never = new AbortController().signal
let clips: ClipFolder
let clip: string

beforeAll(async () => {
  clips = await ClipFolder.make()
  clip = await clips.draw('card.mp4')
})
afterAll(() => clips[Symbol.asyncDispose]())

async function count(run: FfmpegRun, patience?: Parameters<typeof decode>[2]): Promise<number> {
  let pictures = 0
  for await (const _ of decode(run, never, patience)) pictures++
  return pictures
}

const isGone = (pid: number) => !existsSync(`/proc/${pid}`)

async function gone(pid: number): Promise<void> {
  while (!isGone(pid)) await new Promise((resume) => setTimeout(resume, 20))
}

/** A folder with an `ffmpeg` that is a script of ours. */
async function fakeFfmpeg(name: string, script: string): Promise<NodeJS.ProcessEnv> {
  const folder = join(clips.path, name)
  await mkdir(folder)
  await writeFile(join(folder, 'ffmpeg'), `#!/bin/sh\n${script}\n`)
  await chmod(join(folder, 'ffmpeg'), 0o755)
  return { PATH: `${folder}:${process.env.PATH}` }
}

test('the self-test names the version, and says what is wrong with an ffmpeg that is absent, old or no ffmpeg', async () => {
  expect(await ffmpegVersion()).toMatch(/^\S+$/)
  const missing = { code: 'FFMPEG_MISSING', message: expect.stringContaining('apt-get install ffmpeg') }
  await expect(ffmpegVersion({ PATH: clips.path })).rejects.toMatchObject(missing)
  const old = await fakeFfmpeg('old', 'echo ffmpeg version 4.4.2-0ubuntu0')
  await expect(ffmpegVersion(old)).rejects.toMatchObject({ message: expect.stringContaining('4.4.2') })
  const built = await fakeFfmpeg('built', 'echo ffmpeg version N-110000-gabcdef0 Copyright')
  expect(await ffmpegVersion(built)).toBe('N-110000-gabcdef0')
  const broken = await fakeFfmpeg('broken', 'exit 3')
  await expect(ffmpegVersion(broken)).rejects.toMatchObject({ code: 'FFMPEG_MISSING' })
})

test('a file name is one argument and never a command, whatever it contains', async () => {
  const trap = 'trapped-by-a-file-name'
  const path = join(clips.path, `a $(touch ${trap}) ; touch x | "b' .mp4`)
  expect(clipArguments({ scheme: 'file', path }, { maxWidth: 640 })).toContain(`file:${path}`)
  const copy = promisify(execFile)
  await copy('cp', [clip, path])
  expect(await count(new FfmpegRun(clipArguments({ scheme: 'file', path }, { maxWidth: 640 })))).toBe(20)
  expect(existsSync(trap)).toBe(false)
})

test('a clip that is in truth a playlist opens nothing else', async () => {
  const path = join(clips.path, 'list.mp4')
  await writeFile(path, `ffconcat version 1.0\nfile '${clip}'\n`)
  const run = new FfmpegRun(clipArguments({ scheme: 'file', path }, { maxWidth: 640 }))
  await expect(count(run)).rejects.toMatchObject({ code: 'STREAM_FAILED' })
})

test('what ffmpeg says at its end is in the error, and a sound file has no video', async () => {
  const absent = new FfmpegRun(clipArguments({ scheme: 'file', path: '/nowhere.mp4' }, { maxWidth: 640 }))
  await expect(count(absent)).rejects.toMatchObject({ message: expect.stringContaining('No such file') })
  const sound = join(clips.path, 'sound.mp4')
  const tone = ['-v', 'error', '-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac', sound]
  await promisify(execFile)('ffmpeg', tone)
  const silent = new FfmpegRun(clipArguments({ scheme: 'file', path: sound }, { maxWidth: 640 }))
  await expect(count(silent)).rejects.toMatchObject({ code: 'NO_VIDEO' })
})

test('a flood of error lines is kept to the last 20, cut to 500 characters', async () => {
  const run = new FfmpegRun(['-v', 'error', '-i', `file:${'x'.repeat(3_000)}`, ...Array(40).fill('-bogus')])
  run.stdout.resume()
  await run.exit
  expect(run.lastWords.length).toBeGreaterThan(0)
  expect(run.lastWords.length).toBeLessThanOrEqual(21)
  expect(Math.max(...run.lastWords.map((line) => line.length))).toBeLessThanOrEqual(500)
})

test('a run whose pictures nobody reads still stops at once, and leaves no process', async () => {
  const run = new FfmpegRun(loopArguments({ scheme: 'file', path: clip }, { maxWidth: 1_280 }))
  await once(run.stdout, 'readable')
  await run.stop()
  expect(isGone(run.pid!)).toBe(true)
  expect(await run.exit).toMatchObject({ signal: 'SIGKILL' })
})

test('a signal from elsewhere is a crash', async () => {
  const run = new FfmpegRun(loopArguments({ scheme: 'file', path: clip }, { maxWidth: 1_280 }))
  const reading = count(run)
  await once(run.stdout, 'readable')
  process.kill(run.pid!, 'SIGSEGV')
  await expect(reading).rejects.toMatchObject({ code: 'DECODER_CRASHED' })
})

test('a source that stays silent is given up after its patience, and one that is read slowly is not', async () => {
  const fifo = join(clips.path, 'silent.ts')
  await promisify(execFile)('mkfifo', [fifo])
  const stuck = new FfmpegRun(clipArguments({ scheme: 'file', path: fifo }, { maxWidth: 640 }))
  const heardBefore = Date.now() - 1_000
  const silence = count(stuck, { silentAfterMs: 300, lastByteAt: () => heardBefore })
  await expect(silence).rejects.toMatchObject({ code: 'STREAM_SILENT' })
  expect(isGone(stuck.pid!)).toBe(true)
  const slow = new FfmpegRun(clipArguments({ scheme: 'file', path: clip }, { maxWidth: 640 }))
  let pictures = 0
  for await (const _ of decode(slow, never, { silentAfterMs: 2_000, lastByteAt: () => 0 })) {
    if (pictures++ === 3) await new Promise((resume) => setTimeout(resume, 2_200))
  }
  expect(pictures).toBe(20)
})

test('ffmpeg dies with its parent, also when the parent is killed while no picture is written', async () => {
  const sources = resolve(import.meta.dirname, '../../src/ingest')
  // A run that writes would die of its broken pipe anyway: this one waits for a source that never speaks.
  const fifo = join(clips.path, 'mute.ts')
  await promisify(execFile)('mkfifo', [fifo])
  const script = `
    import { FfmpegRun } from ${JSON.stringify(join(sources, 'ffmpeg-run.ts'))}
    import { clipArguments } from ${JSON.stringify(join(sources, 'ffmpeg.ts'))}
    const run = new FfmpegRun(clipArguments({ scheme: 'file', path: ${JSON.stringify(fifo)} }, { maxWidth: 640 }))
    console.log(run.pid)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface(parent.stdout), 'line')
  const pid = Number(line)
  onTestFinished(() => {
    if (!isGone(pid)) process.kill(pid, 'SIGKILL')
  })
  const name = () => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  await vi.waitFor(() => expect(name()).toBe('ffmpeg'), 20_000)
  parent.kill('SIGKILL')
  await gone(pid)
})

test('a stream whose time jumps back an hour goes on at its rate, one interval later', async () => {
  const args = loopArguments({ scheme: 'file', path: clip }, { fps: 5, maxWidth: 640 })
  const filters = args[args.indexOf('-filter:v') + 1]
  const jump = 'testsrc2=size=64x48:rate=25:duration=4,settb=1/90000,setpts=PTS+3600/TB-gte(N\\,50)*3600/TB'
  const lines = await ffmpeg(
    ...['-f', 'lavfi', '-i', jump, '-vf', filters, '-fps_mode', 'passthrough', '-enc_time_base', '-1'],
    ...['-f', 'framecrc', 'pipe:1'],
  )
  const rows = lines.toString().split('\n')
  const ticks = rows.filter((line) => /^\d/.test(line)).map((line) => Number(line.split(',')[2]))
  expect(ticks.length).toBeGreaterThanOrEqual(19)
  const gaps = ticks.slice(1).map((tick, i) => (tick - ticks[i]) / 90_000)
  expect(Math.min(...gaps)).toBeGreaterThan(0.1)
  expect(Math.max(...gaps)).toBeLessThan(0.5)
})
