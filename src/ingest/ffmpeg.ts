/** The ffmpeg on this box and its commands: the only file that knows fluent-ffmpeg (archived: it only composes arguments). */
import { execFile } from 'node:child_process'
import compose from 'fluent-ffmpeg'
import type { Codec } from '../domain/coded-picture.ts'
import { GatewayError } from '../kit/errors.ts'
import type { FileAddress } from './address.ts'

const minimumMajor = 5

/** What to decode to. */
export interface DecodeOptions {
  /** Pictures per second of the stream's own time, at most; every picture where it is absent. */
  readonly fps?: number
  /** Wider pictures are scaled down to this, keeping their shape; even. */
  readonly maxWidth: number
}

/** Larger pictures cost too much memory to decode (8K is 33 million pixels, the largest cameras we read have 12). */
const maxPixels = 4_096 * 4_096

/** What ffmpeg writes to stderr when a picture came in another size or pixel format than the first one. */
export const changedInput = /Input changed/

/** A demuxer only: a file that is in truth a playlist must not send ffmpeg elsewhere. */
const clipFormats = 'mov,matroska,avi,mpegts,nut,h264,hevc'

/** A camera, through the guard on loopback, as it comes. */
export function cameraArguments(guardUrl: string, options: DecodeOptions): string[] {
  return withPictures(cameraInput(guardUrl, 200_000), options)._getArguments()
}

/** A clip that plays as a camera would: at its own pace, over and over, with a time that goes on. */
export function loopArguments(clip: FileAddress, options: DecodeOptions): string[] {
  return withPictures(clipInput(clip, ['-re', '-stream_loop', '-1']), options)._getArguments()
}

/** A clip once, as fast as the reader takes it. */
export function clipArguments(clip: FileAddress, options: DecodeOptions): string[] {
  return withPictures(clipInput(clip, []), options)._getArguments()
}

/**
 * Coded pictures from standard input as IVF: those with an odd time come out as pictures. The stream is not analysed
 * beforehand, and nothing looks ahead: a picture leaves before the next one is needed.
 */
export function fedArguments(codec: Codec, { maxWidth }: DecodeOptions): string[] {
  const input = compose('pipe:0').inputOptions(
    ...general(),
    ...['-protocol_whitelist', 'pipe', '-copyts'],
    ...['-analyzeduration', '0', '-probesize', '32', '-fpsprobesize', '0'],
    ...['-c:v', codec === 'h264' ? 'h264' : 'hevc', '-f', 'ivf'],
  )
  return toPictures(input, ["select='mod(pts,2)'", scale(maxWidth)])._getArguments()
}

/** A source as it comes: pictures on stdout, and one line for each coded packet on descriptor 3. */
export function probeArguments(source: FileAddress | string, options: DecodeOptions): string[] {
  const input = typeof source === 'string' ? cameraInput(source, 2_000_000) : clipInput(source, ['-re'])
  return withPictures(input, options)
    .output('pipe:3')
    .outputOptions('-map', '0:V:0', '-c:v', 'copy', '-flush_packets', '1', '-f', 'framecrc')
    ._getArguments()
}

type Command = ReturnType<typeof compose>

/** The session description says nearly all, and the rest is in the first key picture: a watch need not analyse for long. */
function cameraInput(guardUrl: string, analyseMicros: number): Command {
  return compose(guardUrl).inputOptions(
    ...general(),
    ...['-protocol_whitelist', 'tcp', '-f', 'rtsp', '-rtsp_transport', 'tcp'],
    ...['-allowed_media_types', 'video', '-timeout', '10000000'],
    ...['-analyzeduration', String(analyseMicros), '-probesize', '1000000', '-fpsprobesize', '0'],
  )
}

function clipInput(clip: FileAddress, pace: readonly string[]): Command {
  return compose(`file:${clip.path}`).inputOptions(
    ...general(),
    ...['-protocol_whitelist', 'file', '-format_whitelist', clipFormats],
    ...pace,
  )
}

