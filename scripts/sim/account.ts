/** The simulated camera's side of Basic and Digest authentication (RFC 2617 without qop, as most cameras do it). */
import { createHash, randomBytes } from 'node:crypto'

export interface Account {
  readonly user: string
  readonly password: string
  readonly scheme: 'digest' | 'basic'
}

const realm = 'skyeye-sim'
const md5 = (text: string) => createHash('md5').update(text).digest('hex')

/** A fresh nonce for one connection. */
export const newNonce = () => randomBytes(16).toString('hex')

/** The value of WWW-Authenticate. */
export function challenge(scheme: Account['scheme'], nonce: string): string {
  return scheme === 'basic' ? `Basic realm="${realm}"` : `Digest realm="${realm}", nonce="${nonce}"`
}

/** Whether an Authorization header proves the account for this request and this connection's nonce. */
export function proves(
  header: string | undefined,
  account: Account,
  request: { readonly method: string; readonly uri: string },
  nonce: string,
): boolean {
  if (!header) return false
  if (account.scheme === 'basic') {
    return header === `Basic ${Buffer.from(`${account.user}:${account.password}`).toString('base64')}`
  }
  if (!/^digest /i.test(header)) return false
  const given = new Map<string, string>()
  for (const [, key, quoted, bare] of header.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g))
    given.set(key, quoted ?? bare)
  const secret = md5(`${account.user}:${realm}:${account.password}`)
  const expected = md5(`${secret}:${nonce}:${md5(`${request.method}:${request.uri}`)}`)
  const right = { username: account.user, realm, nonce, uri: request.uri, response: expected }
  return Object.entries(right).every(([key, value]) => given.get(key) === value)
}
