/** Every error the gateway raises on purpose: one code each, listed here and in docs/errors.md (a test compares). */

export const errorCodes = {
  CONFIG_INVALID: 'The configuration has errors; nothing was started.',
  URL_REFUSED: 'A camera URL is malformed or points where cameras may not be.',
  FFMPEG_MISSING: 'ffmpeg is absent, too old or not executable.',
  STREAM_FAILED: 'One attempt to read a stream ended.',
  AUTH_FAILED: 'The camera refused the account.',
  REDIRECT_REFUSED: 'The camera answered with a redirect to another host.',
  NO_VIDEO: 'The source has no video stream that can be read.',
  CODEC_UNSUPPORTED: 'The camera sends its video in a way that the own RTSP client does not read.',
  STREAM_SILENT: 'The stream stayed connected and went silent.',
  FORMAT_CHANGED: 'The picture size or pixel format of a stream changed; it is opened anew.',
  DECODER_CRASHED: 'ffmpeg was ended by a signal that the gateway did not send.',
  MODEL_MISSING: 'The weights of a model are not on this machine.',
  MODEL_REFUSED: 'A model file is cut off, altered, of the wrong shape, or not a detector.',
  MODEL_DOWNLOAD: 'Weights could not be downloaded.',
  VISION_HUNG: 'A model run did not come back; the process must be replaced.',
  VISION_FAILED: 'A frame could not be analysed.',
  VISION_STOPPED: 'The vision pool is stopping; the frame was not analysed.',
  REDACTION_FAILED: 'A picture could not be redacted and was discarded.',
  STORE_NEWER: 'The database was written by a newer version.',
  STORE_FAILED: 'The database refused a write.',
  HTTP_FAILED: 'The HTTP server could not listen.',
  BROKER_REFUSED: 'The broker refused the connection or a message.',
  BROKER_FAILED: 'The embedded broker could not listen.',
  MESSAGE_INVALID: 'A message does not fit its contract.',
  BENCH_FAILED: 'A measurement of skyeye bench could not be made.',
  IMPORT_REFUSED: 'A file to be imported cannot be read; nothing was written.',
  CONTROL_FAILED: 'No running gateway could be reached, or it refused what it was asked.',
  PLAY_FAILED: 'A simulated day could not be played to its end.',
  USAGE: 'The command line was not understood.',
} as const

export type ErrorCode = keyof typeof errorCodes

/** An error with a stable code and a sentence that says what, where and what to do. */
export class GatewayError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'GatewayError'
    this.code = code
  }
}
