/** Small schemas that several sections share. `mustBe` is the end of the sentence "must be …" when a value does not fit. */
import Type from 'typebox'

/** Words for people (names, addresses): NFC-normalised, without control or direction-override characters. */
export function text(description: string, maxLength = 100) {
  return Type.String({
    description,
    text: true,
    minLength: 1,
    maxLength,
    mustBe: `text of 1 to ${maxLength} characters`,
  })
}

/** A file or folder. */
export function path(description: string, options: { default?: string } = {}) {
  return Type.String({ description, minLength: 1, maxLength: 1_024, mustBe: 'a path', ...options })
}

/** A short name that rules and messages refer to. */
export function shortName(description: string) {
  return Type.String({
    description,
    text: true,
    pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]{0,39}$',
    mustBe: 'letters, digits, spaces, . _ -; 1 to 40 characters that begin with a letter or digit',
  })
}

/** A code of the grid or of an address: always text, because numbers lose leading zeros and digits. */
export function code(description: string) {
  return Type.String({
    description,
    pattern: '^[0-9A-Za-z-]{1,40}$',
    mustBe: 'letters, digits and hyphens, 1 to 40, in quotes',
  })
}

/** A whole number of milliseconds. */
export function milliseconds(
  description: string,
  value: number | undefined,
  minimum: number,
  maximum: number,
) {
  return Type.Integer({ description, minimum, maximum, ...(value === undefined ? {} : { default: value }) })
}

const share = Type.Number({ minimum: 0, maximum: 1 })

/** `[x, y]`, each 0..1 of the picture, from the top left. */
export const point = Type.Tuple([share, share], {
  mustBe: 'a point [x, y], each 0..1 of the picture from its top left corner',
})

/** At least three points. */
export function polygon(description: string) {
  return Type.Array(point, {
    description,
    minItems: 3,
    maxItems: 64,
    mustBe: 'a list of 3 to 64 points [x, y]',
  })
}
