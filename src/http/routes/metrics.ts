/** Numbers for Prometheus. */
import type { FastifyInstance } from 'fastify'
import type { HttpPorts } from '../ports.ts'

export function metricsRoutes(app: FastifyInstance, { metrics }: Pick<HttpPorts, 'metrics'>): void {
  app.get('/metrics', async (_request, reply) => {
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics())
  })
}
