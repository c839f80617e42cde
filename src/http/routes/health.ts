/** Is the gateway alive, and is it ready: for supervisors and load balancers. */
import type { FastifyInstance } from 'fastify'
import type { HttpPorts } from '../ports.ts'

export function healthRoutes(
  app: FastifyInstance,
  { health, ready }: Pick<HttpPorts, 'health' | 'ready'>,
): void {
  app.get('/healthz', async (_request, reply) => {
    const facts = await health()
    return reply.code(facts.alive ? 200 : 503).send(facts)
  })

  app.get('/readyz', async (_request, reply) => {
    const readiness = ready()
    return reply.code(readiness.ready ? 200 : 503).send(readiness)
  })
}
