/** Secrets are masked at the exit (logger, API, errors), not by good manners of whoever writes a message. */

export class SecretMask {
  readonly #known = new Set<string>()

  /**
   * Remembers a secret so that `mask` hides it, also percent-encoded. Values under four characters are not
   * remembered on their own (masking "1" everywhere helps nobody); the user-info of a URL is always masked.
   */
  remember(value: string): void {
    if (value.length < 4) return
    this.#known.add(value)
    this.#known.add(encodeURIComponent(value))
    // As it looks inside a JSON string, which is what the logger writes.
    this.#known.add(JSON.stringify(value).slice(1, -1))
  }

  /** The text with known secrets and the user-info of every URL replaced by `***`. */
  mask(text: string): string {
    let masked = text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/?#\s"'<>]*@/gi, '$1***@')
    for (const secret of this.#known) masked = masked.replaceAll(secret, '***')
    return masked
  }
}
