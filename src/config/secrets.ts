/** Secrets: `${ENV_NAME}` in text, files that hold a password, and the passwords inside camera URLs. */
import { readTextFile } from './files/text-file.ts'
import type { Path, Problems, SourceFile } from './problems.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What is larger or deeper is no configuration, but aliases that multiply or refer to themselves. */
const maxValues = 1_000_000
const maxDepth = 32

/**
 * The file with each `${NAME}` replaced by the variable. In the account of an RTSP URL the value is percent-encoded,
 * so that a password may hold any character. `onValue` hears each value that was put in.
 */
export function expandVariables(
  source: SourceFile,
  env: Environment,
  problems: Problems,
  onValue: (value: string) => void,
): SourceFile {
  let values = 0
  const refuseSize = () => {
    if (values < maxValues)
      problems.add(source, [], 'it is nested too deeply, or its aliases (*name) repeat themselves too often')
    values = maxValues
    return undefined
  }
  const expand = (value: unknown, path: Path): unknown => {
    if (values + 1 >= maxValues || path.length > maxDepth) return refuseSize()
    values++
    if (typeof value === 'string') return value.includes('${') ? expandText(value, path) : value
    if (Array.isArray(value)) return value.map((item, i) => expand(item, [...path, i]))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, [...path, key])]))
  }
  const expandText = (text: string, path: Path): string => {
    const account = /^rtsp:\/\//i.test(text) ? text.lastIndexOf('@') : -1
    const expanded = text.replace(/\$\{([^}]*)\}?/g, (whole, name: string, at: number) => {
      if (!/^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(whole)) {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what the reader shall write.
        problems.add(source, path, 'contains "${" that is no variable; a variable is written as ${NAME}')
        return ''
      }
      const value = env[name]
      if (!value) {
        problems.add(source, path, `the environment variable ${name} is not set`)
        return ''
      }
      onValue(value)
      return at < account ? encodeURIComponent(value.toWellFormed()) : value
    })
    return expanded
  }
  return { ...source, value: expand(source.value, []) }
}

/** The password that a file holds, without the line end behind it; or what is wrong with the file. */
export async function readSecretFile(path: string): Promise<{ secret: string } | { fault: string }> {
  const read = await readTextFile(path)
  if ('fault' in read) return { fault: `the file ${read.fault}` }
  const secret = read.text.replace(/\r?\n$/, '')
  return secret ? { secret } : { fault: 'the file is empty' }
}

/** The URL of a camera with a password for its user; undefined where it names no user, or has a password already. */
export function withPassword(url: string, password: string): string | undefined {
  const match = /^(rtsp:\/\/[^:@/?#]+)(@.*)$/i.exec(url)
  return match ? `${match[1]}:${encodeURIComponent(password.toWellFormed())}${match[2]}` : undefined
}

/** The passwords in the URL of a camera, as they stand there and decoded: of its account, and in its path or query. */
export function urlSecrets(url: string): string[] {
  const account = /^rtsp:\/\/[^:/?#@]*:(.*)@/i.exec(url)?.[1]
  const inPath = [...url.matchAll(/(?:pass(?:word|wd)?|pwd|token|auth)=([^&/?#;]+)/gi)].map(
    (match) => match[1],
  )
  return [account ?? '', ...inPath].filter(Boolean).flatMap((secret) => [secret, decoded(secret)])
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
