/** Video structuring: the summary of a finished track, and the counts of a minute. */
import Type, { type Static } from 'typebox'
import { changes, labels } from '../domain/detection.ts'
import { headings, paces } from '../domain/movement.ts'
import { camera, colour, faceSeen, grid, thingType } from './alert-schema.ts'
import { moment, numberedEvent } from './envelope.ts'

export const trackType = 'skyeye.track'
export const countsType = 'skyeye.counts'

const name = (description: string) => Type.String({ description, minLength: 1, maxLength: 200 })
const label = Type.Enum([...labels])
const share = (description: string) => Type.Number({ description, minimum: 0, maximum: 1 })
const count = (description: string) => Type.Integer({ description, minimum: 0 })
const number = (description: string) => Type.Number({ description, minimum: 0 })
const milliseconds = (description: string) => Type.Integer({ description, minimum: 0 })
const direction = Type.Enum(['left', 'right'], {
  description: 'Which way, for someone who walks along the line from a to b.',
})

export const trackData = Type.Object(
  {
    track: Type.Integer({ description: 'As in alerts of this camera.', minimum: 1 }),
    label,
    type: Type.Optional(thingType),
    colour: Type.Optional(colour),
    faceSeen: Type.Optional(faceSeen),
    change: Type.Optional(
      Type.Enum([...changes], {
        description:
          'Of an `object`: `came` it lay where nothing lay before; `went` something was gone from there, and what was followed is its place.',
      }),
    ),
    confidence: share('Highest.'),
    began: moment('First seen.'),
    ended: moment('Last seen.'),
    camera,
    grid,
    path: Type.Array(
      Type.Tuple([
        Type.Integer({ description: 'Milliseconds since `began`.', minimum: 0 }),
        Type.Number({ description: 'x, share of the width from the left.' }),
        Type.Number({ description: 'y, share of the height from the top.' }),
      ]),
      {
        description:
          'Way of the bottom centre of its box, in few points: taken straight and at even pace between them it is never further than 1 % of the picture from what was seen (more for ways of over 256 points).',
        minItems: 1,
        maxItems: 300,
      },
    ),
    size: Type.Object(
      { width: share('Of the picture.'), height: share('Of the picture.') },
      { description: 'Mean of its box.' },
    ),
    heading: Type.Optional(
      Type.Enum([...headings], {
        description:
          'In the picture, from beginning to end; absent where it ended within half its height of where it began.',
      }),
    ),
    pace: Type.Enum([...paces], {
      description:
        'While it moved: `slow` below one of its own heights a second, `fast` from there on; `standing` where it hardly moved.',
    }),
    ground: Type.Optional(
      Type.Object(
        {
          metres: number('Length of its way.'),
          speed: Type.Optional(number('Mean while it moved, metres per second; absent where it did not.')),
          topSpeed: Type.Optional(number('The greatest that it held for some seconds.')),
        },
        { description: 'On the ground, where the camera is calibrated and its foot was in the picture.' },
      ),
    ),
    stoodMs: milliseconds('How long it stood.'),
    zones: Type.Array(
      Type.Object({ zone: name('As configured.'), dwellMs: milliseconds('How long it was in it.') }),
    ),
    lines: Type.Array(
      Type.Object({ line: name('As configured.'), direction, time: moment('When it had gone over.') }),
      { maxItems: 50 },
    ),
    sentAt: moment('When this sending left the box.'),
  },
  { $id: 'urn:skyeye:v1:track-data', title: 'Data of a finished track' },
)

export type TrackData = Static<typeof trackData>

export const trackEvent = numberedEvent({
  $id: 'urn:skyeye:v1:track',
  title: 'Finished track',
  description:
    'One thing that one camera followed, told once it is gone. Says what and where, never who: ids do not go from camera to camera.',
  types: [trackType],
  data: trackData,
  dataschema: 'urn:skyeye:v1:track-data',
})

export const countsData = Type.Object(
  {
    minute: moment('Its beginning.'),
    camera,
    grid,
    labels: Type.Array(
      Type.Object({ label, began: count('Tracks that began.'), most: count('Most that were seen at once.') }),
    ),
    zones: Type.Array(
      Type.Object({
        zone: name('As configured.'),
        label,
        entered: count('Tracks that came in.'),
        most: count('Most that were in it at once.'),
      }),
    ),
    lines: Type.Array(
      Type.Object({
        line: name('As configured.'),
        label,
        left: count('Gone over it to the left.'),
        right: count('To the right.'),
      }),
    ),
    sentAt: moment('When this sending left the box.'),
  },
  { $id: 'urn:skyeye:v1:counts-data', title: 'Data of the counts of a minute' },
)

export type CountsData = Static<typeof countsData>

export const countsEvent = numberedEvent({
  $id: 'urn:skyeye:v1:counts',
  title: 'Counts of a minute',
  description: 'What one camera saw in one minute. A minute in which it saw nothing is not told.',
  types: [countsType],
  data: countsData,
  dataschema: 'urn:skyeye:v1:counts-data',
})
