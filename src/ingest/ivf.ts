/** Writes IVF, the plainest container ffmpeg reads: whole coded pictures with their times, nothing to look ahead for. */
import type { Codec } from '../domain/coded-picture.ts'

const headerBytes = 32
const pictureHeaderBytes = 12

/** Begins a stream whose times count in units of `1/ticksPerSecond` s. The size is only a hint: the stream itself tells. */
export function ivfHeader(codec: Codec, ticksPerSecond: number): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.write('DKIF', 0, 'latin1')
  header.writeUInt16LE(headerBytes, 6)
  header.write(codec === 'h264' ? 'H264' : 'HEVC', 8, 'latin1')
  header.writeUInt16LE(16, 12)
  header.writeUInt16LE(16, 14)
  header.writeUInt32LE(ticksPerSecond, 16)
  header.writeUInt32LE(1, 20)
  return header
}

/** Goes before each picture of `bytes` bytes. */
export function ivfPictureHeader(bytes: number, ticks: number): Buffer {
  const header = Buffer.allocUnsafe(pictureHeaderBytes)
  header.writeUInt32LE(bytes, 0)
  header.writeBigUInt64LE(BigInt(ticks), 4)
  return header
}
