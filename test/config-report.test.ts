/** The configuration as the centre may see it. */
import { expect, it } from 'vitest'
import type { Config } from '../src/config/config.ts'
import { configReport } from '../src/config-report.ts'
import { sampleCamera } from './support/alert-samples.ts'

/** What the report reads of a configuration. */
function configWith(secrets: readonly string[], name: string): Config {
  const cameras = [{ ...sampleCamera, name, place: { lon: 116.412345, lat: 39.9 } }]
  const broker = { kind: 'remote', url: 'mqtts://b:8883', prefix: 'p', username: 'u', password: secrets[0] }
  return { gateway: { id: 'box-1' }, broker, cameras, tables: {}, secrets } as unknown as Config
}

it('hides passwords in words, and leaves the numbers that look like one', () => {
  const report = JSON.stringify(configReport(configWith(['12345', 'true'], 'gate 12345'), []))
  expect(report).toContain('"name":"gate ***"')
  expect(report).toContain('116.412345')
  expect(report).not.toContain('password')
  expect(report).not.toContain('rtsp:')
})
