/** Where cameras may be: an allow-list of networks, asked at each connect with the address that is really dialled. */
import { lookup } from 'node:dns/promises'
import { BlockList, isIP, isIPv6 } from 'node:net'
import { GatewayError } from '../kit/errors.ts'

/**
 * Networks where no camera lives: this box, link-local (with cloud metadata), unspecified, multicast, and IPv6 forms
 * that smuggle an IPv4 address. A wider entry such as 0.0.0.0/0 does not open them; an entry within them does.
 */
const reserved = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '100.100.100.200/32', // metadata service of Alibaba Cloud, inside the shared 100.64.0.0/10
  '192.0.0.192/32', // the same of Oracle Cloud
  '224.0.0.0/3',
  '::/96',
  '64:ff9b::/96',
  '2002::/16',
  'fd00:ec2::254/128', // the same of AWS, inside fc00::/7
  'fe80::/10',
  'ff00::/8',
].map(parseNetwork)

type Resolve = (host: string) => Promise<readonly { readonly address: string }[]>

export class Networks {
  readonly #cidrs: readonly string[]
  readonly #lookup: Resolve
  readonly #open = new BlockList()
  /** Entries that lie within a reserved network. */
  readonly #explicit = new BlockList()
  readonly #reserved = new BlockList()

  /** `cidrs` such as `192.168.0.0/16`, `fd00::/8`, or a single address. Throws CONFIG_INVALID. */
  constructor(cidrs: readonly string[], resolve: Resolve = (host) => lookup(host, { all: true })) {
    this.#cidrs = cidrs
    this.#lookup = resolve
    for (const network of reserved) add(this.#reserved, network)
    for (const network of cidrs.map(parseNetwork)) {
      add(reserved.some((outer) => contains(outer, network)) ? this.#explicit : this.#open, network)
    }
  }

  /** May a camera be at this IP? Anything that is no IP may not. */
  allows(ip: string): boolean {
    if (isIP(ip) === 0) return false
    const address = unmapped(ip)
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    return (this.#reserved.check(address, family) ? this.#explicit : this.#open).check(address, family)
  }

  /**
   * The address to dial for a host: resolved once and checked, so that a second answer of the DNS changes nothing.
   * Throws URL_REFUSED naming the network that is missing, STREAM_FAILED where the name has no address.
   */
  async resolve(host: string): Promise<string> {
    const ips = isIP(host) ? [host] : await this.#addresses(host)
    const ip = ips.find((candidate) => this.allows(candidate))
    if (ip !== undefined) return ip
    const where = isIP(host) ? host : `${host} (${ips.join(', ')})`
    const missing = `${unmapped(ips[0])}/${isIPv6(unmapped(ips[0])) ? 128 : 32}`
    throw new GatewayError(
      'URL_REFUSED',
      `Cameras may not be at ${where}: no entry of allowNetworks (${this.#cidrs.join(', ') || 'empty'}) covers it. ` +
        `If a camera is really there, add its network, for example ${missing}.`,
    )
  }

  async #addresses(host: string): Promise<string[]> {
    let failure: unknown = new Error('no address')
    try {
      const answers = await this.#lookup(host)
      if (answers.length > 0) return answers.map((answer) => answer.address)
    } catch (error) {
      failure = error
    }
    const why = failure instanceof Error ? failure.message : String(failure)
    throw new GatewayError('STREAM_FAILED', `The name ${host} could not be resolved (${why}).`, {
      cause: failure,
    })
  }
}

interface Network {
  readonly ip: string
  readonly prefix: number
  readonly family: 'ipv4' | 'ipv6'
}

function parseNetwork(cidr: string): Network {
  const [ip, prefixText, ...more] = cidr.split('/')
  const bits = isIPv6(ip) ? 128 : 32
  const prefix = prefixText === undefined ? bits : /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : -1
  if (isIP(ip) === 0 || ip.includes('%') || more.length > 0 || prefix < 0 || prefix > bits) {
    throw new GatewayError('CONFIG_INVALID', `"${cidr}" is not a network such as 192.168.0.0/16 or fd00::/8.`)
  }
  const plain = unmapped(ip)
  if (plain === ip) return { ip, prefix, family: bits === 128 ? 'ipv6' : 'ipv4' }
  return { ip: plain, prefix: Math.max(0, prefix - 96), family: 'ipv4' }
}

function add(list: BlockList, { ip, prefix, family }: Network): void {
  list.addSubnet(ip, prefix, family)
}

function contains(outer: Network, inner: Network): boolean {
  if (outer.family !== inner.family || inner.prefix < outer.prefix) return false
  const list = new BlockList()
  add(list, outer)
  return list.check(inner.ip, inner.family)
}

/** The IPv4 address inside an IPv4-mapped IPv6 one, however it is spelt; any other address unchanged. */
function unmapped(ip: string): string {
  if (!isIPv6(ip) || ip.includes('%')) return ip
  const spelt = new URL(`http://[${ip}]`).hostname.slice(1, -1)
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(spelt)
  if (!hex) return ip
  const [high, low] = [Number.parseInt(hex[1], 16), Number.parseInt(hex[2], 16)]
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}
