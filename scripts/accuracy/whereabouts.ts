/** Where, when and with what the figures of docs/accuracy.md were measured. */
import { none, num, table } from '../performance/markdown.ts'
import type { Accuracy } from './results.ts'

export function whereabouts(accuracies: readonly Accuracy[]): string[] {
  const machines = [...new Set(accuracies.map(machineOf))]
  const several = machines.length > 1
  const rows = accuracies.map((one) => [
    one.model,
    one.measured.slice(0, 10),
    commitOf(one),
    `\`${one.weights.sha256.slice(0, 12)}\``,
    num(one.weights.bytes / 1e6, ' MB'),
    one.step === 1 ? 'every picture' : `one picture of ${one.step}`,
    ...(several ? [String(machines.indexOf(machineOf(one)) + 1)] : []),
  ])
  const heading = ['model', 'when', 'commit', 'sha256 of the weights', 'weights', 'looked at']
  const changed = accuracies.some(({ sources }) => sources?.changed)
  return [
    several
      ? machines.map((machine, i) => `${i + 1}. ${machine}`).join('\n')
      : (machines[0] ?? 'Nothing was measured.'),
    table([[...heading, ...(several ? ['machine'] : [])], ...rows]),
    ...(changed ? ['A star: with changes that were not committed.'] : []),
    `All of them anew: \`npm run docs:accuracy\`; one: \`npm run docs:accuracy -- --only NAME\`; this page again from the stored figures
(\`docs/accuracy/\`): \`npm run docs:accuracy -- --render\`. The sets, clips and public weights lie beside the repository and are not part of it.`,
  ]
}

function commitOf({ sources }: Accuracy): string {
  return sources ? `${sources.commit}${sources.changed ? '*' : ''}` : none
}

function machineOf({ machine: { cpu, cores, memoryGb, node, onnxruntime, ffmpeg } }: Accuracy): string {
  return `${cpu}, ${num(cores)} cores, ${num(memoryGb, ' GB')}; Node ${node.replace(/^v/, '')}, ONNX Runtime ${onnxruntime}, ffmpeg ${ffmpeg}`
}
