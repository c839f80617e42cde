/** Where results come from: on which machine, with which versions and at which commit each was measured. */
import type { MachineFacts } from '../bench/machine.ts'
import { none, num } from './markdown.ts'
import type { SavedResult } from './results.ts'

const unknown = 'unknown'
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

export class Origins {
  /** In the order in which the page meets them; each with other versions is another. */
  readonly machines: readonly string[]
  /** Where everything was measured with the same sources on the same machine. */
  readonly commit: string | undefined
  readonly anyChanged: boolean

  constructor(results: readonly SavedResult[]) {
    const commits = new Set(results.map(commitOf))
    this.machines = [...new Set(results.map(machineOf))]
    const same = this.machines.length === 1 && commits.size === 1 && !commits.has(unknown)
    this.commit = same ? [...commits][0] : undefined
    this.anyChanged = results.some(({ sources }) => sources?.changed)
  }

  /** `412303c* on B`; the machine only where there are several. */
  of(result: SavedResult): string {
    return this.machines.length > 1 ? `${commitOf(result)} on ${this.letter(result)}` : commitOf(result)
  }

  letter(result: SavedResult): string {
    const at = this.machines.indexOf(machineOf(result))
    return letters[at] ?? String(at + 1)
  }

  /** A list where there are several. */
  description(): string {
    if (this.machines.length === 1) return this.machines[0]
    return this.machines.map((machine, at) => `- ${letters[at] ?? at + 1}: ${machine}`).join('\n')
  }
}

/** With a star where something was not committed. */
export function commitOf({ sources }: SavedResult): string {
  return sources ? `${sources.commit}${sources.changed ? '*' : ''}` : unknown
}

export function dayOf({ at }: SavedResult): string {
  return /^\d{4}-\d\d-\d\d/.exec(at)?.[0] ?? none
}

function machineOf({ figures }: SavedResult): string {
  const { machine = {} } = figures as { machine?: Partial<MachineFacts> }
  const {
    cpu = 'unknown processor',
    cores,
    memoryGb,
    node = none,
    onnxruntime = none,
    ffmpeg = none,
  } = machine
  return `${cpu}, ${num(cores)} cores, ${num(memoryGb, ' GB')}; Node ${node.replace(/^v/, '')}, ONNX Runtime ${onnxruntime}, ffmpeg ${ffmpeg}`
}
