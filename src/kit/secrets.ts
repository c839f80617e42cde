/** Secrets are masked at the exit (logger, API, errors), not by good manners of whoever writes a message. */

export class SecretMask {
  /** Longest first: a short secret that begins a longer one must not leave its rest to be read. */
  #known: readonly string[] = []

  constructor(secrets: Iterable<string> = []) {
    for (const secret of secrets) this.remember(secret)
  }

  /**
   * Remembers a secret so that `mask` hides it, also percent-encoded. Values under four characters are not
   * remembered on their own (masking "1" everywhere helps nobody); the user-info of a URL is always masked.
   */
  remember(value: string): void {
    if (value.length < 4) return
    // Also as it looks in a URL, and inside a JSON string, which is what the logger writes.
    const looks = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]
    this.#known = [...new Set([...this.#known, ...looks])].sort((a, b) => b.length - a.length)
  }

  /** The text with known secrets and the user-info of every URL replaced by `***`. */
  mask(text: string): string {
    let masked = text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/?#\s"'<>]*@/gi, '$1***@')
    for (const secret of this.#known) masked = masked.replaceAll(secret, '***')
    return masked
  }
}
