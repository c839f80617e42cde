/** The configuration in force as the centre may see it: no secrets, no way to a camera, nobody's name. */
import type { Config } from './config/config.ts'
import type { Camera } from './domain/camera.ts'
import type { Override } from './domain/override.ts'
import { SecretMask } from './kit/secrets.ts'

export function configReport(config: Config, overrides: readonly Override[]): object {
  const { broker, cameras, tables, secrets, ...sections } = config
  const {
    password: _,
    username: __,
    ...brokerShown
  } = { username: undefined, password: undefined, ...broker }
  const report = {
    ...sections,
    broker: brokerShown,
    cameras: cameras.map(shown),
    versions: { grid: tables.grid?.version, places: tables.places?.version },
    overrides: overrides.map(({ until, ...override }) => ({
      ...override,
      ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    })),
  }
  // The last line: a password that somebody wrote into a name or a path.
  const mask = new SecretMask(secrets)
  const masked = (_key: string, value: unknown) => (typeof value === 'string' ? mask.mask(value) : value)
  return JSON.parse(JSON.stringify(report, masked)) as object
}

/** As the inventory, it never says how a camera is reached; of a consent it tells how far it goes, not who gave it. */
function shown({ url: _, consent, ...camera }: Camera): object {
  if (!consent) return camera
  const { until, scope } = consent
  return { ...camera, consent: { until: new Date(until).toISOString(), scope } }
}
