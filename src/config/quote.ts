/** Which given words a message may repeat: whole or not at all, because no mask recognises a part of a password. */

const longest = 40

/** What looks like an address, or like the end of one that was torn at a comma, may hold an account. */
const addressLike = /:\/|@/

/** May a message repeat this text? Known secrets are masked in it later. */
export function mayRepeat(text: string): boolean {
  return !addressLike.test(text)
}

/** The text in quotes; undefined where it is long or may hold an account. */
export function quoted(text: string): string | undefined {
  return text.length <= longest && mayRepeat(text) ? `"${text}"` : undefined
}
