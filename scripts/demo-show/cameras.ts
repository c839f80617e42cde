/** What the demo looks at: clips with the zones and rules drawn for each view. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sceneClip } from '../scene/clip.ts'

const videos = fileURLToPath(new URL('../../../shared/videos', import.meta.url))

export interface DemoCamera {
  readonly id: string
  readonly name: string
  /** Absent for a real camera. */
  readonly clip?: string
  readonly zones: readonly object[]
  readonly lines: readonly object[]
  readonly rules: readonly object[]
  /** Absent for a real camera: nobody knows where it is. */
  readonly grid?: object
  readonly address?: object
  readonly place?: object
}

/** Most of the picture: the demo does not know where the ground is. */
const ground = {
  name: 'ground',
  polygon: [
    [0.02, 0.25],
    [0.98, 0.25],
    [0.98, 0.99],
    [0.02, 0.99],
  ],
}
const middle = { name: 'middle', a: [0.5, 0.99], b: [0.5, 0.2] }
const rules = [
  { kind: 'intrusion', zone: 'ground', labels: ['person'], severity: 'minor' },
  {
    kind: 'line-crossing',
    line: 'middle',
    direction: 'any',
    labels: ['person', 'two-wheeler', 'vehicle'],
    severity: 'info',
  },
  {
    kind: 'stationary-vehicle',
    zone: 'ground',
    labels: ['vehicle'],
    dwellMs: 2_500,
    tolerance: 0.06,
    severity: 'major',
    duty: 'fire',
  },
]
const view = { zones: [ground], lines: [middle], rules }

/** Where the first and the second camera would be, so that their alerts have a place on a map. Invented. */
const [first, second] = [
  { unit: '110101001002070113', number: 42, lon: 116.4161, lat: 39.9289 },
  { unit: '110101001002070114', number: 58, lon: 116.4178, lat: 39.9291 },
].map(({ unit, number, lon, lat }) => ({
  grid: { street: '110101001000', community: '110101001002', group: '11010100100207', unit },
  address: { code: `110101001002-00${number}`, text: `东门路 ${number} 号 (${number} East Gate Road)` },
  place: { lon, lat },
}))

/** Two clips from the shared folder where it is present and not `drawn`, otherwise the street scene. */
export async function demoCameras(drawn: boolean, say: (text: string) => void): Promise<DemoCamera[]> {
  if (!drawn && existsSync(videos)) {
    say('Cameras play the clips in ../shared/videos')
    return [
      {
        id: 'yard',
        name: '院内 yard',
        clip: join(videos, 'pets09-s2l1_h264_768x576_7fps.mp4'),
        ...first,
        ...view,
      },
      {
        id: 'hall',
        name: '大厅 hall',
        clip: join(videos, 'intel_one-by-one-person_h264_768x432.mp4'),
        ...second,
        ...view,
      },
    ]
  }
  say('Drawing a street scene (kept in .cache for the next time)')
  return [
    {
      id: 'street',
      name: '街口 street',
      clip: await sceneClip({ progress: said('street', say) }),
      ...first,
      ...view,
    },
    {
      id: 'yard',
      name: '院子 yard',
      clip: await sceneClip({ variant: 'yard', progress: said('yard', say) }),
      ...second,
      ...view,
    },
  ]
}

/** A word at each quarter of a drawing. */
function said(name: string, say: (text: string) => void): (done: number, total: number) => void {
  return (done, total) => {
    if (done % Math.ceil(total / 4) === 0) say(`  ${name}: ${done} of ${total} pictures`)
  }
}

/** The camera somebody named. */
export const ownCamera: DemoCamera = { id: 'camera', name: '我的摄像机 your camera', ...view }
