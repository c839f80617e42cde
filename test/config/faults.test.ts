/** FAULTS 1, 2, 6, 7, 8 and 9, as far as the configuration answers for them. */
import { describe, expect, it } from 'vitest'
import { parseCameraUrl } from '../../src/ingest/address.ts'
import { refusal, withCamera } from './folder.ts'

const checkUrl = (url: string): string | undefined => {
  try {
    parseCameraUrl(url)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

describe('fault 1 and 2', () => {
  it.each([
    'file:///etc/passwd',
    'concat:a|b',
    'subfile:x',
    'http://10.0.0.5/',
    '"rtsp://10.0.0.5/a\\r\\nb"',
    '"rtsp://10.0.0.5/$(id)"',
  ])('refuses the URL %s on its line', async (url) => {
    const problems = await refusal(withCamera().replace('rtsp://10.0.0.5/live', url), { checkUrl })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^skyeye.yaml:5 cameras\[0\].url: /)
  })
})

describe('fault 6', () => {
  it.each([
    ['a direction override', '"gate\\u202Etxt.exe"'],
    ['a control character', '"gate\\u0007"'],
    ['a line end', '"gate\\nWARN all is well"'],
    ['a zero-width space', '"ga\\u200Bte"'],
    ['10 kB', 'x'.repeat(10_000)],
    ['nothing', '""'],
  ])('refuses a name with %s', async (_, name) => {
    const problems = await refusal(withCamera().replace('Yard', name))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^skyeye.yaml:4 cameras\[0\].name: /)
    expect(problems[0].length).toBeLessThan(200)
  })

  it.each(['__proto__', '../..', 'a/b', 'a+b', 'x'.repeat(41), '-a'])('refuses the id %s', async (id) => {
    const problems = await refusal(withCamera().replace('id: yard', `id: ${JSON.stringify(id)}`))
    expect(problems[0]).toMatch(/^skyeye.yaml:3 cameras\[0\].id: must be lower-case letters/)
  })

  it('takes __proto__, constructor and toString for unknown keys like any other', async () => {
    const problems = await refusal(withCamera('__proto__: { tier: shop }\nconstructor: 1\ntoString: 2'))
    expect(problems.map((line) => line.replace(/ \(.*/, ''))).toEqual([
      'skyeye.yaml:6 cameras[0].__proto__: unknown key',
      'skyeye.yaml:7 cameras[0].constructor: unknown key',
      'skyeye.yaml:8 cameras[0].toString: unknown key',
    ])
  })
})

describe('fault 7', () => {
  const second = (id: string) => `- id: ${id}\n  name: B\n  url: rtsp://10.0.0.6/live`
  const text = (id: string) => `${withCamera().trimEnd()}\n${second(id).replace(/^/gm, '  ')}\n`

  it('refuses two cameras with the same id and names both lines', async () => {
    const [problem, ...more] = await refusal(text('yard'))
    expect(problem).toMatch(/^skyeye.yaml:6 cameras\[1\].id: the same id as the camera at .*skyeye.yaml:3$/)
    expect(more).toEqual([])
  })

  it.each(['YARD', 'ｙａｒｄ'])('sees that %s differs from yard only by case or width', async (id) => {
    expect((await refusal(text(id))).join('\n')).toMatch(
      /skyeye.yaml:6 cameras\[1\].id: differs only by case or width from the camera at .*skyeye.yaml:3$/,
    )
  })

  it('compares ids over rows of a CSV too', async () => {
    const list = 'id,name,url\na,A,rtsp://10.0.0.1/\na,B,rtsp://10.0.0.2/\n'
    const problems = await refusal({
      'skyeye.yaml': 'gateway: { id: g }\ncamerasFile: l.csv\n',
      'l.csv': list,
    })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^l.csv:3 id: the same id as the camera at .*l.csv:2$/)
  })
})

