/** What HTTP answers: to supervisors the truth, to strangers nothing. */
import { connect } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { buildApp } from '../../src/http/app.ts'
import type { HttpPorts } from '../../src/http/ports.ts'
import { HttpServer } from '../../src/http/server.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'

const wellPorts: HttpPorts = {
  health: () => ({ alive: true, cameras: { live: 3 } }),
  ready: () => ({ ready: true, reasons: [] }),
  metrics: async () => 'skyeye_cameras 3\n',
}

function logged() {
  const lines: string[] = []
  return { lines, log: createLog('info', new SecretMask(), (line) => lines.push(line)) }
}

function appOf(change: Partial<HttpPorts> = {}) {
  const { log, lines } = logged()
  const app = buildApp({ ...wellPorts, ...change }, log)
  onTestFinished(() => app.close())
  return { app, lines }
}

it('says with facts that it lives, and with 503 that it does not', async () => {
  const { app } = appOf()
  const well = await app.inject('/healthz')
  expect([well.statusCode, well.json()]).toEqual([200, { alive: true, cameras: { live: 3 } }])
  const { app: hung } = appOf({ health: () => ({ alive: false }) })
  expect((await hung.inject('/healthz')).statusCode).toBe(503)
})

it('is not ready until nothing is missing, and says what is', async () => {
  const reasons = ['the models are still loading', 'the store is not open']
  const { app } = appOf({ ready: () => ({ ready: reasons.length === 0, reasons: [...reasons] }) })
  const early = await app.inject('/readyz')
  expect([early.statusCode, early.json()]).toEqual([503, { ready: false, reasons }])
  reasons.length = 0
  expect((await app.inject('/readyz')).statusCode).toBe(200)
})

it('shows metrics as Prometheus text', async () => {
  const { app } = appOf()
  const answer = await app.inject('/metrics')
  expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(answer.body).toBe('skyeye_cameras 3\n')
})

it('tells a stranger nothing when it fails inside, and its log everything', async () => {
  const { app, lines } = appOf({ metrics: () => Promise.reject(new Error('secret path /data/skyeye.db')) })
  const answer = await app.inject('/metrics')
  expect([answer.statusCode, answer.json()]).toEqual([500, { status: 500, error: 'Internal Server Error' }])
  expect(lines.join()).toContain('secret path /data/skyeye.db')
})

it.each([
  ['an unknown path', { method: 'GET', url: '/api/v1/../../etc/passwd' }, 404],
  ['a method that no route has', { method: 'DELETE', url: '/healthz' }, 404],
  ['a path that cannot be decoded', { method: 'GET', url: '/%c0%ae' }, 400],
] as const)('answers %s in general words', async (_, request, status) => {
  const { app } = appOf()
  const answer = await app.inject(request)
  expect(answer.statusCode).toBe(status)
  expect(Object.keys(answer.json())).toEqual(['status', 'error'])
  expect(answer.headers['x-content-type-options']).toBe('nosniff')
})

it('refuses a body of more than 64 KiB', async () => {
  const { app } = appOf()
  app.post('/echo', async (request) => request.body)
  const send = (bytes: number) =>
    app.inject({ method: 'POST', url: '/echo', payload: { text: 'x'.repeat(bytes) } })
  expect((await send(60_000)).statusCode).toBe(200)
  const refused = await send(66_000)
  expect([refused.statusCode, refused.json()]).toEqual([413, { status: 413, error: 'Payload Too Large' }])
})

it('does not log each probe', async () => {
  const { app, lines } = appOf()
  await app.inject('/healthz')
  expect(lines).toEqual([])
})

it('listens, answers, and lets go of the port when it stops, also with an idle client connected', async () => {
  const server = new HttpServer({ port: 0, ports: wellPorts, log: logged().log })
  await server.start()
  const { url } = server
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  const idle = connect(Number(new URL(url).port), '127.0.0.1')
  await new Promise((resolve) => idle.once('connect', resolve))
  const closed = new Promise((resolve) => idle.once('close', resolve))
  await server.stop()
  await closed
  await expect(fetch(`${url}/readyz`)).rejects.toThrow()
  await server.stop()
})

it('says what to do when the port is taken', async () => {
  const first = new HttpServer({ port: 0, ports: wellPorts, log: logged().log })
  onTestFinished(() => first.stop())
  await first.start()
  const port = Number(new URL(first.url).port)
  const second = new HttpServer({ port, ports: wellPorts, log: logged().log })
  await expect(second.start()).rejects.toMatchObject({
    code: 'HTTP_FAILED',
    message: expect.stringMatching(new RegExp(`127.0.0.1:${port}.*another program.*http.port`)),
  })
  await second.stop()
})
