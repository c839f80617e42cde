/** The further voices that a configuration asks for. */
import { homeAssistantVoice } from './home-assistant.ts'
import { onvifVoice } from './onvif.ts'
import type { Voice } from './voice.ts'

/** Each is off unless it is there. */
export interface VoiceChoice {
  readonly onvif?: { readonly prefix: string }
  readonly homeAssistant?: { readonly discoveryPrefix: string }
}

/** `prefix` is that of the contract. */
export function chosenVoices(
  { onvif, homeAssistant }: VoiceChoice,
  gateway: string,
  prefix: string,
): Voice[] {
  return [
    ...(onvif ? [onvifVoice({ ...onvif, gateway })] : []),
    ...(homeAssistant ? [homeAssistantVoice({ ...homeAssistant, gateway, prefix })] : []),
  ]
}
