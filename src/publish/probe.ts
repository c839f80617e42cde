/** Tries the broker once, for `check --connect`: does it take this box's account, and which MQTT does it speak? */
import { OtherProtocol, openSession } from './handshake.ts'
import type { BrokerOptions } from './ports.ts'
import { expiryWarnings } from './tls.ts'

export type BrokerProbe =
  | { readonly protocol: '5' | '3.1.1'; readonly warnings: readonly string[] }
  | { readonly why: string }

/** For one connection; there may be one for each version of MQTT. */
const timeoutMs = 5_000

/** Publishes nothing and leaves no will. The client id is not the gateway's, so one that runs keeps its connection. */
export async function probeBroker(broker: BrokerOptions, gateway: string): Promise<BrokerProbe> {
  const signal = AbortSignal.timeout(3 * timeoutMs)
  const options = {
    broker,
    clientId: `skyeye-${gateway}-check`,
    connectTimeoutMs: timeoutMs,
    ackTimeoutMs: timeoutMs,
  }
  for (const protocol of [5, 4] as const) {
    try {
      const session = await openSession({ ...options, protocol }, signal)
      await session.close(1_000)
      const warnings = expiryWarnings(session.validUntil, Date.now())
      return { protocol: protocol === 5 ? '5' : '3.1.1', warnings }
    } catch (error) {
      if (error instanceof OtherProtocol) continue
      return { why: error instanceof Error ? error.message : String(error) }
    }
  }
  return { why: `broker ${broker.url}: speaks neither MQTT 5 nor 3.1.1` }
}
