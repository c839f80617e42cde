/** Answers to a camera's 401: Digest (RFC 7616, and 2617 for the many old ones), Basic as the last resort. */
import { createHash, randomBytes } from 'node:crypto'

export interface Credentials {
  readonly username: string
  readonly password: string
}

/** One way of logging in that a camera offers. */
interface Challenge {
  readonly scheme: string
  /** Lower-case names, values unquoted. */
  readonly parameters: ReadonlyMap<string, string>
}

/** Best first. The names are those of RFC 7616; a challenge without `algorithm` means MD5. */
const hashes: readonly (readonly [algorithm: string, hash: string])[] = [
  ['sha-256', 'sha256'],
  ['sha-256-sess', 'sha256'],
  ['md5', 'md5'],
  ['md5-sess', 'md5'],
]

/** Keeps the newest challenge of one camera and signs each request for it. */
export class Authenticator {
  readonly #credentials: Credentials
  readonly #nonce: () => string
  #challenge: Challenge | undefined
  #count = 0

  /** `nonce` makes the client nonce; the tests of the RFC examples give their own. */
  constructor(credentials: Credentials, nonce: () => string = () => randomBytes(16).toString('hex')) {
    this.#credentials = credentials
    this.#nonce = nonce
  }

  /** Takes the WWW-Authenticate values of a 401; false where none of them can be answered. */
  challenge(headers: readonly string[]): boolean {
    const offered = headers.flatMap(parseChallenges)
    this.#challenge = best(offered)
    this.#count = 0
    return this.#challenge !== undefined
  }

  /** The camera says the log-in was right and only its nonce too old. */
  get stale(): boolean {
    return this.#challenge?.parameters.get('stale')?.toLowerCase() === 'true'
  }

  /** Value of the Authorization header for a request, undefined before the first challenge. */
  authorization(method: string, uri: string): string | undefined {
    if (!this.#challenge) return
    const { username, password } = this.#credentials
    if (this.#challenge.scheme === 'basic') {
      return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    }
    return this.#digest(this.#challenge.parameters, method, uri)
  }

  #digest(parameters: ReadonlyMap<string, string>, method: string, uri: string): string {
    const { username, password } = this.#credentials
    const algorithm = parameters.get('algorithm')
    const digest = (text: string) =>
      createHash(hashOf(algorithm) ?? 'md5')
        .update(text)
        .digest('hex')
    const realm = parameters.get('realm') ?? ''
    const nonce = parameters.get('nonce') ?? ''
    const cnonce = this.#nonce()
    const count = (++this.#count).toString(16).padStart(8, '0')
    const plain = digest(`${username}:${realm}:${password}`)
    const secret = /-sess$/i.test(algorithm ?? '') ? digest(`${plain}:${nonce}:${cnonce}`) : plain
    const request = digest(`${method}:${uri}`)
    const qop = parameters.has('qop')
    const fields = [
      `username=${quote(username)}`,
      `realm=${quote(realm)}`,
      `nonce=${quote(nonce)}`,
      `uri=${quote(uri)}`,
      `response="${digest(qop ? `${secret}:${nonce}:${count}:${cnonce}:auth:${request}` : `${secret}:${nonce}:${request}`)}"`,
    ]
    if (algorithm !== undefined) fields.push(`algorithm=${algorithm}`)
    const opaque = parameters.get('opaque')
    if (opaque !== undefined) fields.push(`opaque=${quote(opaque)}`)
    if (qop) fields.push('qop=auth', `nc=${count}`)
    if (qop || secret !== plain) fields.push(`cnonce="${cnonce}"`)
    return `Digest ${fields.join(', ')}`
  }
}

function hashOf(algorithm: string | undefined): string | undefined {
  const name = (algorithm ?? 'md5').toLowerCase()
  return hashes.find(([known]) => known === name)?.[1]
}

function best(offered: readonly Challenge[]): Challenge | undefined {
  const digests = offered.filter(({ scheme, parameters }) => {
    const qop = parameters.get('qop')
    return (
      scheme === 'digest' &&
      parameters.has('nonce') &&
      (qop === undefined || /(^|[\s,])auth([\s,]|$)/i.test(qop))
    )
  })
  for (const [algorithm] of hashes) {
    const found = digests.find(
      ({ parameters }) => (parameters.get('algorithm') ?? 'md5').toLowerCase() === algorithm,
    )
    if (found) return found
  }
  return offered.find(({ scheme }) => scheme === 'basic')
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** The challenges of one WWW-Authenticate value; several may share it, separated by commas. */
function parseChallenges(value: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = []
  // Either `name = value` (value a token or quoted) or a lone word, which begins a challenge.
  for (const part of value.matchAll(/([^\s,="]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g)) {
    const [, name, quoted, token] = part
    const text = quoted?.replace(/\\(.)/g, '$1') ?? token
    if (text === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: new Map() })
    else challenges.at(-1)?.parameters.set(name.toLowerCase(), text)
  }
  return challenges
}
