import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseFault } from '../../scripts/sim/fault.ts'
import { CameraSim } from '../../scripts/sim/server.ts'
import { BareViewer, drawClip, until, watch } from './support.ts'

let folder: string
let sim: CameraSim
let clip: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sim-faults-'))
  clip = await drawClip(join(folder, 'clip.mp4'), ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0'])
  sim = new CameraSim({ cacheFolder: join(folder, 'cache') })
  await sim.start()
})

afterAll(async () => {
  await sim.stop()
  rmSync(folder, { recursive: true })
})

const add = (name: string, fault?: string) => sim.addCamera(name, { clip, fault })
const asked = (name: string) => sim.requests(name).map(({ method, status }) => `${method} ${status}`)

describe('a simulated camera that misbehaves', () => {
  it('is silent: it takes the connection and answers nothing', async () => {
    const seen = await watch(await add('silent', 'silent'), 1)
    expect(seen.pictures).toHaveLength(0)
    expect(asked('silent')).toEqual(['OPTIONS 0'])
  })

  it('stalls: pictures end, the connection lives, and a cure brings them back in the same session', async () => {
    const url = await add('stall', 'stall@0.4')
    const viewer = new BareViewer(Number(new URL(url).port))
    await viewer.play(url)
    await until(() => viewer.packets > 0)
    await new Promise((resolve) => setTimeout(resolve, 800))
    // The answer comes after every picture that was sent before it.
    expect(await viewer.ask('GET_PARAMETER', url)).toBe(200)
    const before = viewer.packets
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(viewer.packets).toBe(before)
    expect(sim.sessions('stall')).toBe(1)
    await sim.setFault('stall', undefined)
    await until(() => viewer.packets > before)
    viewer.socket.destroy()
  })

  it('cuts: the connection ends in the middle', async () => {
    const seen = await watch(await add('cut', 'cut@1'), 200)
    expect(seen.pictures.length).toBeGreaterThan(0)
    expect(seen.pictures.length).toBeLessThan(200)
    await until(() => sim.sessions('cut') === 0)
  })

  it('sends garbage: the decoder complains', async () => {
    const clean = await watch(clip)
    const url = await add('garbage', 'garbage@0.5')
    // What little a decoder makes of it comes slowly: the connection is cut, instead of counting pictures.
    const watching = watch(url)
    await until(() => sim.sessions('garbage') === 1)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    await sim.setFault('garbage', 'cut')
    const seen = await watching
    expect(seen.pictures[0]).toBe(clean.pictures[0])
    expect(seen.complaints).not.toBe('')
  })

  it('refuses every password', async () => {
    expect((await watch(await add('locked', 'wrong-password'), 1)).complaints).toContain('401 Unauthorized')
  })

  it('redirects to another address', async () => {
    const goal = await add('goal')
    const seen = await watch(await add('moved', `redirect=${goal}`), 2)
    expect(seen.pictures).toHaveLength(2)
    expect(asked('moved')).toContain('DESCRIBE 302')
    expect(asked('goal')).toContain('PLAY 200')
  })

  it('resizes: the same picture goes on at half the size, within one session', async () => {
    const seen = await watch(await add('resize', 'resize@1'), 60)
    const clean = await watch(clip)
    expect(seen.pictures.slice(0, 10)).toEqual(clean.pictures.slice(0, 10))
    expect(asked('resize').filter((line) => line === 'PLAY 200')).toHaveLength(1)
    expect(new Set(seen.sizes).size).toBe(2)
    expect(seen.complaints).toBe('')
  })

  it('has only sound', async () => {
    expect((await watch(await add('sound', 'audio-only'), 1)).complaints).toContain('matches no streams')
    expect(asked('sound')).toContain('DESCRIBE 200')
  })

  it('does not exist', async () => {
    const url = await add('gone', '404')
    expect((await watch(url, 1)).complaints).toContain('404')
    expect((await watch(url.replace('gone', 'never-was'), 1)).complaints).toContain('404')
  })

  it('names the faults there are when asked for another', async () => {
    await expect(add('odd', 'sulk')).rejects.toThrow(/no fault "sulk" \(there are: .*silent .*resize@S\)/)
    expect(() => parseFault('cut@soon')).toThrow(/no fault/)
    expect(() => parseFault('silent@3')).toThrow(/no fault/)
    expect(parseFault('stall@2.5')).toEqual({ kind: 'stall', after: 2.5 })
    expect(parseFault('cut')).toEqual({ kind: 'cut', after: 0 })
  })
})
