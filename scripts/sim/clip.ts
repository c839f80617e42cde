/** Reads a clip once: every access unit in decode order, cut into RTP payloads, with its times. */
import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { type Codec, nalRole, splitNals } from './annexb.ts'
import { packetise } from './packets.ts'

/** RTP clock of video, ticks a second. */
export const clockRate = 90_000

/** One coded picture, ready to be sent. */
export interface AccessUnit {
  /** When to send it, ticks since the clip's first unit. */
  readonly decodeTicks: number
  /** When to show it, ticks on the same scale; not in order where the clip has B-frames. */
  readonly showTicks: number
  readonly key: boolean
  readonly payloads: readonly Buffer[]
}

export interface ParameterSets {
  readonly vps: readonly Buffer[]
  readonly sps: readonly Buffer[]
  readonly pps: readonly Buffer[]
}

/** A clip in memory; it repeats after `periodTicks`. */
export interface Clip {
  readonly codec: Codec
  readonly units: readonly AccessUnit[]
  readonly periodTicks: number
  /** The sets of the first key picture, for the session description. */
  readonly sets: ParameterSets
}

interface PacketLine {
  readonly dts: number
  readonly pts: number
  readonly duration: number
  readonly size: number
}

/** Loads a file whose first real video stream (no cover picture) is of that codec. Throws with ffmpeg's own words where it cannot. */
export async function loadClip(file: string, codec: Codec): Promise<Clip> {
  const { stream, table } = await demultiplex(file, codec)
  const { packets, ticksPerUnit } = readTable(table)
  if (packets.length === 0) throw new Error(`${file}: no ${codec} pictures in it`)
  const origin = packets[0].dts
  const ticks = (time: number) => Math.round((time - origin) * ticksPerUnit)
  const active: { vps: Buffer[]; sps: Buffer[]; pps: Buffer[] } = { vps: [], sps: [], pps: [] }
  let sets: ParameterSets | undefined
  let at = 0
  const units = packets.map((packet): AccessUnit => {
    const nals = splitNals(stream.subarray(at, at + packet.size))
    at += packet.size
    const key = keepSets(nals, codec, active)
    if (key) sets ??= { ...active }
    const pictures = nals.filter((nal) => ['key', 'other'].includes(nalRole(nal, codec)))
    const sent = key ? [...active.vps, ...active.sps, ...active.pps, ...pictures] : pictures
    return {
      decodeTicks: ticks(packet.dts),
      showTicks: ticks(packet.pts),
      key,
      payloads: packetise(sent, codec),
    }
  })
  if (!sets) throw new Error(`${file}: no key picture in it`)
  return { codec, units, sets, periodTicks: period(packets, ticksPerUnit) }
}

/** Remembers the parameter sets an access unit brings; says whether it is a key picture. */
function keepSets(
  nals: readonly Buffer[],
  codec: Codec,
  active: { vps: Buffer[]; sps: Buffer[]; pps: Buffer[] },
): boolean {
  for (const role of ['vps', 'sps', 'pps'] as const) {
    const found = nals.filter((nal) => nalRole(nal, codec) === role)
    if (found.length > 0) active[role] = found
  }
  return nals.some((nal) => nalRole(nal, codec) === 'key')
}

/** From the first unit to where the next round begins; the last unit lasts as long as it says, or as the others do on average. */
function period(packets: readonly PacketLine[], ticksPerUnit: number): number {
  const last = packets[packets.length - 1]
  const span = last.dts - packets[0].dts
  const average = packets.length > 1 ? span / (packets.length - 1) : 1
  return Math.round((span + (last.duration > 0 ? last.duration : average)) * ticksPerUnit)
}

/**
 * One ffmpeg, two outputs from the same packets: the bytes (Annex B, nothing decoded) and a table of their times and sizes.
 * A raw Annex-B stream has no times of its own, which is why the table is needed to cut it.
 */
async function demultiplex(file: string, codec: Codec): Promise<{ stream: Buffer; table: string }> {
  const raw = codec === 'h264' ? 'h264' : 'hevc'
  const output = ['-map', '0:V:0', '-c', 'copy', '-bsf:v', `${raw}_mp4toannexb`]
  const args = ['-nostdin', '-v', 'error', '-fflags', '+genpts', '-i', file]
  args.push(...output, '-f', raw, 'pipe:1', ...output, '-f', 'framecrc', 'pipe:3')
  const child = spawn('ffmpeg', args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const [stream, table, problem, status] = await Promise.all([
    buffer(child.stdio[1] as Readable),
    text(child.stdio[3] as Readable),
    text(child.stdio[2] as Readable),
    ended,
  ])
  if (status !== 0) throw new Error(`ffmpeg cannot read ${file} as ${codec}: ${problem.trim()}`)
  return { stream, table }
}

/** The lines of ffmpeg's framecrc: `stream, dts, pts, duration, size, checksum …` below `#tb 0: 1/12800`. */
function readTable(table: string): { packets: PacketLine[]; ticksPerUnit: number } {
  const base = /^#tb 0: (\d+)\/(\d+)$/m.exec(table)
  if (!base) throw new Error('ffmpeg wrote no time base')
  const packets = table
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => {
      const [, dts, pts, duration, size] = line.split(',').map(Number)
      return { dts, pts, duration, size }
    })
  return { packets, ticksPerUnit: (Number(base[1]) / Number(base[2])) * clockRate }
}
