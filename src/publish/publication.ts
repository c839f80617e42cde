/** A delivery as the session sends it. */
import { finishMessage } from '../contract/alert-message.ts'
import type { Delivery } from './ports.ts'
import type { Publication } from './session.ts'

/** @throws SyntaxError where the body is no JSON. */
export function toPublication(delivery: Delivery, now: number): Publication {
  const { id, epoch, sequence, topic, contentType, body, sha256 } = delivery
  const expiry = expiryOf(delivery, now)
  if (typeof body === 'string') {
    return {
      ...{ topic, contentType, retain: false, ...expiry },
      payload: finishMessage(body, { epoch, sequence, sentAt: now }),
    }
  }
  const userProperties = {
    id,
    epoch,
    class: delivery.class,
    sequence: String(sequence),
    ...(sha256 === undefined ? {} : { sha256 }),
  }
  const payload = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return { topic, contentType, retain: false, payload, userProperties }
}

/** Seconds that are left; what is late already had its chance to be given up, and still leaves. */
function expiryOf({ expiresAt }: Delivery, now: number): Pick<Publication, 'expirySeconds'> {
  return expiresAt === undefined ? {} : { expirySeconds: Math.max(1, Math.ceil((expiresAt - now) / 1_000)) }
}
