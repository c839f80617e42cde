/** Why an attempt at a camera ends: a code, and the end of the sentence that begins with "The camera …". */
import { type ErrorCode, GatewayError } from '../kit/errors.ts'
import { describeAddress, type RtspAddress } from './address.ts'
import type { RtspResponse } from './rtsp-message.ts'

/** Thrown where the camera's address is not at hand; `message` continues the sentence "The camera …". */
export class Refusal extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, why: string) {
    super(why)
    this.name = 'Refusal'
    this.code = code
  }
}

/** The whole sentence; the address is shown without its account. */
export function cameraError(address: RtspAddress, code: ErrorCode, why: string): GatewayError {
  return new GatewayError(code, `The camera ${describeAddress(address)} ${why}.`)
}

/** What was asked, and with which account. */
export interface Asked {
  readonly method: string
  /** The request carried an Authorization header. */
  readonly signed: boolean
  /** The camera's URL has an account. */
  readonly account: boolean
}

/** What an answer with a status of 300 and above says: REDIRECT_REFUSED, AUTH_FAILED or STREAM_FAILED. */
export function refusalOf({ method, signed, account }: Asked, { status, reason }: RtspResponse): Refusal {
  if (status < 400) {
    const why = `answered ${status}, a redirect; configure the new address if it is right`
    return new Refusal('REDIRECT_REFUSED', why)
  }
  const answer = `answered ${method} with ${status} ${reason}`
  if (signed && (status === 401 || status === 403)) {
    return new Refusal('AUTH_FAILED', `${answer}: it refuses the account; check user and password`)
  }
  if (status === 401) {
    const wish = account ? 'a way of logging in that is not known here' : 'an account; its URL has none'
    return new Refusal('AUTH_FAILED', `${answer}: it asks for ${wish}`)
  }
  return new Refusal('STREAM_FAILED', status === 404 ? `${answer}; check the path of its URL` : answer)
}

/** What went wrong in few words: the system's code (ECONNREFUSED) where there is one. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error ? String(error.code) : error.message
}
