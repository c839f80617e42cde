import { v7 as newId } from 'uuid'
import { expect, it } from 'vitest'
import { alertRecord } from '../src/alert-record.ts'
import { sampleAlert, sampleCamera } from './support/alert-samples.ts'

const clockOf = (clockOffsetMs: number | undefined) => {
  const { message } = alertRecord({
    ...{ gateway: 'box-1', prefix: 'skyeye/v1', models: [], camera: sampleCamera, alert: sampleAlert() },
    ...{ picture: undefined, messageId: newId(), snapshotId: newId(), clockOffsetMs },
  })
  return JSON.parse(message.body ?? '').data.clock
}

it('says by how much the clock of the camera differs, where that is known: the times are the box’s', () => {
  expect(clockOf(-86_231)).toEqual({ source: 'box', offsetMs: -86_231 })
  expect(clockOf(undefined)).toEqual({ source: 'box' })
})
