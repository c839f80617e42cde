/** Is another gateway online under our name? Asked under another client id, so that nobody is thrown out for the question. */
import { sleep } from '../kit/retry.ts'
import { openClient, type SessionOptions } from './handshake.ts'

/** Retained messages follow the answer to a subscription at once. */
const retainedWithinMs = 500

/**
 * Reads the retained presence and judges it. Brokers that do not say why they close a connection (MQTT 3.1.1, and
 * mosquitto 2.0 also with MQTT 5) leave no other way. False where the broker does not let us read it.
 */
export async function isNamesakeOnline(
  options: Omit<SessionOptions, 'will'>,
  topic: string,
  isForeign: (presence: string) => boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const heard = new AbortController()
  const enough = AbortSignal.any([signal, heard.signal])
  let found = false
  try {
    const client = await openClient({ ...options, clientId: `${options.clientId}-look` }, signal)
    client.on('message', (_topic, payload) => {
      found = isForeign(payload.toString())
      heard.abort()
    })
    try {
      // A broker that hangs is for the session's own watchdog to find.
      const answer = sleep(options.connectTimeoutMs, enough)
      await Promise.race([client.subscribeAsync(topic, { qos: 0 }), answer])
      await sleep(retainedWithinMs, enough)
    } finally {
      heard.abort()
      client.end(true)
    }
  } catch {
    // The attempt to connect that follows says what is wrong with the broker.
  }
  return found
}
