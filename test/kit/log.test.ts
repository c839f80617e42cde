import { expect, it } from 'vitest'
import { createLog, oncePer } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'

const lines: string[] = []
const secrets = new SecretMask()
const log = createLog('info', secrets, (line) => lines.push(line))

it.each(['p@ss:w/o%rd#', '口令密码', 'quote"back\\slash'])(
  'never writes the secret %s, plain, encoded or nested',
  (secret) => {
    lines.length = 0
    secrets.remember(secret)
    log.info(
      { url: `rtsp://admin:${encodeURIComponent(secret)}@10.0.0.7/sub`, deep: { password: secret } },
      `with ${secret}`,
    )
    log.error({ err: new Error(`refused: ${secret}`) }, 'failed')
    expect(lines).toHaveLength(2)
    for (const line of lines) {
      expect(line).not.toContain(secret)
      expect(line).not.toContain(encodeURIComponent(secret))
      expect(line).not.toContain(JSON.stringify(secret).slice(1, -1))
      expect(() => JSON.parse(line)).not.toThrow()
    }
  },
)

it('hides a secret of which another one is the beginning', () => {
  lines.length = 0
  secrets.remember('hunter')
  secrets.remember('hunter2-long')
  log.info('tried hunter2-long and hunter')
  expect(JSON.parse(lines[0]).msg).toBe('tried *** and ***')
})

it('masks the user-info of a URL nobody told it about', () => {
  lines.length = 0
  log.info('opening rtsp://root:hunter2@10.0.0.9:554/live?x=1')
  expect(lines[0]).toContain('rtsp://***@10.0.0.9:554/live?x=1')
})

it('lets repeated trouble through once a period and says how much was held back', () => {
  let now = 0
  const said: number[] = []
  const limited = oncePer(1000, () => now)
  for (now = 0; now <= 2000; now += 100) limited('yard', (held) => said.push(held))
  expect(said).toEqual([0, 9, 9])
})
