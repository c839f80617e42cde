/** A delivery as the session sends it. */
import { finishMessage } from '../contract/alert-message.ts'
import type { Delivery } from './ports.ts'
import type { Publication } from './session.ts'

/** @throws SyntaxError where the body is no JSON. */
export function toPublication(delivery: Delivery, now: number): Publication {
  const { id, epoch, sequence, topic, contentType, body, sha256 } = delivery
  if (typeof body === 'string') {
    return {
      topic,
      contentType,
      retain: false,
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
