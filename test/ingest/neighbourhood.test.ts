import { expect, it } from 'vitest'
import { parseCameraUrl } from '../../src/ingest/address.ts'
import { neighbourhood } from '../../src/ingest/neighbourhood.ts'

const of = (url: string) => neighbourhood(parseCameraUrl(url))

it('is the same for cameras of one network and of one recorder, whatever their accounts and ports', () => {
  expect(of('rtsp://a:b@192.168.20.11/1')).toBe(of('rtsp://192.168.20.254:8554/2'))
  expect(of('rtsp://192.168.20.11/1')).not.toBe(of('rtsp://192.168.2.11/1'))
  expect(of('rtsp://nvr.example/1')).toBe(of('rtsp://NVR.example:8554/2'))
  expect(of('rtsp://nvr.example/1')).not.toBe(of('rtsp://other.example/1'))
})

it('reads the short forms of IPv6', () => {
  expect(of('rtsp://[fd00:0:0:1::5]/1')).toBe(of('rtsp://[fd00:0000::0001:a:b:c:d]/1'))
  expect(of('rtsp://[fd00::5]/1')).toBe(of('rtsp://[fd00:0:0:0:1::]/1'))
  expect(of('rtsp://[fd00:0:0:1::5]/1')).not.toBe(of('rtsp://[fd00:0:0:2::5]/1'))
})

it('leaves each clip alone', () => {
  expect(of('file:one.mp4')).not.toBe(of('file:two.mp4'))
})
