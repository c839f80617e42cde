/** A YAML file as a plain value that still knows on which line each part of it stands. */
import { type ErrorCode, isAlias, isMap, isPair, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { Path, Place, Problems, SourceFile } from '../problems.ts'

/** Enough for a thousand cameras that share one list of zones; an alias bomb needs millions. */
const maxAliases = 2_000

/** One missing bracket makes the parser complain about all that follows. */
const maxFaults = 10

/** Own sentences, because the parser's repeat what stands there, which may be a password. */
const sentences: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'an alias (*name) without its anchor (&name); put text that begins with * in quotes',
  BAD_DQ_ESCAPE: 'an unknown \\ escape in double quotes; use single quotes',
  BAD_INDENT: 'the indentation does not fit the lines above',
  BAD_SCALAR_START: 'text may not begin with this character; put it in quotes',
  DUPLICATE_KEY: 'the same key stands twice in one mapping',
  MISSING_CHAR: 'a bracket, quote or comma is missing',
  MULTILINE_IMPLICIT_KEY: 'a colon is missing, or text that runs over several lines needs quotes',
  MULTIPLE_DOCS: 'a second document (---) begins here; one file holds one document',
  NON_STRING_KEY: 'a key must be plain text',
  TAB_AS_INDENT: 'a tab is used for indentation; use spaces',
  TAG_RESOLVE_FAILED: 'a tag (!…) is not allowed; put text that begins with ! in quotes',
}

/** Parses a YAML text. Its faults go to `problems`; undefined where nothing useful could be read. */
export function parseYamlFile(file: string, text: string, problems: Problems): SourceFile | undefined {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const source = { file, at: () => placeOf(0), atKey: () => placeOf(0), value: undefined }
  for (const fault of [...document.errors, ...document.warnings].slice(0, maxFaults)) {
    const sentence = sentences[fault.code] ?? `this is not valid YAML (${fault.code})`
    problems.add(source, [], sentence, placeOf(fault.pos[0]))
  }
  if (document.errors.length > 0 || document.warnings.length > 0) return undefined
  try {
    const value: unknown = document.toJS({ maxAliasCount: maxAliases })
    const root = document.contents
    const place = (path: Path, ofKey: boolean) => placeOf(offsetOf(root, path, ofKey, resolver(root)))
    return { file, value, at: (path) => place(path, false), atKey: (path) => place(path, true) }
  } catch {
    problems.add(source, [], 'its aliases (*name) repeat themselves too often, or refer to themselves')
    return undefined
  }

  function resolver(root: Node | null): (node: unknown) => unknown {
    return (node) => (isAlias(node) && root ? node.resolve(document) : node)
  }
}

/** Offset in the text of the value (or key) at the path, or of the deepest part of the path that exists. */
function offsetOf(root: unknown, path: Path, ofKey: boolean, resolve: (node: unknown) => unknown): number {
  let node = root
  let offset = startOf(root) ?? 0
  for (const [depth, step] of path.entries()) {
    const target = resolve(node)
    if (isSeq(target) && typeof step === 'number') {
      node = target.items[step]
    } else if (isMap(target)) {
      const pair = target.items.find((item) => isPair(item) && String(item.key) === String(step))
      if (!pair) break
      node = ofKey && depth === path.length - 1 ? pair.key : (pair.value ?? pair.key)
      // `key:` with nothing behind it has a value of no width on some later line: say the key instead.
      if (startOf(node) === endOf(node)) node = pair.key
    } else break
    offset = startOf(node) ?? offset
  }
  return offset
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0]
}

function endOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[1]
}
