/** Which camera state the end of an attempt means. */
import type { CameraState } from '../domain/camera.ts'
import type { ErrorCode } from '../kit/errors.ts'

const states = new Map<ErrorCode | undefined, CameraState>([
  ['AUTH_FAILED', 'auth_failed'],
  ['REDIRECT_REFUSED', 'redirect_refused'],
  ['NO_VIDEO', 'no_video'],
  ['STREAM_SILENT', 'stalled'],
])

/** For a code that has no state of its own, and for a stream that just ended: offline. */
export function stateAfter(code: ErrorCode | undefined): CameraState {
  return states.get(code) ?? 'offline'
}
