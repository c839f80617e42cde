/** What machine a benchmark ran on, so that its figures can be read later. */
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, totalmem } from 'node:os'

export interface MachineFacts {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly node: string
  readonly onnxruntime: string
  readonly ffmpeg: string
}

export function machineFacts(): MachineFacts {
  const require = createRequire(import.meta.url)
  const { version } = require('onnxruntime-node/package.json') as { version: string }
  const banner = execFileSync('ffmpeg', ['-version'], { encoding: 'utf8' })
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    onnxruntime: version,
    ffmpeg: /^ffmpeg version (\S+)/.exec(banner)?.[1] ?? 'unknown',
  }
}
