/** docs/errors.md from the list of error codes. */
import { errorCodes } from '../../src/kit/errors.ts'

export function errorDocuments(): Map<string, string> {
  const rows = Object.entries(errorCodes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`)
  const text = `# Error codes

Every error that the gateway raises on purpose has one of these codes; the sentence that comes with it says what, where and
what to do. Generated from \`src/kit/errors.ts\` by \`npm run docs\`.

| code | meaning |
|---|---|
${rows.join('\n')}
`
  return new Map([['docs/errors.md', text]])
}
