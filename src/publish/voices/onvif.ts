/**
 * ONVIF events over MQTT: topics and JSON of the Core specification ("Event Broker"), events of the Analytics and Imaging
 * specifications. A property is retained and its PropertyOperation not told; what is no property is not retained.
 */
import { safeLevel } from '../../contract/topics.ts'
import type { Alert } from '../../domain/alert.ts'
import type { CameraState } from '../../domain/camera.ts'
import type { Label } from '../../domain/detection.ts'
import type { CameraView, Saying, Standing, Voice } from './voice.ts'

/** Does no picture come? Absent where nobody looks, or not yet. */
const signalLoss: Partial<Record<CameraState, boolean>> = {
  live: false,
  stalled: true,
  offline: true,
  no_video: true,
  auth_failed: true,
  redirect_refused: true,
}

/** Of the enumeration ObjectType. */
const classTypes: Partial<Record<Label, string>> = {
  person: 'Human',
  'two-wheeler': 'Bike',
  vehicle: 'Vehicle',
}

interface OnvifEvent {
  /** Without its namespace. */
  readonly topic: string
  readonly retain: boolean
  /** Epoch ms. */
  readonly time: number
  /** Its values, in this order, end the MQTT topic. */
  readonly source: Readonly<Record<string, string>>
  /** Absent: the property is deleted. */
  readonly data?: Readonly<Record<string, string | boolean>>
}

export interface OnvifVoiceOptions {
  /** With the gateway's id behind it, so that it is unique as ONVIF demands. */
  readonly prefix: string
  readonly gateway: string
}

export function onvifVoice({ prefix, gateway }: OnvifVoiceOptions): Voice {
  const say = ({ topic, retain, time, source, data }: OnvifEvent): Saying => {
    const values = Object.values(source).map((value) => safeLevel(value))
    const message = { UtcTime: new Date(time).toISOString(), Source: source, Data: data }
    return {
      topic: `${prefix}/${safeLevel(gateway)}/onvif-ej/${topic}/&${values.join('/')}`,
      payload: data ? JSON.stringify(message) : '',
      retain,
      contentType: 'application/json',
    }
  }
  return {
    ofGateway: () => [],
    ofCamera(view) {
      const { camera, since, rules } = view
      // Every rule about a zone says whether what it looks for is inside.
      const fields = camera.rules.filter((rule) => 'zone' in rule)
      const notYet = { holds: false, since }
      return [
        say(signalLost(view)),
        ...fields.map(({ name }) => say(objectsInside(camera.id, name, rules.get(name) ?? notYet))),
      ]
    },
    ofAlert(alert, change) {
      if (alert.kind === 'line-crossing') return alert.phase === 'began' ? [say(crossed(alert))] : []
      if (!change || alert.zone === undefined) return []
      return [say(objectsInside(alert.camera, alert.rule, change))]
    },
  }
}

function crossed({ camera, rule, time, objects }: Alert): OnvifEvent {
  const labels = new Set(objects.map(({ label }) => label))
  return {
    topic: 'RuleEngine/LineDetector/Crossed',
    retain: false,
    time,
    source: { VideoSource: camera, Rule: rule },
    data: {
      ObjectId: objects.map(({ track }) => track).join(' '),
      ClassTypes: [...labels].flatMap((label) => classTypes[label] ?? []).join(' '),
    },
  }
}

function objectsInside(camera: string, rule: string, { holds, since }: Standing): OnvifEvent {
  return {
    topic: 'RuleEngine/FieldDetector/ObjectsInside',
    retain: true,
    time: since,
    source: { VideoSource: camera, Rule: rule },
    data: { IsInside: holds },
  }
}

function signalLost({ camera, state, since }: CameraView): OnvifEvent {
  const lost = state && signalLoss[state.state]
  return {
    topic: 'VideoSource/SignalLoss',
    retain: true,
    time: state?.since ?? since,
    source: { Source: camera.id },
    ...(lost === undefined ? {} : { data: { State: lost } }),
  }
}
