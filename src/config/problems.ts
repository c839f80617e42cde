/** What is wrong with a configuration: every problem with its file, line and path, gathered into one error. */
import { GatewayError } from '../kit/errors.ts'
import { SecretMask } from '../kit/secrets.ts'

/** Problems that are kept, and those that a message shows: beyond them nobody reads on. */
const maxKept = 1_000
const maxShown = 200

/** Keys and indexes from the top of a file down to a value. */
export type Path = readonly (string | number)[]

/** One fault, or (as a warning) one thing to know. */
export interface Problem {
  /** As it was named on the command line, or next to the file that names it. */
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** `cameras[2].rules[0].zone`; the column's name in a CSV; empty for the file as a whole. */
  readonly path: string
  readonly message: string
}

/** Where a value stands in its file. */
export interface Place {
  readonly line: number
  readonly column: number
  /** What to call the place instead of its path (the column of a CSV). */
  readonly label?: string
}

/** A file that was read: its plain value, and where each part of it stands. */
export interface SourceFile {
  readonly file: string
  readonly value: unknown
  /** The place of a value, or of the closest part around it that exists. */
  at(path: Path): Place
  /** The place of a key of a mapping. */
  atKey(path: Path): Place
}

/** The configuration was refused. The message has one problem per line; secrets are masked in it. */
export class ConfigError extends GatewayError {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    const lines = problems.slice(0, maxShown).map(describeProblem)
    if (problems.length > maxShown) lines.push(`… and more: ${maxShown} problems are shown`)
    super('CONFIG_INVALID', lines.join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** `cameras.yaml:41 cameras[2].rules[0].zone: no zone …` */
export function describeProblem({ file, line, path, message }: Problem): string {
  return `${file}:${line}${path ? ` ${path}` : ''}: ${message}`
}

/** `['cameras', 2, 'rules']` as `cameras[2].rules`. */
export function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text ? `${text}.${step}` : step),
    '',
  )
}

/** Gathers problems, so that an installer sees all of them at once. */
export class Problems {
  readonly #found: Problem[] = []
  readonly #paths = new Map<string, Set<string>>()

  get count(): number {
    return this.#found.length
  }

  add(source: SourceFile, path: Path, message: string, place = source.at(path)): void {
    if (this.#found.length >= maxKept) return
    const text = formatPath(path)
    this.#found.push({
      file: source.file,
      line: place.line,
      column: place.column,
      path: place.label ?? text,
      message,
    })
    const paths = this.#paths.get(source.file) ?? new Set()
    this.#paths.set(source.file, paths.add(text))
  }

  /** Is this very value already known to be wrong? Then no second sentence is needed. */
  has(source: SourceFile, path: Path): boolean {
    return this.#paths.get(source.file)?.has(formatPath(path)) ?? false
  }

  /** By file (in the order they were read) and line, with every known secret masked. */
  sorted(files: readonly string[], secrets: readonly string[]): Problem[] {
    // Names are normalised before they are repeated.
    const mask = new SecretMask(secrets.flatMap((secret) => [secret, secret.normalize('NFC')]))
    return this.#found
      .toSorted(
        (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
      )
      .map((problem) => ({ ...problem, path: mask.mask(problem.path), message: mask.mask(problem.message) }))
  }
}
