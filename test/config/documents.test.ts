/** The generated documents are current, and say every key and code. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { configDocuments } from '../../scripts/docs/config.ts'
import { errorDocuments } from '../../scripts/docs/errors.ts'
import { staleAmong } from '../../scripts/generate-docs.ts'
import { errorCodes } from '../../src/kit/errors.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

it('the reference of the configuration and the list of error codes are current (npm run docs)', () => {
  expect(staleAmong(new Map([...configDocuments(), ...errorDocuments()]), root)).toEqual([])
})

it('every error code is in the list', () => {
  const text = errorDocuments().get('docs/errors.md')
  for (const code of Object.keys(errorCodes)) expect(text).toContain(`| \`${code}\` |`)
})

it('a document that is absent or differs is stale', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skyeye-docs-'))
  try {
    writeFileSync(join(folder, 'same.md'), 'a')
    writeFileSync(join(folder, 'old.md'), 'a')
    const generated = new Map([
      ['same.md', 'a'],
      ['old.md', 'b'],
      ['new.md', 'c'],
    ])
    expect(staleAmong(generated, folder)).toEqual(['old.md', 'new.md'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
