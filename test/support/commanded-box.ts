/** A gateway that hears commands: real store and publisher, cameras that exist on paper only. */
import { Commands, type CommandsOptions } from '../../src/commands.ts'
import type { Camera } from '../../src/domain/camera.ts'
import type { Log } from '../../src/kit/log.ts'
import type { BrokerOptions } from '../../src/publish/ports.ts'
import { Publisher } from '../../src/publish/publisher.ts'
import { Store } from '../../src/store/store.ts'
import { generous } from '../store/samples.ts'
import { sampleCamera, sampleInventory } from './alert-samples.ts'

const night = { name: 'night', kind: 'intrusion', zone: 'gate', labels: ['person'] } as const
const rule = { ...night, severity: 'major', duty: 'public-order', inertiaMs: 0, cooldownMs: 0 } as const
const consent = {
  grantedBy: 'Wang Fang',
  until: 2 ** 43,
  documentSha256: '0'.repeat(64),
  scope: ['alerts'],
} as const

export const cameras: readonly Camera[] = [
  { ...sampleCamera, rules: [rule] },
  { ...sampleCamera, id: 'shop', tier: 'shop', consent },
]

/** Not started. */
export function commandedBox(
  dir: string,
  broker: Omit<BrokerOptions, 'prefix'>,
  log: Log,
  change: Partial<CommandsOptions> = {},
) {
  const prefix = 'skyeye/v1'
  const store = new Store({
    dir,
    retention: generous,
    origin: { gateway: 'box-1', prefix },
    receipts: false,
    log,
  })
  const commands: Commands = new Commands({
    ...{ gateway: 'box-1', prefix, version: '0.0.0-test', epoch: () => store.epoch, store, log },
    camera: (id) => cameras.find((camera) => camera.id === id),
    state: () => 'live',
    isCell: (code) => code !== 'nowhere',
    configuration: () => ({ gateway: { id: 'box-1' } }),
    still: async () => ({
      picture: { jpeg: new Uint8Array(5_000).fill(7), width: 640, height: 360, faces: 0 },
      frameTime: Date.UTC(2026, 10, 23),
    }),
    views: {
      whyNot: () => undefined,
      confirmed: (camera) => ({ camera: camera.id, of: 'digest', distrusted: false }),
      confirm: () => {},
    },
    overridden: async () => {},
    nudge: () => publisher.nudge(),
    rewind: () => publisher.rewind(),
    ...change,
  })
  const publisher: Publisher = new Publisher({
    ...{
      gateway: { id: 'box-1' },
      broker: { ...broker, prefix },
      outbox: store,
      announced: store,
      commands,
      log,
    },
    cameras: () => [],
    health: () => ({ alive: true }),
    inventory: sampleInventory,
    backoff: { firstMs: 20, maxMs: 100, healthyAfterMs: 60_000 },
  })
  const start = async () => {
    for (const part of [store, commands, publisher]) await part.start()
  }
  const stop = async () => {
    for (const part of [publisher, commands, store]) await part.stop()
  }
  return { store, commands, publisher, start, stop }
}
