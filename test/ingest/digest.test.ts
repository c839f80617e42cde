/** Log-ins against the examples of the RFCs. */
import { describe, expect, it } from 'vitest'
import { Authenticator } from '../../src/ingest/digest.ts'

const mufasa = { username: 'Mufasa', password: 'Circle of Life' }

describe('Authenticator', () => {
  it('answers the examples of RFC 7616 3.9.1, SHA-256 before MD5', () => {
    const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
    const challenge = (algorithm: string) =>
      `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, ` +
      'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    const authenticator = new Authenticator(mufasa, () => cnonce)
    expect(authenticator.challenge([challenge('MD5'), challenge('SHA-256')])).toBe(true)
    const sha256 = authenticator.authorization('GET', '/dir/index.html')
    expect(sha256).toContain('response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"')
    expect(sha256).toContain('nc=00000001')
    expect(authenticator.authorization('GET', '/dir/index.html')).toContain('nc=00000002')
    authenticator.challenge([challenge('MD5')])
    expect(authenticator.authorization('GET', '/dir/index.html')).toContain(
      'response="8ca523f5e9506fed4657c9700eebdbec"',
    )
  })

  it('answers the example of RFC 2617, and leaves qop out where the camera does', () => {
    const authenticator = new Authenticator(
      { username: 'Mufasa', password: 'Circle Of Life' },
      () => '0a4f113b',
    )
    const nonce = 'realm="testrealm@host.com",nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    authenticator.challenge([`Digest ${nonce}, qop="auth"`])
    expect(authenticator.authorization('GET', '/dir/index.html')).toContain(
      'response="6629fae49393a05397450978507c4ef1"',
    )
    authenticator.challenge([`Digest ${nonce}`])
    const legacy = authenticator.authorization('GET', '/dir/index.html')
    expect(legacy).toContain('response="670fd8c2df070c60b045671b8b24ff02"')
    expect(legacy).not.toMatch(/qop|cnonce|nc=/)
  })

  it('takes Basic only where nothing better is offered, also from one header with both', () => {
    const authenticator = new Authenticator({ username: 'admin', password: '密码' })
    authenticator.challenge(['Basic realm="a, b", Digest realm="c", nonce="n", stale=TRUE'])
    expect(authenticator.authorization('DESCRIBE', 'rtsp://c/')).toMatch(/^Digest .*realm="c"/)
    expect(authenticator.stale).toBe(true)
    authenticator.challenge(['Basic realm="a"'])
    expect(authenticator.authorization('DESCRIBE', 'rtsp://c/')).toBe(
      `Basic ${Buffer.from('admin:密码').toString('base64')}`,
    )
  })

  it('says where it cannot answer', () => {
    const authenticator = new Authenticator(mufasa)
    expect(authenticator.authorization('PLAY', 'x')).toBeUndefined()
    for (const offer of [
      'Negotiate',
      'Digest realm="x"',
      'Digest nonce="n", algorithm=SHA-512',
      'Digest nonce="n", qop="auth-int"',
      '',
    ]) {
      expect(authenticator.challenge([offer])).toBe(false)
    }
  })
})
