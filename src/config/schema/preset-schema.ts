/** Schema of a preset as it is written in YAML. */
import Type from 'typebox'
import { presetNames } from '../rules/presets.ts'
import { scheduleSchema } from '../rules/rule-fields.ts'
import { shortName, text } from './fields.ts'

export const presetSchema = Type.Object(
  {
    preset: Type.Enum([...presetNames], {
      description: 'Which one, by either name. The name that stands here is the name of the rule as well.',
    }),
    tag: text('The cameras with this tag get the rule, beside those they have.', 40),
    at: Type.Optional(
      shortName(
        'Name of the zone (or line) that it watches; each of these cameras must have it. Absent = the name of the preset, as it stands here. Where there is one, the rule is called `preset-at`.',
      ),
    ),
    schedule: Type.Optional({
      ...scheduleSchema,
      description: 'When it is armed; absent = that of the preset.',
    }),
  },
  {
    additionalProperties: false,
    description: 'A rule with good defaults, for all cameras with a tag.',
  },
)
