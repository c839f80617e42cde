/** Downloads one file of known length into a `.part` that a later call can resume. */
import { open, rm, stat } from 'node:fs/promises'
import { GatewayError } from '../kit/errors.ts'
import { sleep } from '../kit/retry.ts'

/** Bytes that are there, of how many. */
export type Progress = (done: number, total: number) => void

/** Connections that may break before we give up, and the silence after which one counts as broken. */
const attempts = 4
const silenceMs = 30_000

/**
 * Continues `part` where it ends. Throws MODEL_DOWNLOAD when the server refuses, sends more than `bytes`, or the
 * connection breaks again and again; what arrived stays for the next call.
 */
export async function download(
  url: string,
  part: string,
  bytes: number,
  onProgress: Progress,
): Promise<void> {
  let last: unknown
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      if ((await fetchRest(url, part, bytes, onProgress)) >= bytes) return
      last = new Error('the connection ended early')
    } catch (error) {
      if (error instanceof GatewayError) throw error
      last = error
    }
    if (attempt < attempts) await sleep(attempt * 500)
  }
  const cause = last as Error & { cause?: Error }
  const why = [cause.message, cause.cause?.message].filter(Boolean).join(': ')
  throw new GatewayError(
    'MODEL_DOWNLOAD',
    `${url} could not be downloaded (${why}); run the command again to resume, or set SKYEYE_MODELS_MIRROR to a folder or URL that has it`,
    { cause: last },
  )
}

/** One connection. Returns how many bytes the part has now. */
async function fetchRest(url: string, part: string, bytes: number, onProgress: Progress): Promise<number> {
  let have = await stat(part).then(
    ({ size }) => size,
    () => 0,
  )
  if (have > bytes) {
    await rm(part)
    have = 0
  }
  if (have === bytes) return have
  const silence = new AbortController()
  const stillness = () =>
    setTimeout(() => silence.abort(new Error(`nothing came for ${silenceMs / 1_000} s`)), silenceMs)
  let timer = stillness()
  try {
    const headers = have > 0 ? { range: `bytes=${have}-` } : undefined
    const response = await fetch(url, { headers, signal: silence.signal })
    if (!response.ok || !response.body) {
      await response.body?.cancel()
      throw refusedBy(url, response.status)
    }
    // A server that does not know ranges sends everything again.
    const resumed =
      response.status === 206 && (response.headers.get('content-range') ?? '').startsWith(`bytes ${have}-`)
    if (!resumed) have = 0
    await using file = await open(part, resumed ? 'a' : 'w')
    for await (const chunk of response.body) {
      clearTimeout(timer)
      timer = stillness()
      if (have + chunk.byteLength > bytes)
        throw new GatewayError(
          'MODEL_DOWNLOAD',
          `${url} is longer than the ${bytes} bytes its manifest names`,
        )
      await file.writeFile(chunk)
      have += chunk.byteLength
      onProgress(have, bytes)
    }
    return have
  } finally {
    clearTimeout(timer)
  }
}

/** Server faults may pass, so they are tried again (a plain error); anything else is final. */
function refusedBy(url: string, status: number): Error {
  if (status >= 500 || status === 429) return new Error(`the server answered ${status}`)
  return new GatewayError(
    'MODEL_DOWNLOAD',
    `${url} was refused with status ${status}; set SKYEYE_MODELS_MIRROR to a folder or URL that has the file`,
  )
}
