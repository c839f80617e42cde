/** What the commands that work on stored things say of a camera that turns. */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { ran } from './program.ts'

const config = fileURLToPath(new URL('../../config/full.yaml', import.meta.url))
const env = { NVR_PASSWORD: 'nvr-pass', SHOP_PASSWORD: 'shop-pass', BROKER_PASSWORD: 'broker-pass' }
const about = ['--config', config, '--camera']

it.each([
  [
    ['replay', 'clip.mp4', ...about, 'square-dome'],
    'say with --preset where the clip was taken (market, bus-stop)',
  ],
  [['replay', 'clip.mp4', ...about, 'square-dome', '--preset', 'moon'], 'say with --preset where'],
  [['replay', 'clip.mp4', ...about, 'gate-east', '--preset', 'market'], 'camera gate-east does not turn'],
  [['dry-run', ...about, 'square-dome'], 'stored tracks do not say at which preset it stood'],
])('%j is a misuse', async (args, sentence) => {
  const { status, err } = await ran(args, { env })
  expect([status, err]).toEqual([2, expect.stringContaining(sentence)])
})
