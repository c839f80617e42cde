/** docs/accuracy.svg: what models find, side by side, as bars; in light or dark. */
import type { Accuracy } from './results.ts'

interface Bar {
  readonly name: string
  /** Which model: its colour. */
  readonly model: number
  /** The smaller of its sizes is paler. */
  readonly pale: boolean
  readonly value: number
}

interface Group {
  readonly title: string
  readonly bars: readonly Bar[]
}

/** What is drawn: set, label, and at which sizes where there are several. */
const topics = [
  { set: 'MOT16-09', label: 'person' },
  { set: 'PETS09-S2L1', label: 'person' },
  { set: 'TUD-Stadtmitte', label: 'person' },
  { set: 'KITTI-17', label: 'person' },
  { set: 'voc', label: 'person' },
  { set: 'traffic', label: 'vehicle' },
  { set: 'voc', label: 'vehicle' },
  { set: 'voc', label: 'two-wheeler' },
  { set: 'faces_cctv', label: 'face' },
  { set: 'faces_crowd', label: 'face' },
] as const
const [paleSize, fullSize] = ['416x256', '640x384']

const heading = 'AP50 of the models by evaluation set'
/** Enough to be told apart in both themes. */
const colours = [
  ['#0969da', '#4493f8'],
  ['#bc4c00', '#f0883e'],
  ['#1a7f37', '#3fb950'],
  ['#8250df', '#ab7df8'],
  ['#bf3989', '#f778ba'],
  ['#57606a', '#8b949e'],
] as const
const width = 760
const left = 190
const right = 50
const bar = 13
const gap = 14
const legendRow = 20

/** Undefined where there is nothing to draw. */
export function chart(accuracies: readonly Accuracy[]): string | undefined {
  const groups = topics.flatMap(({ set, label }): Group[] => {
    const bars = accuracies.flatMap((one, model) => barsOf(one, model, set, label))
    return bars.length > 0 ? [{ title: `${label}, ${set}`, bars }] : []
  })
  if (groups.length === 0) return undefined
  const names = new Map(groups.flatMap(({ bars }) => bars.map((one) => [one.name, one] as const)))
  const legend = [...names.values()].sort((a, b) => a.model - b.model || Number(a.pale) - Number(b.pale))
  let y = 44 + Math.ceil(legend.length / 3) * legendRow
  const drawn = groups.map((group) => {
    const text = rows(group, y)
    y += group.bars.length * bar + gap
    return text
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" font-family="sans-serif" font-size="12">
<title>${heading}</title>
${style()}
<rect class="page" width="${width}" height="${y}"/>
<text x="12" y="22" font-size="14" font-weight="bold">${heading}</text>
${legend.map(key).join('\n')}
${drawn.join('\n')}
</svg>
`
}

function barsOf(
  { model: name, sizes }: Accuracy,
  model: number,
  set: string,
  label: (typeof topics)[number]['label'],
): Bar[] {
  const several = Object.keys(sizes).length > 1
  const shown = several ? [fullSize, paleSize] : Object.keys(sizes)
  return shown.flatMap((size) => {
    const value = sizes[size]?.[set]?.labels[label]?.ap50
    return typeof value === 'number'
      ? [{ name: `${name} ${size}`, model, pale: several && size === paleSize, value }]
      : []
  })
}

function style(): string {
  const fills = (theme: 0 | 1) => colours.map((pair, i) => `.m${i} { fill: ${pair[theme]} }`).join(' ')
  return `<style>
.page { fill: #ffffff } text { fill: #1f2328 } .pale { opacity: 0.5 } ${fills(0)}
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117 } text { fill: #f0f6fc } ${fills(1)}
}
</style>`
}

function classOf({ model, pale }: Bar): string {
  return `m${model % colours.length}${pale ? ' pale' : ''}`
}

function key(one: Bar, i: number): string {
  const [x, y] = [12 + (i % 3) * 245, 38 + Math.floor(i / 3) * legendRow]
  return `<rect class="${classOf(one)}" x="${x}" y="${y}" width="11" height="11"/><text x="${x + 17}" y="${y + 10}">${escaped(one.name)}</text>`
}

function rows({ title, bars }: Group, top: number): string {
  const middle = top + (bars.length * bar) / 2 + 4
  const lines = bars.map((one, i) => {
    const [y, long] = [top + i * bar, Number((one.value * (width - left - right)).toFixed(1))]
    const rect = `<rect class="${classOf(one)}" x="${left}" y="${y}" width="${long}" height="${bar - 2}"/>`
    return `${rect}<text x="${left + long + 6}" y="${y + bar - 3}" font-size="11">${one.value.toFixed(2)}</text>`
  })
  return [`<text x="${left - 10}" y="${middle}" text-anchor="end">${escaped(title)}</text>`, ...lines].join(
    '\n',
  )
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
