/** The HTTP application without a socket: routes, limits, and answers that tell strangers nothing. */
import { STATUS_CODES } from 'node:http'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  LogController,
} from 'fastify'
import type { Log } from '../kit/log.ts'
import type { HttpPorts } from './ports.ts'
import { healthRoutes } from './routes/health.ts'
import { metricsRoutes } from './routes/metrics.ts'

const bodyLimitBytes = 64 * 1024
/** A client gets so long to send its request. */
const requestTimeoutMs = 10_000
const mostConnections = 256

const answerHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

/** Builds the application; tests `inject` into it, the server listens with it. */
export function buildApp(ports: HttpPorts, log: Log): FastifyInstance {
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    // Probes and scrapes come every few seconds: logged one by one they would bury everything else.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    // Requests that fail before they reach a route pass neither hooks nor the error handler.
    frameworkErrors: (error, _request, reply) => {
      const status = error.statusCode ?? 400
      // Fastify types this reply for a route that is not known here; it is a reply like any other.
      void (reply as unknown as FastifyReply).headers(answerHeaders).code(status).send(generic(status))
    },
  })
  app.server.maxConnections = mostConnections
  app.addHook('onSend', async (_request, reply) => {
    reply.headers(answerHeaders)
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send(generic(404)))
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode && error.statusCode >= 400 ? error.statusCode : 500
    if (status >= 500) request.log.error({ err: error, route: request.routeOptions.url }, 'a request failed')
    return reply.code(status).send(generic(status))
  })
  healthRoutes(app, ports)
  metricsRoutes(app, ports)
  return app
}

/** The status in words and nothing else: what went wrong inside is for the log. */
function generic(status: number): { status: number; error: string } {
  return { status, error: STATUS_CODES[status] ?? 'Error' }
}
