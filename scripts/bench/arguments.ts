/** What benchmarks are told on their command line: checked, and what is wrong ends them with one sentence and status 2. */

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** The command line asks for what cannot be done. */
export class Misuse extends Error {}

/** Throws Misuse where the value is none of those. */
export function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value)
  if (!found) throw new Misuse(`--${name} ${value}: ${allowed.join(' or ')}`)
  return found
}

/** Throws Misuse where the value is no number of that range. */
export function within(name: string, value: string, from: number, to: number, whole: boolean): number {
  const number = Number(value)
  if (value.trim() !== '' && number >= from && number <= to && (!whole || Number.isInteger(number)))
    return number
  throw new Misuse(`--${name} ${value}: ${whole ? 'a whole number' : 'a number'} from ${from} to ${to}`)
}

/** Path of another checkout's root; undefined where none is named. Throws Misuse where there is no gateway in it. */
export function checkout(folder: string | undefined): string | undefined {
  const root = folder && resolve(folder)
  if (root && !existsSync(resolve(root, 'src/main.ts')))
    throw new Misuse(`--gateway ${root}: no gateway there`)
  return root
}

export interface Benchmark<Wish extends { readonly json: boolean }, Figures> {
  /** As npm calls it. */
  readonly command: string
  readonly help: string
  /** Undefined where only help is wanted. */
  readonly read: () => Wish | undefined
  readonly measure: (wish: Wish, say: (text: string) => void) => Promise<Figures>
  /** For people. */
  readonly sentences: (figures: Figures) => readonly string[]
}

/** Runs a benchmark: progress to standard error; to standard output what it found, as sentences or as one line of JSON. */
export function benchmark<Wish extends { readonly json: boolean }, Figures>(
  of: Benchmark<Wish, Figures>,
): Promise<void> {
  return endWell(of.command, async () => {
    const wish = of.read()
    if (!wish) {
      console.log(of.help)
      return
    }
    const figures = await of.measure(wish, (text) => console.error(`» ${text}`))
    const lines = wish.json ? [JSON.stringify(figures)] : of.sentences(figures)
    for (const line of lines) console.log(line)
  })
}

/** Runs a program: a misuse ends it with status 2 and a hint at its help, all other trouble with status 1. */
export async function endWell(command: string, main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    const { code } = error as { code?: unknown }
    const misuse = error instanceof Misuse || (typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS'))
    console.error(error instanceof Error ? error.message : error)
    if (misuse) console.error(`npm run ${command} -- --help tells more`)
    process.exitCode = misuse ? 2 : 1
  }
}
