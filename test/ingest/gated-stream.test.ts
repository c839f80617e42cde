/** A camera read packet by packet, with a clock of our own: how long it may give no picture. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { CodedPicture } from '../../src/domain/coded-picture.ts'
import { GatedStream } from '../../src/ingest/gated-stream.ts'
import { Mask } from '../../src/ingest/mask.ts'
import { pixels } from './open-gate.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'Date'] }))
afterEach(() => void vi.useRealTimers())

const coded: Omit<CodedPicture, 'timeMs'> = {
  ...{ codec: 'h264', key: false, reference: true, bytes: new Uint8Array(8), sliceBytes: 8, qp: 30 },
  ...{ arrivedAt: 0, afterLoss: false },
}

/** A stream of a picture a second, none of which is wanted; before the last of them `before` is done. */
function unwanted(seconds: number, before = () => {}): Promise<unknown[]> {
  const source = {
    bytes: 0,
    async read(onPicture: (picture: CodedPicture) => void) {
      for (let i = 1; i <= seconds; i++) {
        vi.advanceTimersByTime(1_000)
        if (i === seconds) before()
        onPicture({ ...coded, timeMs: i * 1_000 })
      }
    },
  }
  const stream = new GatedStream(() => source, {
    gate: { isOpen: false, coded: () => 'keep', shown: () => ({ open: false, look: [] }) },
    mask: new Mask([]),
    pixels,
    ...{ fps: 5, maxWidth: 640, silentAfterMs: 2_000, signal: new AbortController().signal },
  })
  return Array.fromAsync(stream.pictures())
}

it('where nothing moves it may take as long as key pictures lie apart, however impatient the box is with silence', async () => {
  expect(await unwanted(23)).toEqual([])
})

it('one that sends and sends and never gives a picture is given up', async () => {
  await expect(unwanted(40)).rejects.toMatchObject({ code: 'STREAM_SILENT' })
})

it('a clock that is set is no silence', async () => {
  expect(await unwanted(5, () => vi.setSystemTime(Date.now() + 3_600_000))).toEqual([])
})