/**
 * One decoder thread: with one process per camera the cameras share the cores. The decoder drops every picture that is
 * not like its first one (`drop_changed`) and says `changedInput`: 640x360 and 360x640 are the same number of bytes.
 */
function general(): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-loglevel', 'error'],
    ...['-threads', '1', '-filter_threads', '1', '-max_pixels', String(maxPixels)],
    ...['-flags', '+drop_changed'],
  ]
}

function withPictures(command: Command, options: DecodeOptions): Command {
  return toPictures(command, filters(options))
}

/** Raw pictures with their time on stdout. The first output, so that it is the first to see each packet. */
function toPictures(command: Command, steps: readonly string[]): Command {
  return command
    .output('pipe:1')
    .videoFilters([...steps])
    .outputOptions(
      // V: not an attached picture, which some clips carry as a second video stream.
      ...['-map', '0:V:0', '-map_metadata', '-1', '-map_chapters', '-1'],
      // One thread here too: the raw "encoder" would otherwise hold back a picture for each of its own.
      ...['-c:v', 'rawvideo', '-threads', '1', '-pix_fmt', 'yuv420p'],
      // Times as they come; a picture is never stretched to the size of the first one.
      ...['-fps_mode', 'passthrough', '-enc_time_base', '-1', '-autoscale', '0'],
      // The index at the end would grow in memory for as long as the camera runs.
      ...['-write_index', '0', '-flush_packets', '1', '-f', 'nut'],
    )
}

function filters({ fps, maxWidth }: DecodeOptions): string[] {
  return fps === undefined ? [scale(maxWidth)] : [steady(fps), thin(fps), scale(maxWidth)]
}

function scale(maxWidth: number): string {
  return `scale=w='min(${maxWidth},trunc(iw/2)*2)':h=-2:flags=bilinear`
}

/**
 * The first picture of each 1/fps of stream time: keeps the rate on average also where it does not divide the camera's,
 * and keeps each picture's own time, which the fps filter does not. A quarter of an interval guards against jitter.
 */
function thin(fps: number): string {
  const cell = (time: string) => `floor(${time}*${fps}+0.25)`
  return `select='isnan(prev_selected_t)+not(eq(${cell('t')},${cell('prev_selected_t')}))'`
}

/** After a jump backwards time goes on one interval later; ffmpeg would otherwise hold it still until it is caught up. */
function steady(fps: number): string {
  return `setpts='PTS+st(0,ld(0)+if(lt(PTS,PREV_INPTS),PREV_INPTS-PTS+1/(${fps}*TB),0))'`
}

/** The version of the installed ffmpeg, for the self-test at the start. Throws FFMPEG_MISSING with what to do. */
export async function ffmpegVersion(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const banner = await new Promise<string>((resolve, reject) => {
    execFile('ffmpeg', ['-version'], { env, timeout: 20_000 }, (error, stdout) => {
      if (error) reject(ffmpegMissing(`it could not be run (${error.code ?? error.message})`))
      else resolve(stdout)
    })
  })
  const version = /^ffmpeg version (\S+)/.exec(banner)?.[1]
  if (!version) throw ffmpegMissing('what is called ffmpeg does not say its version')
  // Builds from source are called N-12345-gabcdef or 2024-01-01-git-…: newer than any release of their day.
  const major = /^n?(\d+)\./.exec(version)?.[1]
  if (major !== undefined && Number(major) < minimumMajor)
    throw ffmpegMissing(`version ${version} is too old`)
  await new Promise<void>((resolve, reject) => {
    execFile('setpriv', ['--pdeathsig', 'KILL', 'true'], { env, timeout: 20_000 }, (error) => {
      if (error)
        reject(
          ffmpegMissing(`setpriv (package util-linux) could not be run (${error.code ?? error.message})`),
        )
      else resolve()
    })
  })
  return version
}

/** The sentence for a box without a usable ffmpeg. */
export function ffmpegMissing(why: string): GatewayError {
  return new GatewayError(
    'FFMPEG_MISSING',
    `The gateway needs ffmpeg ${minimumMajor}.0 or newer, and ${why}. Install it, for example: apt-get install ffmpeg.`,
  )
}
