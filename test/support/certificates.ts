/** Certificates made by openssl for one test run. */
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** For `describe.skipIf`: where it is false, `apt-get install openssl` helps. */
export const opensslPresent = spawnSync('openssl', ['version']).status === 0

const openssl = (args: readonly string[]) => execFileSync('openssl', args, { stdio: 'pipe' })

export interface Authority {
  readonly cert: string
  readonly key: string
}

/** A self-signed authority; files `<name>.pem` and `<name>.key` in the folder. */
export function makeAuthority(folder: string, name: string): Authority {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)]
  const subject = ['-subj', `/CN=${name}`, '-days', '2']
  openssl(['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject])
  return { cert, key }
}

/** A server certificate for `subjectAltName` (such as `IP:127.0.0.1`); with `days` 0 it has expired a second later. */
export function makeCertificate(
  folder: string,
  name: string,
  by: Authority,
  altName: string,
  days = 2,
): Authority {
  const [cert, key, request] = ['pem', 'key', 'csr'].map((end) => join(folder, `${name}.${end}`))
  const alt = ['-addext', `subjectAltName=${altName}`]
  openssl([
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    request,
    '-subj',
    `/CN=${name}`,
    ...alt,
  ])
  const sign = ['-CA', by.cert, '-CAkey', by.key, '-CAcreateserial', '-copy_extensions', 'copy']
  openssl(['x509', '-req', '-in', request, '-out', cert, '-days', String(days), ...sign])
  return { cert, key }
}

/** The same key under a password; the path of the new file. */
export function lockKey(folder: string, name: string, { key }: Authority): string {
  const locked = join(folder, `${name}.key`)
  openssl(['pkey', '-in', key, '-aes256', '-passout', 'pass:secret', '-out', locked])
  return locked
}
