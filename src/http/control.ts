/** The control socket: what the programs on this box may ask of the gateway that runs here. Its owner only. */
import { chmod, mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Log } from '../kit/log.ts'
import type { Part } from '../kit/part.ts'
import { controlPath } from './control-path.ts'
import type { ControlPorts } from './ports.ts'

export interface ControlSocketOptions {
  readonly dataDir: string
  readonly ports: ControlPorts
  readonly log: Log
}

export class ControlSocket implements Part {
  readonly name = 'control'
  readonly #options: ControlSocketOptions
  #app: FastifyInstance | undefined

  constructor(options: ControlSocketOptions) {
    this.#options = options
  }

  /** Where it cannot be made the gateway does without: cameras are watched all the same. */
  async start(): Promise<void> {
    const { dataDir, ports, log } = this.#options
    const path = controlPath(dataDir)
    const app = controlApp(ports)
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      // What a killed gateway left. No other one runs here: the store has locked the folder.
      await rm(path, { force: true })
      await app.listen({ path })
      await chmod(path, 0o600)
      this.#app = app
    } catch (error) {
      await app.close()
      log.warn(
        { err: error, path },
        'no control socket: skyeye drill, outbox, cameras confirm and dry runs by the socket will not find this gateway',
      )
    }
  }

  async stop(): Promise<void> {
    await this.#app?.close()
  }
}

function controlApp({
  drill,
  drillFacts,
  outbox,
  requeue,
  dryRun,
  confirmView,
}: ControlPorts): FastifyInstance {
  const app = Fastify({ bodyLimit: 4_096, forceCloseConnections: true })
  const schema = { body: { type: 'object', properties: { camera: { type: 'string' } } } }
  app.post<{ Body: { camera?: string } }>('/drills', { schema }, async ({ body }, reply) => {
    const raised = await drill(body.camera)
    return reply.code('refused' in raised ? 409 : 200).send(raised)
  })
  app.get<{ Params: { alert: string } }>('/drills/:alert', async ({ params }, reply) => {
    const facts = await drillFacts(params.alert)
    return facts ?? reply.code(404).send({ refused: `there was no drill ${params.alert}, or it is long ago` })
  })
  app.get('/outbox', () => outbox())
  const which = { body: { type: 'object', properties: { id: { type: 'string' } } } }
  app.post<{ Body: { id?: string } }>('/outbox/requeue', { schema: which }, async ({ body }, reply) => {
    const requeued = await requeue(body.id)
    if (requeued === 0 && body.id !== undefined)
      return reply
        .code(404)
        .send({ refused: `no message ${body.id} is parked: skyeye outbox lists those that are` })
    return { requeued }
  })
  const text = { type: 'string' }
  const wish = { body: { type: 'object', properties: { camera: text, rule: text, since: text } } }
  app.post<{ Body: { camera?: string; rule?: string; since?: string } }>(
    '/dry-runs',
    { schema: wish },
    async ({ body }, reply) => {
      const found = await dryRun(body)
      return reply.code('refused' in found ? 409 : 200).send(found)
    },
  )
  const view = { body: { type: 'object', properties: { camera: text, preset: text }, required: ['camera'] } }
  app.post<{ Body: { camera: string; preset?: string } }>(
    '/views/confirm',
    { schema: view },
    async ({ body }, reply) => {
      const refused = await confirmView(body)
      return refused === undefined ? body : reply.code(409).send({ refused })
    },
  )
  return app
}
