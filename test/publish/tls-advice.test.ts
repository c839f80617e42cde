/** What no test can make a real broker do here, as OpenSSL words it. */
import { expect, it } from 'vitest'
import { expiryWarnings, tlsAdvice } from '../../src/publish/tls.ts'

const now = Date.UTC(2026, 10, 26)
const ours = { url: 'mqtts://broker.example', prefix: 'p', tls: { cert: 'box.pem', key: 'box.key' } }
const advice = (code: string, message = '', tls: object | undefined = ours.tls, encrypted = false) =>
  tlsAdvice({ code, message, encrypted }, { ...ours, tls }, now)

it('asks for a certificate where TLS 1.2 only fails, and does not claim to know why where there is one', () => {
  const message =
    '40BD:error:0A000410:SSL routines:ssl3_read_bytes:ssl/tls alert handshake failure:rec_layer_s3.c:918:'
  const code = 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'
  expect(advice(code, message, {})).toMatch(/wants a certificate of this box/)
  expect(advice(code, message)).toBe(
    'it ended the TLS handshake (ssl/tls alert handshake failure): the log of the broker says why',
  )
})

it('names the clock of the box where a certificate is not valid yet', () => {
  expect(advice('CERT_NOT_YET_VALID')).toMatch(
    /the clock of this box is wrong \(it says 2026-11-26T00:00:00.000Z\)/,
  )
})

it('says nothing about TLS where the link broke after it stood, or where there is none', () => {
  expect(advice('ECONNRESET', 'read ECONNRESET', undefined, true)).toBeUndefined()
  expect(advice('ECONNREFUSED', 'connect ECONNREFUSED')).toBeUndefined()
  const plain = { url: 'mqtt://broker.example', prefix: 'p' }
  expect(tlsAdvice({ code: 'ECONNRESET', message: '', encrypted: false }, plain, now)).toBeUndefined()
})

it('warns of a certificate in its last fourteen days, and after them', () => {
  const day = 86_400_000
  expect(expiryWarnings({ broker: now + 15 * day, box: undefined }, now)).toEqual([])
  expect(expiryWarnings({ broker: now + 13 * day, box: now - day }, now)).toEqual([
    expect.stringMatching(/^the certificate of the broker expires on 2026-12-09/),
    expect.stringMatching(/^the certificate of this box \(broker\.tls\.cert\) has expired on 2026-11-25/),
  ])
})
