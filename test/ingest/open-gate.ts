/** A gate that lets everything through, and memory without end: for tests in which neither is the matter. */
import { wholePicture } from '../../src/domain/geometry.ts'
import type { Gate, PixelShelf } from '../../src/ingest/ports.ts'

export const gate: Gate = {
  isOpen: true,
  coded: () => 'show',
  shown: () => ({ open: false, look: [wholePicture] }),
}

export const pixels: PixelShelf = {
  take: (bytes) => new Uint8Array(bytes),
  give: () => {},
}
