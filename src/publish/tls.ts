/** TLS to the broker: the files of `broker.tls`, checked before they are used, and a sentence for whatever does not fit. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { GatewayError } from '../kit/errors.ts'
import type { BrokerOptions } from './ports.ts'

type TlsPaths = NonNullable<BrokerOptions['tls']>

/** Contents of the files, as `tls.connect` takes them. */
export interface TlsFiles {
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

/** Until when certificates are valid, epoch ms. */
export interface ValidUntil {
  readonly broker?: number
  readonly box?: number
}

/** So long before a certificate expires it is said, ms. */
const warnBeforeMs = 14 * 86_400_000

/** @throws GatewayError BROKER_REFUSED naming the key, the file and what is wrong with it. */
export async function readTlsFiles({ url, tls = {} }: BrokerOptions): Promise<TlsFiles> {
  if (!url.startsWith('mqtts:')) return {}
  const { ca, cert, key } = Object.fromEntries(
    await Promise.all(
      (['ca', 'cert', 'key'] as const).map(async (name) => [name, await readPem(name, tls[name])] as const),
    ),
  )
  if (ca) firstCertificate(ca, 'ca', tls.ca)
  if (cert && key && !firstCertificate(cert, 'cert', tls.cert).checkPrivateKey(privateKey(key, tls.key))) {
    throw refused('key', tls.key, `is not the key of the certificate in broker.tls.cert (${tls.cert})`)
  }
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
}

/** Of the certificate of this box. */
export function boxValidUntil({ cert }: TlsFiles): number | undefined {
  return cert && Date.parse(new X509Certificate(cert).validTo)
}

/** Sentences about certificates that have expired or soon will, for people. */
export function expiryWarnings({ broker, box }: ValidUntil, now: number): string[] {
  const named = [
    ['the certificate of the broker', broker],
    ['the certificate of this box (broker.tls.cert)', box],
  ] as const
  return named.flatMap(([whose, until]) => {
    if (until === undefined || until - now > warnBeforeMs) return []
    return [
      `${whose} ${until > now ? 'expires' : 'has expired'} on ${day(until)}: renew it, or nothing will be sent`,
    ]
  })
}

async function readPem(name: keyof TlsPaths, path: string | undefined): Promise<Buffer | undefined> {
  if (path === undefined) return undefined
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw refused(name, path, `cannot be read (${error.code ?? error.message})`)
  })
}

/** In `cert` the own one comes first, those that vouch for it after it. */
function firstCertificate(pem: Buffer, name: keyof TlsPaths, path: string | undefined): X509Certificate {
  if (!pem.includes('-----BEGIN')) throw refused(name, path, `${noPem('certificate')} CERTIFICATE-----)`)
  try {
    return new X509Certificate(pem)
  } catch {
    throw refused(name, path, `${noPem('certificate')} CERTIFICATE-----)`)
  }
}

function privateKey(pem: Buffer, path: string | undefined): KeyObject {
  if (pem.includes('ENCRYPTED')) {
    throw refused(
      'key',
      path,
      'is protected by a password: store it without (openssl pkey -in FILE -out FILE)',
    )
  }
  try {
    return createPrivateKey(pem)
  } catch {
    throw refused('key', path, `${noPem('private key')} PRIVATE KEY-----)`)
  }
}

const noPem = (what: string) => `holds no ${what} that can be read as PEM (-----BEGIN`

function refused(name: keyof TlsPaths, path: string | undefined, why: string): GatewayError {
  return new GatewayError('BROKER_REFUSED', `broker.tls.${name}: ${path} ${why}`)
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

interface TlsFault {
  readonly code: string
  readonly message: string
  /** TLS stood already when it happened. */
  readonly encrypted: boolean
}

/** Why TLS did not come about, and what to do; undefined where the fault is not TLS. */
export function tlsAdvice(
  { code, message, encrypted }: TlsFault,
  { url, tls = {} }: BrokerOptions,
  now: number,
): string | undefined {
  const clock = `or the clock of this box is wrong (it says ${new Date(now).toISOString()})`
  if (code === 'CERT_HAS_EXPIRED') return `its certificate has expired: renew it at the broker, ${clock}`
  if (code === 'CERT_NOT_YET_VALID') return `its certificate is not valid yet, ${clock}`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `its certificate is for another name (${message}): write the name that stands in the certificate into broker.url, or have one made for this name`
  }
  if (/^(UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|CERT_|ERR_TLS_CERT)/.test(code)) {
    return `its certificate is not accepted (${reason(message)}): ${
      tls.ca === undefined
        ? 'no authority that is known here signed it; put the certificate of the one that did into broker.tls.ca'
        : `broker.tls.ca (${tls.ca}) has to hold the authority that signed it`
    }`
  }
  if (!url.startsWith('mqtts:')) return undefined
  return alertAdvice(`${code} ${message}`, tls) ?? (encrypted ? undefined : portAdvice(code, message))
}

/** What the broker said before it hung up. */
function alertAdvice(text: string, { cert }: TlsPaths): string | undefined {
  if (/alert.protocol.version|unsupported.protocol/i.test(text)) {
    return 'it speaks no TLS that is still safe: have it offer TLS 1.2 or 1.3'
  }
  if (cert === undefined && /certificate.required|alert.handshake.failure/i.test(text)) {
    return 'it wants a certificate of this box: give broker.tls.cert and broker.tls.key'
  }
  const about =
    /alert.(unknown.ca|bad.certificate|certificate.\w+|unsupported.certificate|access.denied)/i.exec(text)
  if (!about) return undefined
  const words = about[1].replaceAll('_', ' ').toLowerCase()
  return `it does not accept the certificate of this box (${words}): ${
    words === 'certificate expired'
      ? `renew broker.tls.cert (${cert})`
      : `broker.tls.cert (${cert}) has to be signed by an authority that the broker knows`
  }`
}

function portAdvice(code: string, message: string): string | undefined {
  // Who answers with an alert of TLS does speak it.
  if (/alert/i.test(message))
    return `it ended the TLS handshake (${reason(message)}): the log of the broker says why`
  if (code !== 'EPROTO' && code !== 'ECONNRESET' && !code.startsWith('ERR_SSL')) return undefined
  return `no TLS there (${reason(message)}): check the port in broker.url, mqtts is 8883 as a rule`
}

/** OpenSSL wraps its reason in places of its source. */
function reason(message: string): string {
  return /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message.split(';')[0].trim()
}
