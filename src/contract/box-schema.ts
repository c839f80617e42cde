/** What a box shows of itself: alerts about it and its health say it in the same words. */
import Type from 'typebox'
import { degradationReasons } from '../domain/degradation.ts'

export const reasons = (description: string) =>
  Type.Array(Type.Enum([...degradationReasons]), { description, minItems: 1 })

/** What cannot be known is absent. */
export const boxFacts = {
  temperatureC: Type.Optional(
    Type.Number({
      description: 'Degrees Celsius of the hottest part of the processor, where it can be read.',
    }),
  ),
  synchronised: Type.Optional(
    Type.Boolean({
      description: 'Does a time service keep the clock right? Absent where it is not systemd-timesyncd.',
    }),
  ),
  steppedMs: Type.Optional(
    Type.Integer({
      description:
        'By how many milliseconds the clock was set, ahead or back, in the last ten minutes; absent where it was not. Not told of the first ten minutes after the start.',
    }),
  ),
  strain: Type.Optional(
    Type.Number({
      description: 'How overloaded the box is: 0 not at all, 1 completely.',
      minimum: 0,
      maximum: 1,
    }),
  ),
}
