/** Which cameras are likely to hang on the same switch or recorder, as far as their addresses tell. */
import { isIPv4, isIPv6 } from 'node:net'
import type { CameraAddress } from './address.ts'

/** The /24 or /64 of an address; a host name stands for itself (nobody is asked where it leads), and so does a clip. */
export function neighbourhood(address: CameraAddress): string {
  if (address.scheme === 'file') return `file:${address.path}`
  const { host } = address
  if (isIPv4(host)) return host.split('.', 3).join('.')
  return isIPv6(host) ? firstHalf(host) : host
}

/** The first four groups of an IPv6 address. */
function firstHalf(ip: string): string {
  const [head, tail = ''] = ip.split('::').map((half) => half.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0')
  const groups = [...head, ...zeros, ...tail].slice(0, 4)
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}
