/** ONVIF events as the Core, Analytics and Imaging specifications have them. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type CameraState, cameraStates } from '../../../src/domain/camera.ts'
import type { Rule } from '../../../src/domain/rule.ts'
import { onvifVoice } from '../../../src/publish/voices/onvif.ts'
import type { CameraView, Saying } from '../../../src/publish/voices/voice.ts'
import { sampleAlert, sampleCamera } from '../../support/alert-samples.ts'

const voice = onvifVoice({ prefix: 'onvif', gateway: 'box-1' })
const base = { labels: ['person'], severity: 'minor', duty: 'city', inertiaMs: 0, cooldownMs: 0 } as const
const gate: Rule = { ...base, kind: 'line-crossing', name: 'gate', line: 'door', direction: 'any' }
const night: Rule = { ...base, kind: 'intrusion', name: 'night', zone: 'yard' }
const crowd: Rule = { ...base, kind: 'crowding', name: 'crowd', zone: 'yard', count: 5, hysteresis: 1 }
const time = Date.UTC(2026, 10, 23, 8, 15, 30, 250)

const viewOf = (change: Partial<CameraView> = {}): CameraView => ({
  camera: { ...sampleCamera, rules: [gate, night, crowd] },
  since: time,
  rules: new Map(),
  ...change,
})
const parsed = (sayings: readonly Saying[]) =>
  sayings.map(({ topic, payload, retain }) => ({ topic, retain, message: payload && JSON.parse(payload) }))

describe('ONVIF', () => {
  it('says what docs/voices.md shows', () => {
    const page = readFileSync(new URL('../../../docs/voices.md', import.meta.url), 'utf8')
    const [, topic, example] = /^`(onvif\/[^`]+)`:\n\n```json\n([^`]+)```/m.exec(page) ?? []
    const objects = sampleAlert().objects.map((object) => ({ ...object, track: 17 }))
    const alert = sampleAlert({ kind: 'line-crossing', camera: 'east-gate', rule: 'door', time, objects })
    const [said] = onvifVoice({ prefix: 'onvif', gateway: 'box-01' }).ofAlert(alert)
    expect(said.topic).toBe(topic)
    expect(JSON.parse(said.payload)).toEqual(JSON.parse(example))
  })

  it('hears a crossing as an event with source values at the end of its topic', () => {
    const crossing = sampleAlert({ kind: 'line-crossing', rule: 'gate', zone: undefined, line: 'door', time })
    expect(parsed(voice.ofAlert(crossing, { holds: true, since: time }))).toEqual([
      {
        topic: 'onvif/box-1/onvif-ej/RuleEngine/LineDetector/Crossed/&yard/gate',
        retain: false,
        message: {
          UtcTime: '2026-11-23T08:15:30.250Z',
          Source: { VideoSource: 'yard', Rule: 'gate' },
          Data: { ObjectId: '7', ClassTypes: 'Human' },
        },
      },
    ])
    const ended = { ...crossing, phase: 'ended', ended: time } as const
    expect(voice.ofAlert(ended, { holds: false, since: time })).toEqual([])
  })

  it('hears of each rule about a zone whether what it looks for is inside, as a property without operation', () => {
    const topic = 'onvif/box-1/onvif-ej/RuleEngine/FieldDetector/ObjectsInside/&yard/night'
    const inside = (holds: boolean) => ({
      topic,
      retain: true,
      message: {
        UtcTime: '2026-11-23T08:15:30.250Z',
        Source: { VideoSource: 'yard', Rule: 'night' },
        Data: { IsInside: holds },
      },
    })
    const change = (holds: boolean) => parsed(voice.ofAlert(sampleAlert(), { holds, since: time }))
    expect(change(true)).toEqual([inside(true)])
    expect(change(false)).toEqual([inside(false)])
    expect(voice.ofAlert(sampleAlert())).toEqual([])
    expect(voice.ofAlert(sampleAlert({ zone: undefined }), { holds: true, since: time })).toEqual([])
    const rules = new Map([['night', { holds: true, since: time }]])
    const [, ...fields] = parsed(voice.ofCamera(viewOf({ rules })))
    expect(fields).toEqual([
      inside(true),
      expect.objectContaining({
        topic: topic.replace('night', 'crowd'),
        message: expect.objectContaining({ Data: { IsInside: false } }),
      }),
    ])
  })

  it('hears of a lost picture, and nothing of a camera nobody looks at', () => {
    const lossIn = (state?: CameraState) => {
      const [loss] = parsed(voice.ofCamera(viewOf(state ? { state: { state, since: time } } : {})))
      expect(loss).toMatchObject({
        topic: 'onvif/box-1/onvif-ej/VideoSource/SignalLoss/&yard',
        retain: true,
      })
      if (loss.message !== '') expect(loss.message.Source).toEqual({ Source: 'yard' })
      return loss.message === '' ? undefined : loss.message.Data.State
    }
    const lost = cameraStates.filter((state) => lossIn(state) === true)
    expect(lost).toEqual(['stalled', 'offline', 'auth_failed', 'redirect_refused', 'no_video'])
    expect(cameraStates.filter((state) => lossIn(state) === false)).toEqual(['live'])
    expect(lossIn()).toBeUndefined()
  })

  it('keeps every name inside its level of the topic, however long, and whole in the message', () => {
    const rule = `${'东门 a/b+#'.repeat(9)}`
    const [{ topic, payload }] = voice.ofAlert(sampleAlert({ rule }), { holds: true, since: time })
    expect(topic.split('/')).toHaveLength(8)
    expect(topic).not.toMatch(/[+# ]/)
    expect(JSON.parse(payload).Source.Rule).toBe(rule)
  })
})
