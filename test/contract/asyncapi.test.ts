/** The AsyncAPI document: a parser of AsyncAPI 3 takes it, and it says what the code does. */
import { readFileSync } from 'node:fs'
import { type AsyncAPIDocumentInterface, Parser } from '@asyncapi/parser'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/schema'
import { beforeAll, describe, expect, it } from 'vitest'
import { asyncapiText } from '../../scripts/docs/asyncapi.ts'
import { contractDocuments, schemas } from '../../scripts/docs/contract.ts'
import { contractExamples } from '../../scripts/docs/contract-examples.ts'
import { verbs } from '../../src/contract/command-schema.ts'
import { readReceipt } from '../../src/contract/receipt.ts'
import { validateMessage, validateSnapshotHeaders } from '../../src/contract/validate.ts'

const bytes = (payload: unknown) => Buffer.from(JSON.stringify(payload))

/** Errors and warnings, a sentence each. */
async function parse(text: string) {
  const { document, diagnostics } = await new Parser().parse(text)
  const faults = diagnostics.filter(({ severity }) => severity <= 1)
  return { document, faults: faults.map(({ path, message }) => `${path.join('/')}: ${message}`) }
}

/** What the parser made of the published document. */
let document: AsyncAPIDocumentInterface

beforeAll(async () => {
  const parsed = await parse(contractDocuments().get('docs/contract/asyncapi.yaml') ?? '')
  expect(parsed.faults).toEqual([])
  document = parsed.document!
})

describe('the AsyncAPI document', () => {
  it('is version 3, and every channel but those of the centre has one operation that sends at QoS 1', () => {
    expect(document.version()).toBe('3.0.0')
    const retained = ['camera-state', 'health', 'inventory', 'presence']
    const events = ['alert', 'snapshot', 'disposition', 'track', 'counts', 'tombstone', 'answer']
    const heard = ['command', 'receipt']
    const channels = document.channels().all()
    expect(channels.map((channel) => channel.id()).sort()).toEqual([...retained, ...events, ...heard].sort())
    for (const channel of channels.filter((one) => !heard.includes(one.id()))) {
      const [operation, ...others] = channel.operations().filterBySend()
      expect(others, channel.id()).toEqual([])
      const retain = retained.includes(channel.id())
      expect(operation.bindings().get('mqtt')?.value()).toMatchObject({ qos: 1, retain })
    }
  })

  it('has an operation for each command, which receives it and answers where it was asked to', () => {
    const operations = document
      .operations()
      .all()
      .filter((operation) => operation.isReceive() && operation.id() !== 'receive-receipt')
    expect(operations.map((operation) => operation.id()).sort()).toEqual(
      verbs.map((verb) => `receive-command-${verb}`).sort(),
    )
    for (const operation of operations) {
      const reply = operation.reply()
      expect(reply?.channel()?.id()).toBe('answer')
      expect(reply?.address()?.location()).toBe('$message.header#/responseTopic')
      expect(
        reply
          ?.messages()
          .all()
          .map((message) => message.id()),
      ).toEqual(['answer'])
    }
  })

  it('says of every level of a topic what it is', () => {
    for (const channel of document.channels().all()) {
      const named = [...(channel.address() ?? '').matchAll(/\{(\w+)\}/g)].map(([, level]) => level)
      const described = channel.parameters().all()
      expect(described.map((parameter) => parameter.id()).sort(), channel.id()).toEqual(named.sort())
      expect(described.map((parameter) => parameter.description() ?? '')).not.toContain('')
    }
  })

  it.each([
    [
      'a reference that leads nowhere',
      /illness/,
      { from: '"#/components/messages/health"', to: '"#/illness"' },
    ],
    [
      'an operation that does neither send nor receive',
      /action/,
      { from: 'action: send', to: 'action: shout' },
    ],
  ])('is refused by the parser with %s', async (_, fault, { from, to }) => {
    const text = asyncapiText(schemas)
    expect(text).toContain(from)
    expect((await parse(text.replace(from, to))).faults.join()).toMatch(fault)
  })
})

describe('the examples', () => {
  it.each(Object.entries(contractExamples))('fit their schemas: %s', (name, { payload, headers }) => {
    if (name === 'snapshot') expect(validateSnapshotHeaders(headers)).toEqual([])
    else if (name === 'receipt') expect(readReceipt(bytes(payload))).toEqual(payload)
    else expect(validateMessage(payload)).toEqual([])
  })

  it('fit the schemas as the document itself carries them, which refuse others', () => {
    for (const message of document.messages().all()) {
      for (const example of message.examples().all()) {
        const headers = example.headers()
        const [schema, value] = headers
          ? [message.headers(), headers]
          : [message.payload(), example.payload()]
        const check = Compile(schema?.json<TSchema>() ?? {})
        expect(check.Errors(value)[1], example.name()).toEqual([])
        const wrong = message.id() === 'receipt' ? { sequence: 0 } : { id: 'another' }
        expect(check.Check({ ...value, ...wrong }), example.name()).toBe(false)
        if (message.id() === 'receipt') continue
        if (!headers) expect(check.Check({ ...value, data: {} }), example.name()).toBe(false)
      }
    }
  })

  it('include the one that the page shows', () => {
    const page = readFileSync(new URL('../../docs/contract/README.md', import.meta.url), 'utf8')
    const shown = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text]) => JSON.parse(text))
    expect(shown).toEqual([contractExamples['alert-began'].payload])
  })

  it('are there for every message that is not empty, and lie on the topic of their channel', () => {
    const seen = new Set<string>()
    for (const channel of document.channels().all()) {
      const pattern = new RegExp(`^${(channel.address() ?? '').replaceAll(/\{\w+\}/g, '[^/]+')}$`)
      for (const message of channel.messages().all()) {
        const names = message
          .examples()
          .all()
          .map((example) => example.name() ?? '')
        if (message.id() !== 'camera-cleared') expect(names, message.id()).not.toEqual([])
        for (const name of names) {
          expect(contractExamples[name].topic, name).toMatch(pattern)
          seen.add(name)
        }
      }
    }
    expect([...seen].sort()).toEqual(Object.keys(contractExamples).sort())
  })
})
