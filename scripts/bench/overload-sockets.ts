/** What lies in the kernel between cameras and the gateway: bytes that a reader who cannot keep up leaves in its sockets. */
import { readFileSync } from 'node:fs'
import type { PlayingCamera } from './sim-process.ts'

/** All cameras of a simulator are at one port. */
export function cameraPort(cameras: readonly PlayingCamera[]): number {
  return Number(new URL(cameras[0].url).port)
}

/** Sent by whoever listens at the port and not yet read on the other side, over all its connections. */
export function unreadBytes(port: number, table: string = readFileSync('/proc/net/tcp', 'utf8')): number {
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .reduce((sum, [, local = '', remote = '', , queues = '']) => {
      const [sent, received] = queues.split(':').map((hexadecimal) => Number.parseInt(hexadecimal, 16))
      // A listener's queue counts connections, not bytes: it has no other side.
      if (portOf(local) === port && portOf(remote) !== 0) return sum + sent
      return portOf(remote) === port ? sum + received : sum
    }, 0)
}

/** Of `0100007F:1F90`. */
function portOf(address: string): number {
  return Number.parseInt(address.split(':')[1] ?? '', 16)
}

/** What the kernel keeps at most for one connection, both sides together. */
export function mostUnreadBytes(): number {
  const most = (name: string) =>
    Number(readFileSync(`/proc/sys/net/ipv4/${name}`, 'utf8').trim().split(/\s+/)[2])
  return most('tcp_rmem') + most('tcp_wmem')
}
