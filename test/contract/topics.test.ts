/** Topics: where messages go, and that no name gets out of its level. */
import { describe, expect, it } from 'vitest'
import {
  alertTopic,
  cameraStateTopic,
  presenceTopic,
  snapshotTopic,
  topicLevel,
} from '../../src/contract/topics.ts'

describe('topics', () => {
  it('follow the table of the contract', () => {
    const grid = { street: '110', community: '110-2', group: '07', unit: '0113' }
    const alert = { gateway: 'box', grid, camera: 'yard', kind: 'intrusion' }
    expect(alertTopic('skyeye/v1', alert)).toBe('skyeye/v1/alerts/box/110/110-2/07/0113/yard/intrusion')
    expect(presenceTopic('p', 'box')).toBe('p/gateways/box/presence')
    expect(cameraStateTopic('p', 'box', 'yard')).toBe('p/cameras/box/yard/state')
    expect(snapshotTopic('p', 'box', 'yard', 'a1')).toBe('p/snapshots/box/yard/a1')
  })

  it('say _ where a grid code is not known', () => {
    const alert = { gateway: 'box', grid: { street: '110' }, camera: 'yard', kind: 'crowding' }
    expect(alertTopic('p', alert)).toBe('p/alerts/box/110/_/_/_/yard/crowding')
  })

  it.each(['a/b', '#', '+', '$SYS', 'a\u0000b', 'tab\t', 'c1\u0085', 'a b', '../..', '100%', '\ud800'])(
    'keep %j inside its level',
    (name) => {
      const level = topicLevel(name)
      expect(level).not.toMatch(/[/#+$\s]/)
      expect(Array.from(level).every((char) => char > ' ' && !(char >= '\u007f' && char < '\u00a0'))).toBe(
        true,
      )
      expect(level.isWellFormed()).toBe(true)
    },
  )

  it('keep different names different', () => {
    const names = ['a/b', 'a%2Fb', 'a+b', 'a b', 'ab']
    expect(new Set(names.map((name) => topicLevel(name))).size).toBe(names.length)
  })

  it('refuse a name that is too long instead of cutting it', () => {
    expect(topicLevel('x'.repeat(64))).toHaveLength(64)
    expect(() => topicLevel('x'.repeat(65))).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }))
  })
})