describe('fault 8', () => {
  it('refuses a GB id that YAML reads as a number, with the hint to quote it', async () => {
    expect(await refusal(withCamera('gbId: 34020000001320000001'))).toEqual([
      'skyeye.yaml:6 cameras[0].gbId: must be text; put it in quotes, or it loses digits',
    ])
  })

  it.each(['"3402000000132000001"', '"3402000000132000000x"', '"３４０２００００００１３２０００００01"'])(
    'refuses the GB id %s',
    async (gbId) => {
      expect((await refusal(withCamera(`gbId: ${gbId}`)))[0]).toContain(
        'cameras[0].gbId: must be 20 digits, in quotes',
      )
    },
  )
})

describe('fault 9', () => {
  it('refuses an alias bomb before it unfolds', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(', ')}]`,
    )
    const problems = await refusal(`l0: &l0 [x]\n${levels.join('\n')}\n`)
    expect(problems).toEqual([
      'skyeye.yaml:1: its aliases (*name) repeat themselves too often, or refer to themselves',
    ])
  })

  it('refuses a list of long aliases that the parser lets pass', async () => {
    const text = `a: &a [${Array(20_000).fill('1').join(',')}]\nb: [${Array(1_500).fill('*a').join(',')}]\n`
    expect((await refusal(text)).join('\n')).toContain('repeat themselves too often')
  })

  it('refuses an alias that contains itself', async () => {
    const [problem] = await refusal('gateway: &g { id: g, name: *g }\n')
    expect(problem).toContain('nested too deeply, or its aliases (*name) repeat')
  })

  it('refuses a hundred thousand brackets', async () => {
    expect((await refusal(`log: ${'['.repeat(100_000)}`)).length).toBeLessThanOrEqual(10)
    const [problem] = await refusal(`log: ${'['.repeat(100)}${']'.repeat(100)}`)
    expect(problem).toContain('nested too deeply')
  })

  it.each([
    [
      'a duplicate key',
      'log: { level: info }\nlog: { level: debug }\n',
      'skyeye.yaml:2: the same key stands twice in one mapping',
    ],
    ['tab indentation', 'log:\n\tlevel: info\n', 'skyeye.yaml:2: a tab is used for indentation; use spaces'],
    [
      'a second document',
      'log: {}\n---\nlog: {}\n',
      'skyeye.yaml:2: a second document (---) begins here; one file holds one document',
    ],
  ])('refuses %s on its line', async (_, text, sentence) => {
    expect((await refusal(text))[0]).toBe(sentence)
  })

  it('refuses GBK bytes on their line, in YAML and in CSV', async () => {
    const gbk = Buffer.concat([
      Buffer.from('gateway:\n  name: '),
      Buffer.from([0xb6, 0xab, 0xc3, 0xc5]),
      Buffer.from('\n'),
    ])
    const sentence = 'the file is not UTF-8 (perhaps GBK?); save it as UTF-8'
    expect(await refusal({ 'skyeye.yaml': gbk })).toEqual([`skyeye.yaml:2: ${sentence}`])
    const list = Buffer.concat([
      Buffer.from('id,name,url\na,'),
      Buffer.from([0xb6, 0xab]),
      Buffer.from(',rtsp://h/\n'),
    ])
    expect(
      await refusal({ 'skyeye.yaml': 'gateway: { id: g }\ncamerasFile: l.csv\n', 'l.csv': list }),
    ).toEqual([`l.csv:2: ${sentence}`])
  })

  it('refuses a file of 100 MB without reading it', async () => {
    const huge = Buffer.alloc(100 * 2 ** 20, '#')
    expect(await refusal({ 'skyeye.yaml': huge })).toEqual([
      'skyeye.yaml:1: the file has 100 MB; more than 4 MB is not read',
    ])
  })

  it('refuses a folder and a file that does not exist', async () => {
    const { loadConfig } = await import('../../src/config/load.ts')
    await expect(loadConfig('test')).rejects.toThrow('test:1: the file is not a file')
    await expect(loadConfig('no-such.yaml')).rejects.toThrow('no-such.yaml:1: the file does not exist')
  })
})
