/** What fits the schema and would still not do what the installer meant: consent, ports, shapes. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadFiles, refusal, withCamera } from './folder.ts'

const consent = (scope: string) =>
  `consent: { grantedBy: Li, until: 2099-12-31, documentSha256: ${'a0'.repeat(32)}, scope: ${scope} }`

describe('the scope of a consent', () => {
  it.each(['shop', 'household'])('must name alerts for a %s camera that is read', async (tier) => {
    expect(await refusal(withCamera(`tier: ${tier}\n${consent('[snapshots]')}`))).toEqual([
      `skyeye.yaml:7 cameras[0].consent.scope: lacks alerts, but the alerts of a ${tier} camera leave the box; add alerts if that was agreed to, or set enabled: false`,
    ])
  })

  it.each([
    ['a camera that is not enabled', 'tier: household\nenabled: false\n'],
    ['a street camera', ''],
  ])('need not name them for %s', async (_, lines) => {
    const { config } = await loadFiles({ 'skyeye.yaml': withCamera(`${lines}${consent('[snapshots]')}`) })
    expect(config.cameras[0].consent?.scope).toEqual(['snapshots'])
  })

  it('is refused once where a word of it is misspelt', async () => {
    expect(await refusal(withCamera(`tier: shop\n${consent('[alert]')}`))).toEqual([
      'skyeye.yaml:7 cameras[0].consent.scope[0]: must be one of alerts, snapshots, tracks, not "alert" (did you mean "alerts"?)',
    ])
  })
})

describe('the port of the broker', () => {
  it.each(['0', '65536', '99999'])('may not be %s', async (port) => {
    const sentence = `must have a port 1..65535, not ${port}`
    expect(await refusal(`gateway: { id: gw-1 }\nbroker: embedded:${port}\n`)).toEqual([
      `skyeye.yaml:2 broker: ${sentence}`,
    ])
    expect(await refusal(`gateway: { id: gw-1 }\nbroker: { url: "mqtts://b:${port}" }\n`)).toEqual([
      `skyeye.yaml:2 broker.url: ${sentence}`,
    ])
  })

  it.each([1, 65_535])('may be %i', async (port) => {
    const text = `gateway: { id: gw-1 }\nbroker: embedded:${port}\n`
    const { config } = await loadFiles({ 'skyeye.yaml': text })
    expect(config.broker).toMatchObject({ kind: 'embedded', port })
  })

  it('is shown in full.yaml in a form that loads', async () => {
    const full = readFileSync(new URL('../../config/full.yaml', import.meta.url), 'utf8')
    const written = /^# (broker: embedded:\d+)/m.exec(full)?.[1]
    const { config } = await loadFiles({ 'skyeye.yaml': `gateway: { id: gw-1 }\n${written}\n` })
    expect(config.broker).toMatchObject({ kind: 'embedded', port: 1884 })
    expect(full).toContain('embedded:PORT')
  })
})

describe('a zone or mask', () => {
  const sentence =
    'its edges cross or touch, which leaves holes; name the corners in order around the area, or draw two areas'

  it.each([
    ['bow tie', '[[0, 0], [1, 1], [1, 0], [0, 1]]'],
    ['bow tie with unlike halves', '[[0.1, 0.1], [0.9, 0.8], [0.9, 0.1], [0.1, 0.5]]'],
    ['bow tie that crosses at a corner', '[[0, 0], [1, 1], [1, 0], [0.5, 0.5], [0, 1]]'],
    ['star', '[[0.5, 0], [0.8, 1], [0, 0.4], [1, 0.4], [0.2, 1]]'],
    ['shape drawn twice', '[[0, 0], [1, 0], [1, 1], [0, 0], [1, 0], [1, 1]]'],
    ['crown whose edge runs along another', '[[0, 0], [1, 0], [1, 1], [0.8, 0], [0.2, 0], [0, 1]]'],
  ])('that is a %s is refused', async (_, corners) => {
    expect(
      await refusal(withCamera(`masks: [${corners}]\nzones: [{ name: z, polygon: ${corners} }]`)),
    ).toEqual([
      `skyeye.yaml:6 cameras[0].masks[0]: ${sentence}`,
      `skyeye.yaml:7 cameras[0].zones[0].polygon: ${sentence}`,
    ])
  })

  it.each([
    ['concave', '[[0, 0], [1, 0], [1, 1], [0.5, 0.2], [0, 1]]'],
    ['closed by its first corner', '[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]'],
    ['drawn with a corner twice', '[[0, 0], [1, 0], [1, 0], [1, 1], [0, 1]]'],
    ['drawn with a corner in the middle of a side', '[[0, 0], [0.5, 0], [1, 0], [1, 1], [0, 1]]'],
    ['a triangle', '[[0, 0], [1, 0], [1, 1]]'],
  ])('that is %s is taken', async (_, corners) => {
    const { config } = await loadFiles({ 'skyeye.yaml': withCamera(`masks: [${corners}]`) })
    expect(config.cameras[0].masks).toHaveLength(1)
  })
})
