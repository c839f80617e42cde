/** Walks a value along its schema: fills in defaults, refuses what does not fit, and says each fault in a sentence. */
import type { TSchema } from 'typebox'
import Value from 'typebox/value'
import type { Path, Problems, SourceFile } from './problems.ts'
import { quoted } from './quote.ts'
import { didYouMean } from './suggest.ts'

/** What the walk reads of a schema: JSON Schema, and our `mustBe`, `secret` and `text`. */
export interface SchemaNode {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly items?: SchemaNode | readonly SchemaNode[]
  readonly anyOf?: readonly SchemaNode[]
  readonly enum?: readonly string[]
  readonly const?: unknown
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  /** The end of the sentence "must be …". */
  readonly mustBe?: string
  /** The value must never be repeated in a message. */
  readonly secret?: boolean
  /** Text for people: normalised to NFC, invisible characters refused. */
  readonly text?: boolean
}

/** Controls, line separators, direction overrides and marks of no width: what makes one name look like another. */
const invisible = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u

/**
 * The value with its defaults filled in, as new objects. Faults go to `problems`; where there are any, the result is
 * only good for finding further ones.
 */
export function checkValue(schema: TSchema, source: SourceFile, problems: Problems): unknown {
  return new Walk(source, problems).value(schema as SchemaNode, source.value, [])
}

class Walk {
  readonly #source: SourceFile
  readonly #problems: Problems

  constructor(source: SourceFile, problems: Problems) {
    this.#source = source
    this.#problems = problems
  }

  value(schema: SchemaNode, given: unknown, path: Path): unknown {
    // Already refused (an unset variable, say).
    if (this.#problems.has(this.#source, path)) return given
    if (schema.anyOf) return this.#union(schema, schema.anyOf, given, path)
    if (schema.properties) return this.#mapping(schema, schema.properties, given, path)
    if (schema.type === 'array') return this.#list(schema, given, path)
    return this.#leaf(schema, given, path)
  }

  #mapping(
    schema: SchemaNode,
    fields: Readonly<Record<string, SchemaNode>>,
    given: unknown,
    path: Path,
  ): unknown {
    if (!isMapping(given)) return this.#refuse(path, `must be a mapping with ${list(Object.keys(fields))}`)
    for (const key of Object.keys(given)) {
      if (Object.hasOwn(fields, key)) continue
      const at = [...path, quoted(key) ? key : '…']
      const message = `unknown key${didYouMean(key, Object.keys(fields))}`
      this.#problems.add(this.#source, at, message, this.#source.atKey([...path, key]))
    }
    const result: Record<string, unknown> = {}
    for (const [key, field] of Object.entries(fields)) {
      // `key:` with nothing behind it is the same as no key.
      const own = Object.hasOwn(given, key) ? (given[key] ?? undefined) : undefined
      const required = schema.required?.includes(key) ?? false
      const present = own ?? (required ? defaultOf(field) : undefined)
      if (present !== undefined) result[key] = this.value(field, present, [...path, key])
      else if (required) this.#refuse([...path, key], `is missing (${firstSentence(field)})`)
    }
    return result
  }

  #list(schema: SchemaNode, given: unknown, path: Path): unknown {
    const fixed = Array.isArray(schema.items) ? (schema.items as readonly SchemaNode[]) : undefined
    const least = fixed?.length ?? schema.minItems ?? 0
    const most = fixed?.length ?? schema.maxItems ?? Number.POSITIVE_INFINITY
    if (!Array.isArray(given)) return this.#refuse(path, `must be ${schema.mustBe ?? 'a list'}`)
    if (given.length < least || given.length > most) {
      return this.#refuse(
        path,
        `must be ${schema.mustBe ?? `a list of at most ${most}`}, not ${given.length} of them`,
      )
    }
    return given.map((item, i) => this.value(fixed?.[i] ?? (schema.items as SchemaNode), item, [...path, i]))
  }

  /** Variants are told apart by being text or a mapping, and mappings by their `kind`. */
  #union(schema: SchemaNode, variants: readonly SchemaNode[], given: unknown, path: Path): unknown {
    const mappings = variants.filter((variant) => variant.properties)
    if (isMapping(given) && mappings.length === 1) return this.value(mappings[0], given, path)
    if (isMapping(given) && mappings.length > 1) {
      const kinds = mappings.map((variant) => String(variant.properties?.kind.const))
      const chosen = mappings[kinds.indexOf(String(given.kind))]
      if (chosen) return this.value(chosen, given, path)
      if (given.kind === undefined)
        return this.#refuse([...path, 'kind'], `is missing: one of ${list(kinds)}`)
      return this.#refuse([...path, 'kind'], `must be one of ${list(kinds)}${not(given.kind, kinds)}`)
    }
    if (Value.Check(schema as TSchema, given)) return given
    return this.#refuse(path, `must be ${schema.mustBe ?? `a mapping with ${list(['kind'])}`}${not(given)}`)
  }

  #leaf(schema: SchemaNode, given: unknown, path: Path): unknown {
    const value = schema.text && typeof given === 'string' ? given.normalize('NFC') : given
    if (schema.text && typeof value === 'string' && invisible.test(value)) {
      return this.#refuse(path, 'contains an invisible character (control, direction override, zero width)')
    }
    if (Value.Check(schema as TSchema, value)) return value
    if (schema.type === 'string' && typeof value === 'number') {
      const hint = Math.abs(value) > Number.MAX_SAFE_INTEGER ? ', or it loses digits' : ''
      return this.#refuse(path, `must be text; put it in quotes${hint}`)
    }
    return this.#refuse(path, `must be ${wanted(schema)}${schema.secret ? '' : not(given, schema.enum)}`)
  }

  #refuse(path: Path, message: string): undefined {
    this.#problems.add(this.#source, path, message)
    return undefined
  }
}

/** A section whose required keys all have defaults may be left out as a whole. */
function defaultOf(schema: SchemaNode): unknown {
  if (schema.default !== undefined) return schema.default
  const { properties, required = [] } = schema
  return properties && required.every((key) => properties[key].default !== undefined) ? {} : undefined
}

function wanted(schema: SchemaNode): string {
  if (schema.mustBe) return schema.mustBe
  if (schema.enum) return `one of ${list(schema.enum)}`
  if (schema.type === 'boolean') return 'true or false'
  if (schema.type !== 'integer' && schema.type !== 'number') return 'text'
  return `a ${schema.type === 'integer' ? 'whole ' : ''}number ${schema.minimum}..${schema.maximum}`
}

/** `, not "x"` where it may be repeated, with a better word where one is close. */
function not(value: unknown, words: readonly string[] = []): string {
  if (typeof value === 'string') {
    const shown = quoted(value)
    return shown === undefined ? '' : `, not ${shown}${didYouMean(value, words)}`
  }
  if (typeof value === 'number' || typeof value === 'boolean') return `, not ${value}`
  return Array.isArray(value) ? ', not a list' : isMapping(value) ? ', not a mapping' : ''
}

function firstSentence({ description = '' }: SchemaNode): string {
  return description.split(/[.;](?= |$)/)[0]
}

function list(words: readonly string[]): string {
  return words.join(', ')
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
