/** Camera URLs and the networks they may point into (faults 1, 2, 3 and 5). */
import { describe, expect, it } from 'vitest'
import { accountKey, describeAddress, parseCameraUrl } from '../../src/ingest/address.ts'
import { Networks } from '../../src/ingest/networks.ts'

const refused = expect.objectContaining({ code: 'URL_REFUSED' })

describe('parseCameraUrl', () => {
  it('takes a URL apart', () => {
    expect(parseCameraUrl('rtsp://admin:pw@Cam-1.local:8554/Streaming/101?x=1')).toEqual({
      scheme: 'rtsp',
      host: 'cam-1.local',
      port: 8554,
      path: '/Streaming/101?x=1',
      username: 'admin',
      password: 'pw',
    })
    expect(parseCameraUrl('rtsp://10.0.0.5')).toEqual({
      scheme: 'rtsp',
      host: '10.0.0.5',
      port: 554,
      path: '/',
    })
    expect(parseCameraUrl('rtsp://[fd00::5]:555/a')).toMatchObject({ host: 'fd00::5', port: 555 })
    expect(parseCameraUrl('file:clips/a.mp4')).toEqual({ scheme: 'file', path: 'clips/a.mp4' })
  })

  it.each([
    'file:///etc/passwd',
    'file:/etc/passwd',
    'concat:a.mp4',
    'subfile:a.mp4',
    'http://10.0.0.5/a',
    'rtsp:10.0.0.5/a',
  ])('fault 1: refuses %s', (url) => {
    expect(() => parseCameraUrl(url)).toThrow(refused)
  })

  it.each(['\r\n', '\0', ' ', '|', '`', '$(id)', '\t', '\u202e', '%0d%0aX: y@'])(
    'fault 2: refuses %j',
    (bad) => {
      expect(() => parseCameraUrl(`rtsp://admin:x${bad}@10.0.0.5/a`)).toThrow(refused)
    },
  )

  it.each(['#frag', ':0/a', ':65536/a', ':x/a'])('refuses %s after the host', (rest) => {
    expect(() => parseCameraUrl(`rtsp://10.0.0.5${rest}`)).toThrow(refused)
  })

  it.each(['', '2130706433', '0x7f000001', '127.1', 'a..b', '-a', '[::zz]', '例.local'])(
    'refuses the host "%s"',
    (host) => {
      expect(() => parseCameraUrl(`rtsp://${host}/a`)).toThrow(refused)
    },
  )

  it.each(['@', ':', '/', '%', '#', '?', 'a@b:c/d%e#f', '天眼密码', '100%', '%zz'])(
    'fault 5: knows a password with %s, percent-encoded or as it is',
    (part) => {
      const password = `pa${part}ss`
      for (const written of [encodeURIComponent(password), password]) {
        expect(parseCameraUrl(`rtsp://admin:${written}@10.0.0.5/live`)).toMatchObject({
          host: '10.0.0.5',
          path: '/live',
          username: 'admin',
          password,
        })
      }
    },
  )

  it('asks instead of guessing where a URL can be read in two ways, and does not repeat the password', () => {
    expect(() => parseCameraUrl('rtsp://admin:12/secret@10.0.0.5/live')).toThrow(/two ways/)
    expect(() => parseCameraUrl('rtsp://admin:12/secret@10.0.0.5/live')).not.toThrow(/secret/)
    expect(parseCameraUrl('rtsp://10.0.0.5/live@main')).toMatchObject({
      host: '10.0.0.5',
      path: '/live@main',
    })
  })
})

it('describes an address without its secrets', () => {
  const address = parseCameraUrl('rtsp://admin:geheim@10.0.0.5/user=a&password=geheim&channel=1')
  expect(describeAddress(address)).toBe('rtsp://10.0.0.5:554/user=a&password=***&channel=1')
  expect(address.scheme === 'rtsp' && accountKey(address)).toBe('10.0.0.5:554 admin')
})

describe('Networks', () => {
  const everywhere = new Networks(['0.0.0.0/0', '::/0'])

  it.each([
    '127.0.0.1',
    '::1',
    '169.254.169.254',
    '0.0.0.0',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::7f00:1',
    '64:ff9b::7f00:1',
    'fe80::1',
    '100.100.100.200',
    '224.0.0.1',
    '255.255.255.255',
    '2130706433',
    'localhost',
  ])('fault 3: refuses %s even where every network is allowed', (ip) => {
    expect(everywhere.allows(ip)).toBe(false)
  })

  it('allows what is listed, in each spelling, and a reserved network only when it is listed itself', () => {
    const networks = new Networks(['10.1.0.0/16', 'fd00::/8', '127.0.0.1'])
    expect(
      ['10.1.2.3', '::ffff:10.1.2.3', '::ffff:a01:203', 'fd12::1', '127.0.0.1'].every((ip) =>
        networks.allows(ip),
      ),
    ).toBe(true)
    expect(['10.2.0.1', '127.0.0.2', 'fc00::1', '8.8.8.8'].some((ip) => networks.allows(ip))).toBe(false)
  })

  it('checks each address of a name and says which network is missing', async () => {
    const answers = new Map([
      ['inside', ['8.8.8.8', '10.0.0.9']],
      ['turned', ['127.0.0.1']],
    ])
    const resolve = async (host: string) => (answers.get(host) ?? []).map((address) => ({ address }))
    const networks = new Networks(['10.0.0.0/8'], resolve)
    await expect(networks.resolve('inside')).resolves.toBe('10.0.0.9')
    await expect(networks.resolve('turned')).rejects.toThrow(/allowNetworks.*127\.0\.0\.1\/32/)
    await expect(networks.resolve('192.168.0.1')).rejects.toEqual(refused)
    await expect(networks.resolve('nobody')).rejects.toMatchObject({ code: 'STREAM_FAILED' })
  })

  it.each(['10.0.0.0/33', '10.0.0/8', 'localhost', '::/129', '10.0.0.0/8/8', '10.0.0.0/'])(
    'refuses the entry %s',
    (cidr) => {
      expect(() => new Networks([cidr])).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
    },
  )
})
