/** Where the control socket of a gateway is. */
import { join } from 'node:path'

/** In a folder of its own, which nobody else can enter: a socket is there for all until its mode is set. */
export function controlPath(dataDir: string): string {
  return join(dataDir, 'control', 'gateway')
}
