/** What became of a published message, and which refusals of a broker are final. */

/** `forbidden`: what the broker's access list says; people change those, so the message keeps waiting. */
export type Verdict = 'final' | 'forbidden' | 'later' | 'unclear'

/** `lost`: the connection ended before an answer came; the broker may have the message or not. */
export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly verdict: Verdict; readonly why: string }
  | { readonly kind: 'lost' }

export const notAuthorised = 0x87

/** Another client has connected under our name. */
export const sessionTakenOver = 0x8e

/** MQTT 5 §3.4.2.1 and §4.13: these will be the same tomorrow. */
const final = new Map([
  [0x81, 'malformed packet'],
  [0x90, 'topic name invalid'],
  [0x95, 'packet too large'],
  [0x99, 'payload format invalid'],
  [0x9b, 'QoS not supported'],
])

/** And these pass. */
const passing = new Map([
  [0x88, 'server unavailable'],
  [0x89, 'server busy'],
  [0x91, 'packet identifier in use'],
  [0x93, 'receive maximum exceeded'],
  [0x96, 'message rate too high'],
  [0x97, 'quota exceeded'],
])

/** Judges a reason code of 0x80 or more. */
export function refusal(code: number): Outcome {
  const hex = `0x${code.toString(16)}`
  if (code === notAuthorised) return { kind: 'refused', verdict: 'forbidden', why: `not authorised (${hex})` }
  const lasting = final.get(code)
  if (lasting) return { kind: 'refused', verdict: 'final', why: `${lasting} (${hex})` }
  const brief = passing.get(code)
  if (brief) return { kind: 'refused', verdict: 'later', why: `${brief} (${hex})` }
  return { kind: 'refused', verdict: 'unclear', why: `refused with reason code ${hex}` }
}
