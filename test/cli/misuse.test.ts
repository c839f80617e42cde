/** What every command says of itself, and how it answers what it does not understand. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ran } from './program.ts'

const commands = ['start', 'check', 'replay', 'bench', 'models', 'contract', 'drill']
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

it('tells its version', async () => {
  expect(await ran(['--version'])).toEqual({ status: 0, out: `${version}\n`, err: '' })
})

it.each(['--help', 'help'])('lists its commands for %s', async (word) => {
  const { status, out, err } = await ran([word])
  expect([status, err]).toEqual([0, ''])
  for (const command of commands) expect(out).toContain(`skyeye ${command}`)
})

it('lists its commands where none is named, as a misuse', async () => {
  const { status, out, err } = await ran([])
  expect([status, out]).toEqual([2, ''])
  expect(err).toContain('skyeye start')
})

it('names the command it does not know', async () => {
  const { status, out, err } = await ran(['stat'])
  expect([status, out]).toEqual([2, ''])
  expect(err).toMatch(/^skyeye: no command "stat"\n[\s\S]*skyeye start/)
})

describe.each(commands)('%s', (command) => {
  it('explains each of its options', async () => {
    const { status, out, err } = await ran([command, '--help'])
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(new RegExp(`^skyeye ${command} `))
    expect(out).toContain('--help ')
  })

  it.each([['--confg'], ['--version']])('says that it has no option %s', async (option) => {
    const { status, out, err } = await ran([command, option])
    expect([status, out]).toEqual([2, ''])
    expect(err).toContain(`skyeye ${command}: Unknown option '${option}'`)
    expect(err).toContain(`Try: skyeye ${command} --help`)
    expect(err).not.toMatch(/^ {4}at /m)
  })
})

it.each([
  [['start', 'extra'], /Unexpected argument 'extra'/],
  [['check', '--config'], /'--config <value>' argument missing/],
  [['replay'], /name one clip or URL/],
  [['replay', 'one.mp4', 'two.mp4'], /name one clip or URL/],
  [['bench', '--cameras', '0'], /--cameras takes a whole number from 1 to 4096/],
  [['bench', '--cameras', '2.5'], /--cameras takes a whole number/],
  [['bench', '--busy', 'much'], /--busy takes a number from 0 to 1/],
  [['bench', '--seconds', '1'], /--seconds takes a number from \d+ to 240/],
  [['bench', '--stream', '4k'], /--stream takes one of: d1, 1080p/],
  [['contract', 'play'], /play to which broker\?/],
  [['contract', 'listen', '--broker', 'mqtt://127.0.0.1'], /play to which broker\?/],
  [['contract', 'play', '--broker', '127.0.0.1:1883'], /--broker takes mqtt:\/\/host:port/],
  [
    ['contract', 'play', '--broker', 'mqtt://127.0.0.1', '--gateways', '501'],
    /--gateways takes a whole number from 1 to 500/,
  ],
  [['contract', 'play', '--broker', 'mqtt://127.0.0.1', '--speed', '0'], /--speed takes a number above 0/],
  [
    ['contract', 'play', '--broker', 'mqtt://127.0.0.1', '--prefix', 'a/#'],
    /--prefix takes levels of a topic/,
  ],
  [['drill', '--timeout', 'soon'], /--timeout takes seconds/],
  [['models'], /skyeye models list/],
  [['models', 'fetch'], /skyeye models list/],
  [
    ['models', 'pull', 'yolo-nine'],
    /there is no model or tier "yolo-nine" \(models: rtmdet-nano-person, skyeye-nano, yolox-nano, yunet-n; tiers: light, standard, sharp\)/,
  ],
])('answers %j with a sentence', async (args, sentence) => {
  const { status, out, err } = await ran(args)
  expect([status, out]).toEqual([2, ''])
  expect(err).toMatch(sentence)
  expect(err).not.toMatch(/^ {4}at /m)
})
