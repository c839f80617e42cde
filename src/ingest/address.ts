/** Camera URLs: checked, taken apart and only ever rebuilt from their parts. */
import { isIPv4, isIPv6 } from 'node:net'
import { GatewayError } from '../kit/errors.ts'

export interface RtspAddress {
  readonly scheme: 'rtsp'
  /** Lower-case name, IPv4 or IPv6 (without brackets). */
  readonly host: string
  readonly port: number
  /** With the query, printable ASCII, always starts with `/`. */
  readonly path: string
  /** As the camera knows them: percent-decoded. Both or neither. */
  readonly username?: string
  readonly password?: string
}

/** A clip on this machine. */
export interface FileAddress {
  readonly scheme: 'file'
  readonly path: string
}

export type CameraAddress = RtspAddress | FileAddress

const maxUrlLength = 2_048
const clipName = /[^/]\.(mp4|m4v|mov|mkv|webm|avi|ts|nut|264|h264|265|h265|hevc)$/i
// Line ends and other controls, white space, invisible marks, and what a shell would act on, should one ever be in between.
const unsafe = /[\s\p{Cc}\p{Cf}|`"<>\\]|\$\(/u
const control = /\p{Cc}/u

/**
 * The parts of `rtsp://[user[:password]@]host[:port]/path` or `file:clip.mp4`.
 * A password may hold `@ : / ? # %` percent-encoded, or as it is where only one reading gives a valid host.
 * Throws URL_REFUSED; the sentence never contains user or password.
 */
export function parseCameraUrl(text: string): CameraAddress {
  if (text.length > maxUrlLength) throw refused(`is longer than ${maxUrlLength} characters`)
  if (unsafe.test(text)) {
    throw refused('contains a space, a control character or one of | ` " < > \\ $(; percent-encode it')
  }
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1].toLowerCase()
  if (scheme === 'rtsp') return parseRtsp(text.slice('rtsp:'.length))
  if (scheme === 'file') return parseFile(text.slice('file:'.length))
  throw refused('must begin with rtsp:// (a camera) or file: (a clip on this machine)')
}

/** The address without its credentials, for logs and messages; also hides passwords that live in the query. */
export function describeAddress(address: CameraAddress): string {
  if (address.scheme === 'file') return `file:${address.path}`
  const path = address.path.replace(/((?:pass(?:word|wd)?|pwd|token|auth)=)[^&/_;]*/gi, '$1***')
  return `rtsp://${authority(address)}${path}`
}

/** `host:port`, the box that a session belongs to. */
export function authority(address: RtspAddress): string {
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
}

/** Whose failed log-ins count together: host, port and user. */
export function accountKey(address: RtspAddress): string {
  return `${authority(address)} ${address.username ?? ''}`
}

function refused(why: string): GatewayError {
  return new GatewayError('URL_REFUSED', `The camera URL ${why}.`)
}

function parseFile(path: string): FileAddress {
  if (path.startsWith('//'))
    throw refused('names a clip as file:clip.mp4 or file:/folder/clip.mp4, not file://')
  if (!clipName.test(path))
    throw refused('names no clip: a clip ends in .mp4, .mkv, .mov, .avi, .ts or the like')
  return { scheme: 'file', path }
}

interface Split {
  readonly account?: string
  readonly host: string
  readonly port: number
  readonly path: string
}

function parseRtsp(rest: string): RtspAddress {
  if (!rest.startsWith('//')) throw refused('must begin with rtsp://')
  const { account, host, port, path } = splitAuthority(rest.slice(2))
  if (path.includes('#')) throw refused('has a fragment (#…), which cameras do not know; write # as %23')
  return { scheme: 'rtsp', host, port, path: asciiPath(path), ...credentials(account) }
}

/** The reading of RFC 3986 where it is valid, else the last `@` that is followed by a valid host. */
function splitAuthority(text: string): Split {
  const end = text.search(/[/?#]/)
  const plain = splitAt(text, text.lastIndexOf('@', end < 0 ? text.length : end))
  if (plain) {
    // rtsp://admin:12/34@10.0.0.5/live reads as host "admin", port 12: rather ask than connect to a stranger.
    if (plain.path.includes('@') && !isIPv4(plain.host) && !isIPv6(plain.host)) {
      throw refused('can be read in two ways: in a password write @ as %40, / as %2F, ? as %3F, # as %23')
    }
    return plain
  }
  const friendly = splitAt(text, text.lastIndexOf('@'))
  if (friendly?.account) return friendly
  throw refused('has no valid host, or its port is not 1..65535 (rtsp://user:password@host:port/path)')
}

function splitAt(text: string, at: number): Split | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?(?![^/?#])/i.exec(text.slice(at + 1))
  if (!match) return
  const host = (match[1] ?? match[2]).toLowerCase()
  const port = match[3] === undefined ? 554 : Number(match[3])
  if (port < 1 || port > 65_535 || !(match[1] === undefined ? isHostName(host) : isIPv6(host))) return
  return {
    account: at < 0 ? undefined : text.slice(0, at),
    host,
    port,
    path: text.slice(at + 1 + match[0].length),
  }
}

/** Dotted IPv4 or a DNS name; never the decimal, octal or hexadecimal forms that resolvers take for an address. */
function isHostName(host: string): boolean {
  if (isIPv4(host)) return true
  const names = host.replace(/\.$/, '').split('.')
  const last = names[names.length - 1]
  return (
    host.length <= 253 &&
    names.every((name) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(name)) &&
    !/^(\d+|0x[0-9a-f]*)$/.test(last)
  )
}

function credentials(account: string | undefined): { username?: string; password?: string } {
  if (!account) return {}
  const colon = account.indexOf(':')
  const username = decode(colon < 0 ? account : account.slice(0, colon))
  const password = colon < 0 ? '' : decode(account.slice(colon + 1))
  if (control.test(username) || control.test(password)) {
    throw refused('has a control character in its user or password')
  }
  return { username, password }
}

/** Percent-decodes what is valid UTF-8 percent-encoding and leaves the rest as it is: `100%` stays `100%`. */
function decode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes)
    } catch {
      return bytes
    }
  })
}

function asciiPath(path: string): string {
  // A lone surrogate has no encoding; toWellFormed makes it U+FFFD instead of an exception.
  const ascii = path.toWellFormed().replace(/[^\u0021-\u007e]+/g, encodeURIComponent)
  return ascii.startsWith('/') ? ascii : `/${ascii}`
}
