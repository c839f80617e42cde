/** Faults of a view, planted into real clips by filters of ffmpeg: what a hand, a spray can, a storm or a broken cable would do. */
import type { ViewFault } from '../../src/domain/view.ts'

/** Seconds of the clip before the fault, and after it; a clip that is too short is repeated. */
export const healthyS = 35
export const faultyS = 20
/** The second before the fault is filtered and coded together with it: a whole group of pictures ends there. */
export const leadS = 1

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Planted {
  readonly name: string
  /** What is to be found; undefined where nothing is wrong. */
  readonly fault: ViewFault | undefined
  /** The filter of ffmpeg: the fault begins after `leadS`. */
  readonly filter: (size: Size) => string
  /** The filter of all that comes before; absent where it is the clip as it is. */
  readonly before?: (size: Size) => string
}

const then = `enable='gte(t,${leadS})'`
const even = (value: number) => Math.round(value / 2) * 2

/** The picture with something laid over it at `top` from then on. */
const overlaid = (made: string, top = 0) => `split[a][b];[b]${made}[c];[a][c]overlay=0:${top}:${then}`

/**
 * A view that is a part of the clip's, and from then on lies further to the right and below, by shares of its width and height: nothing
 * of it is enlarged or made up. Whole pixels of its colours are two wide: it is never less than was asked for.
 */
function shifted(right: number, down: (size: Size) => number): Pick<Planted, 'filter' | 'before'> {
  const crop = (size: Size, place: (pixels: number) => string) => {
    const [x, y] = [right * size.width, down(size) * size.height].map((pixels) => 2 * Math.ceil(pixels / 2))
    return `crop=${even(size.width - x - 2)}:${even(size.height - y - 2)}:${place(x)}:${place(y)}`
  }
  const step = (pixels: number) => `'if(gte(t,${leadS}),${pixels},0)'`
  return { filter: (size) => crop(size, step), before: (size) => crop(size, () => '0') }
}

/** A camera writes video range; `eq` alone would keep what is darker than its black, and lighter than its white. */
const exposed = (brightness: number) =>
  `eq=brightness=${brightness}:${then},limiter=min=16:max=235:planes=1:${then}`

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
  { name: 'dark', fault: 'dark', filter: () => exposed(-0.75) },
  { name: 'bright', fault: 'bright', filter: () => exposed(0.8) },
  { name: 'moved-3', fault: 'moved', ...shifted(0.03, () => 0) },
  { name: 'moved-10', fault: 'moved', ...shifted(0.1, () => 0.04) },
  { name: 'moved-up', fault: 'moved', ...shifted(0, ({ width, height }) => (0.03 * width) / height) },
  {
    name: 'frozen',
    fault: 'frozen',
    filter: () => `fps=10,loop=loop=-1:size=1:start=${leadS * 10},setpts=N/10/TB,trim=0:${leadS + faultyS}`,
  },
  {
    name: 'corrupted-grey',
    fault: 'corrupted',
    // What comes out as 128 in video range: a decoder's own grey.
    filter: () => `drawbox=y=ih*0.55:w=iw:h=ih*0.45:c=0x828282:t=fill:${then}`,
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
