/** Asks the gateway that runs on this box, by its control socket. */
import { request } from 'node:http'
import { controlPath } from '../http/control-path.ts'
import { GatewayError } from '../kit/errors.ts'

const timeoutMs = 10_000

/** @throws GatewayError CONTROL_FAILED where no gateway runs there, this account may not ask it, or it refuses. */
export async function askGateway<Answer>(
  dataDir: string,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<Answer> {
  const { status, text } = await ask(dataDir, method, path, body).catch((error: NodeJS.ErrnoException) => {
    throw new GatewayError('CONTROL_FAILED', sentence(error, dataDir), { cause: error })
  })
  const answer = JSON.parse(text) as Answer & { refused?: string; message?: string }
  if (status === 200) return answer
  throw new GatewayError(
    'CONTROL_FAILED',
    answer.refused ?? answer.message ?? `the gateway answered ${status}`,
  )
}

function ask(
  dataDir: string,
  method: string,
  path: string,
  body: object | undefined,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'content-type': 'application/json' } : {}
    const asked = request({ socketPath: controlPath(dataDir), method, path, headers, timeout: timeoutMs })
    asked.on('timeout', () => asked.destroy(new Error(`it did not answer for ${timeoutMs / 1_000} s`)))
    asked.on('error', reject)
    asked.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', reject).on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    asked.end(body && JSON.stringify(body))
  })
}

function sentence({ code, message }: NodeJS.ErrnoException, dataDir: string): string {
  if (code === 'ENOENT' || code === 'ECONNREFUSED')
    return `no gateway runs in ${dataDir}: start it, name its configuration with --config, or ask from the folder in which it was started`
  if (code === 'EACCES')
    return `this account may not speak to the gateway in ${dataDir}: use the gateway's own`
  return `the gateway in ${dataDir} could not be asked: ${message}`
}
