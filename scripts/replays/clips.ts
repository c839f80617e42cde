/** The clips that are replayed: two that the project draws, and those of ../shared/videos. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { shared } from '../eval/sets.ts'
import { sceneClip } from '../scene/clip.ts'

export interface ReplayedClip {
  readonly name: string
  /** Quick enough for the tests. */
  readonly isQuick: boolean
  /** Its path; undefined where it is not here. */
  locate(): Promise<string | undefined>
}

const drawn = (variant: 'street' | 'yard'): ReplayedClip => ({
  ...{ name: `drawn-${variant}`, isQuick: variant === 'street' },
  locate: () => sceneClip({ variant, fps: 5 }),
})

const fromShared = (name: string, file: string, isQuick = false): ReplayedClip => ({
  ...{ name, isQuick },
  locate: async () => {
    const path = join(shared, 'videos', `${file}.mp4`)
    return existsSync(path) ? path : undefined
  },
})

export const replayedClips: readonly ReplayedClip[] = [
  drawn('street'),
  drawn('yard'),
  fromShared('street-cars', 'ahmetozlu_street_cars_h264_640x352'),
  fromShared('infra-red-1', 'frigate_ir_motion_1'),
  fromShared('infra-red-3', 'frigate_ir_motion_3', true),
  fromShared('cars-from-above', 'intel_car-detection_h264_768x432'),
  fromShared('one-by-one', 'intel_one-by-one-person_h264_768x432'),
  fromShared('car-park', 'intel_person-bicycle-car_clip_h264_768x432'),
  fromShared('kitti-17', 'kitti-17_h264_1224x370_10fps', true),
  fromShared('mot16-09', 'mot16-09_street_h264_1080p30'),
  fromShared('three-faces', 'nvidia_bodypose_3faces_h265_720p30'),
  fromShared('pets09', 'pets09-s2l1_h264_768x576_7fps'),
  fromShared('walking-crowd', 'supervision_walking_crowd_h264_720p25'),
  fromShared('tud-stadtmitte', 'tud-stadtmitte_h264_640x480_25fps', true),
]
