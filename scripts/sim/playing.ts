/** One session that plays: sends a clip over and over at its own pace, with the camera's fault of the moment. */
import { randomBytes, randomInt } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Camera } from './camera.ts'
import { type AccessUnit, type Clip, clockRate } from './clip.ts'
import { interleaved, type RtpClock, senderReport } from './rtp.ts'

const ticksPerMs = clockRate / 1_000
const reportEveryMs = 5_000
/** Bytes a slow reader may owe; beyond it pictures are dropped up to the next key picture, as a camera does. */
const maxOwed = 4 * 1024 * 1024

export class Playing {
  private readonly camera: Camera
  private readonly socket: Socket
  private readonly channel: number
  private readonly expired: () => boolean
  private readonly ssrc = randomBytes(4).readUInt32BE()
  private readonly firstStamp = randomInt(2 ** 32)
  private sequence = randomInt(2 ** 16)
  private clip: Clip
  private next = 0
  /** Ticks from the start of playing to the start of the clip's present round. */
  private roundTicks = 0
  private running = false
  private startedAt = 0
  /** When the clip's first round began, on the clock of `performance.now()`; before `startedAt` where the camera was running already. */
  private origin = 0
  private reportAt = 0
  private awaitsKey = true
  private resized = false
  private packets = 0
  private octets = 0
  private timer: NodeJS.Timeout | undefined

  /** `channel` is the interleaved channel for RTP, the next one is RTCP's; `expired` says that the client went silent for too long. */
  constructor(camera: Camera, socket: Socket, channel: number, expired: () => boolean) {
    this.camera = camera
    this.socket = socket
    this.channel = channel
    this.expired = expired
    this.clip = camera.clip
    if (camera.runsSince !== undefined) this.join(performance.now() - camera.runsSince)
  }

  /** What RTP-Info announces: the numbers of the first packet. */
  get first(): { sequence: number; stamp: number } {
    return { sequence: this.sequence, stamp: this.stamp(this.clip.units[this.next].showTicks) }
  }

  /** Begins with the clip's first picture, or with the next key picture of a camera that runs; does nothing when it plays already. */
  start(): void {
    if (this.running) return
    this.running = true
    this.startedAt = this.reportAt = performance.now()
    this.origin = this.camera.runsSince ?? this.startedAt
    this.camera.playing++
    this.step()
  }

  stop(): void {
    clearTimeout(this.timer)
    if (this.running) this.camera.playing--
    this.running = false
  }

  private step(): void {
    const elapsed = performance.now() - this.startedAt
    if (this.expired() || this.due('cut', elapsed)) {
      this.socket.destroy()
      return
    }
    if (!this.resized && this.due('resize', elapsed)) this.resize()
    const quiet = this.due('stall', elapsed) || this.camera.fault?.kind === 'audio-only'
    while (this.unitAt() <= performance.now()) {
      this.send(this.clip.units[this.next], quiet, this.due('garbage', elapsed))
      this.advance()
    }
    if (!quiet && performance.now() >= this.reportAt) this.report()
    const wait = this.unitAt() - performance.now()
    this.timer = setTimeout(() => this.step(), Math.max(0, wait))
  }

  /** Goes to the first key picture that is sent later than so many ms after the clip's first round began. */
  private join(elapsedMs: number): void {
    const { units, periodTicks } = this.clip
    const ticks = elapsedMs * ticksPerMs
    this.roundTicks = Math.floor(ticks / periodTicks) * periodTicks
    const later = (unit: AccessUnit) => unit.key && this.roundTicks + unit.decodeTicks > ticks
    this.next = units.findIndex(later)
    if (this.next >= 0) return
    this.roundTicks += periodTicks
    this.next = units.findIndex((unit) => unit.key)
  }

  /** When the next unit is to be sent, on the clock of `performance.now()`. */
  private unitAt(): number {
    return this.origin + (this.roundTicks + this.clip.units[this.next].decodeTicks) / ticksPerMs
  }

  private advance(): void {
    this.next++
    if (this.next < this.clip.units.length) return
    this.next = 0
    this.roundTicks += this.clip.periodTicks
  }

  private due(kind: 'stall' | 'cut' | 'garbage' | 'resize', elapsed: number): boolean {
    const { fault } = this.camera
    return fault?.kind === kind && elapsed >= fault.after * 1_000
  }

  /** Goes on with the half-size clip from its last key picture before the present one; RTP time goes on without a jump. */
  private resize(): void {
    const half = this.camera.halfSize
    if (!half) return
    const { decodeTicks } = this.clip.units[this.next]
    const key = half.units.findLastIndex((unit) => unit.key && unit.decodeTicks <= decodeTicks)
    this.roundTicks += decodeTicks - half.units[Math.max(0, key)].decodeTicks
    this.next = Math.max(0, key)
    this.clip = half
    this.resized = true
  }

  private send(unit: AccessUnit, quiet: boolean, garbage: boolean): void {
    const owed = this.socket.writableLength > maxOwed
    if (owed) this.camera.dropped++
    if (quiet || owed) this.awaitsKey = true
    else if (unit.key) this.awaitsKey = false
    if (this.awaitsKey) return
    const payloads = garbage ? spoil(unit.payloads, this.next % 2 === 0) : unit.payloads
    const clock: RtpClock = { ssrc: this.ssrc, sequence: this.sequence, stamp: this.stamp(unit.showTicks) }
    this.sequence = (this.sequence + payloads.length) & 0xffff
    this.packets += payloads.length
    for (const payload of payloads) this.octets += payload.length
    this.socket.write(interleaved(payloads, this.channel, clock))
  }

  private stamp(ticks: number): number {
    return (this.firstStamp + this.roundTicks + ticks) % 2 ** 32
  }

  private report(): void {
    const now = performance.now()
    this.reportAt = now + reportEveryMs
    const stamp = Math.round(this.firstStamp + (now - this.origin) * ticksPerMs) % 2 ** 32
    const counts = { packets: this.packets, octets: this.octets }
    this.socket.write(senderReport(this.channel + 1, this.ssrc, stamp, Date.now(), counts))
  }
}

/** Random bytes of the same lengths: with `headers`, the units look whole from outside and break the decoder; without, they break the reader. */
function spoil(payloads: readonly Buffer[], headers: boolean): Buffer[] {
  return payloads.map((payload) => {
    const kept = headers ? payload.subarray(0, 3) : Buffer.alloc(0)
    return Buffer.concat([kept, randomBytes(payload.length - kept.length)])
  })
}
