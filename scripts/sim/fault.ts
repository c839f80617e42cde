/** The ways a simulated camera can misbehave, and the words that ask for them. */

export type Fault =
  | { readonly kind: 'silent' | 'wrong-password' | 'audio-only' | '404' }
  | { readonly kind: 'redirect'; readonly to: string }
  /** `after` counts in seconds from the start of playing. */
  | { readonly kind: 'stall' | 'cut' | 'garbage' | 'resize'; readonly after: number }

/** What each word does, for the help text. */
export const faultHelp = {
  silent: 'takes the TCP connection and answers nothing',
  'wrong-password': 'answers 401 to every account',
  'audio-only': 'describes a microphone instead of video, and sends nothing',
  '404': 'says there is no such camera',
  'redirect=rtsp://…': 'answers 302 to that address',
  'stall@S': 'sends nothing more after S seconds, keeps the connection',
  'cut@S': 'closes the connection after S seconds',
  'garbage@S': 'sends random bytes for pictures after S seconds',
  'resize@S': 'switches to half the width and height after S seconds',
} as const

/** Reads `cut@10` and its like; throws with the list of what there is. */
export function parseFault(text: string): Fault {
  if (text.startsWith('redirect=')) return { kind: 'redirect', to: text.slice('redirect='.length) }
  const [kind, after, ...rest] = text.split('@')
  switch (kind) {
    case 'silent':
    case 'wrong-password':
    case 'audio-only':
    case '404':
      if (after === undefined) return { kind }
      break
    case 'stall':
    case 'cut':
    case 'garbage':
    case 'resize':
      if (rest.length === 0 && Number(after ?? 0) >= 0) return { kind, after: Number(after ?? 0) }
  }
  throw new Error(`no fault "${text}" (there are: ${Object.keys(faultHelp).join(' ')})`)
}
