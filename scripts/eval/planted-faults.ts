/** Faults of a view, planted into real clips by filters of ffmpeg: what a hand, a spray can, a storm or a broken cable would do. */
import type { ViewFault } from '../../src/domain/view.ts'

/** Seconds of the clip before the fault, and after it; a clip that is too short is repeated. */
export const healthyS = 35
export const faultyS = 20

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Planted {
  readonly name: string
  /** What is to be found; undefined where nothing is wrong. */
  readonly fault: ViewFault | undefined
  /** The filter of ffmpeg. */
  readonly filter: (size: Size) => string
}

const then = `enable='gte(t,${healthyS})'`
const even = (value: number) => Math.round(value / 2) * 2

/** The picture with something laid over it at `top` from then on. */
const overlaid = (made: string, top = 0) => `split[a][b];[b]${made}[c];[a][c]overlay=0:${top}:${then}`

/** A view that is a part of the clip's, and from then on lies further to the right and below: nothing of it is enlarged or made up. */
function shifted({ width, height }: Size, right: number, down: number): string {
  const view = { width: even(width * (1 - right) - 2), height: even(height * (1 - down) - 2) }
  const step = (share: number, side: number) => `'if(gte(t,${healthyS}),${Math.round(share * side)},0)'`
  return `crop=${view.width}:${view.height}:${step(right, view.width)}:${step(down, view.height)}`
}

function smeared({ width, height }: Size): string {
  const top = even(height * 0.5)
  const line = `crop=${width}:2:0:${top},scale=${width}:1:flags=area,scale=${width}:${height - top}:flags=neighbor`
  return overlaid(line, top)
}

export const planted: readonly Planted[] = [
  {
    name: 'covered-black',
    fault: 'covered',
    filter: () => `drawbox=w=iw*0.85:h=ih:c=0x101010:t=fill:${then}`,
  },
  { name: 'covered-whole', fault: 'covered', filter: () => `drawbox=w=iw:h=ih:c=0x604838:t=fill:${then}` },
  {
    name: 'covered-near',
    fault: 'covered',
    filter: ({ width, height }) =>
      overlaid(`crop=${even(width * 0.85)}:${height}:0:0,gblur=sigma=${width / 3}:steps=3`),
  },
  { name: 'blurred', fault: 'blurred', filter: ({ width }) => `gblur=sigma=${width / 100}:steps=2:${then}` },
  { name: 'dark', fault: 'dark', filter: () => `eq=brightness=-0.75:${then}` },
  { name: 'bright', fault: 'bright', filter: () => `eq=brightness=0.8:${then}` },
  { name: 'moved-3', fault: 'moved', filter: (size) => shifted(size, 0.033, 0) },
  { name: 'moved-10', fault: 'moved', filter: (size) => shifted(size, 0.1, 0.04) },
  { name: 'moved-up', fault: 'moved', filter: (size) => shifted(size, 0, (0.04 * size.width) / size.height) },
  {
    name: 'frozen',
    fault: 'frozen',
    filter: () => `fps=10,loop=loop=-1:size=1:start=${healthyS * 10},setpts=N/10/TB`,
  },
  {
    name: 'corrupted-grey',
    fault: 'corrupted',
    filter: () => `drawbox=y=ih*0.55:w=iw:h=ih*0.45:c=0x808080:t=fill:${then}`,
  },
  { name: 'corrupted-smear', fault: 'corrupted', filter: smeared },
  { name: 'none', fault: undefined, filter: () => 'null' },
  { name: 'dimmer', fault: undefined, filter: () => `eq=brightness=-0.12:contrast=0.75:${then}` },
  { name: 'brighter', fault: undefined, filter: () => `eq=brightness=0.12:contrast=1.2:${then}` },
  {
    name: 'night',
    fault: undefined,
    filter: () => `hue=s=0:${then},eq=contrast=0.6:brightness=-0.2:${then},noise=alls=12:allf=t:${then}`,
  },
]
