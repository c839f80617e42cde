/** docs/performance.svg: processor time per camera and minute of gateway, usual method and floor, as bars; in light or dark. */
import { num } from './markdown.ts'

export interface Bar {
  readonly title: string
  /** Seconds. */
  readonly ours: number
  readonly usual: number
  readonly floor: number
}

const kinds = [
  { key: 'usual', name: 'the usual method' },
  { key: 'ours', name: 'the gateway' },
  { key: 'floor', name: 'the floor' },
] as const
/** The viewer chooses; no colour has a meaning without the legend. */
const style = `<style>
.page { fill: #ffffff } text { fill: #1f2328 } .usual { fill: #8c959f } .ours { fill: #0969da } .floor { fill: #1a7f37 }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117 } text { fill: #f0f6fc } .usual { fill: #8b949e } .ours { fill: #4493f8 } .floor { fill: #3fb950 }
}
</style>`
const width = 760
const left = 180
/** Room for the number behind the longest bar. */
const right = 60
const bar = 13
const group = kinds.length * bar + 15
const top = 64
const heading = 'Processor seconds per camera and minute, models apart'

/** Undefined where there is nothing to draw. */
export function chart(bars: readonly Bar[]): string | undefined {
  const longest = Math.max(0, ...bars.flatMap((one) => kinds.map(({ key }) => drawn(one[key]))))
  if (longest === 0) return undefined
  const height = top + bars.length * group
  const scale = (width - left - right) / longest
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<title>${heading}</title>
${style}
<rect class="page" width="${width}" height="${height}"/>
<text x="12" y="22" font-size="14" font-weight="bold">${heading}</text>
${legend()}
${bars.map((one, i) => rows(one, top + i * group, scale)).join('\n')}
</svg>
`
}

function legend(): string {
  return kinds
    .map(({ key, name }, i) => {
      const x = left + i * 140
      return `<rect class="${key}" x="${x}" y="36" width="11" height="11"/><text x="${x + 17}" y="46">${name}</text>`
    })
    .join('\n')
}

function rows(one: Bar, y: number, scale: number): string {
  const title = `<text x="${left - 10}" y="${y + (kinds.length * bar) / 2 + 4}" text-anchor="end">${escaped(one.title)}</text>`
  const bars = kinds.map(({ key }, i) => {
    const [at, long] = [y + i * bar, Number((drawn(one[key]) * scale).toFixed(1))]
    const number = `<text x="${left + long + 6}" y="${at + bar - 3}" font-size="11">${num(one[key])}</text>`
    return `<rect class="${key}" x="${left}" y="${at}" width="${long}" height="${bar - 2}"/>${number}`
  })
  return [title, ...bars].join('\n')
}

function drawn(value: number): number {
  return Number.isFinite(value) ? Math.max(0, value) : 0
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
