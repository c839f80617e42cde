/** Who agreed decides: a consent lets a camera be read until it is over, and shown only if it says so. */
import { expect, it } from 'vitest'
import { type Consent, mayRead, mayShow } from '../../src/domain/camera.ts'

const consent = (scope: Consent['scope']): Consent => ({
  grantedBy: 'Li',
  until: 1_000,
  documentSha256: 'a0'.repeat(32),
  scope,
})

it.each(['shop', 'household'] as const)(
  'a %s camera is read until its consent is over, and never without one',
  (tier) => {
    const camera = { tier, consent: consent(['alerts']) }
    expect([mayRead(camera, 999), mayRead(camera, 1_000)]).toEqual([true, false])
    expect(mayRead({ tier }, 0)).toBe(false)
  },
)

it('a household camera shows pictures only if that was agreed to', () => {
  expect(mayShow({ tier: 'household', consent: consent(['alerts']) })).toBe(false)
  expect(mayShow({ tier: 'household', consent: consent(['alerts', 'snapshots']) })).toBe(true)
  expect(mayShow({ tier: 'household' })).toBe(false)
})

it('a street camera needs nobody to agree', () => {
  expect([mayRead({ tier: 'public' }, 5_000), mayShow({ tier: 'public' })]).toEqual([true, true])
})
