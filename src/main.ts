#!/usr/bin/env node
/** Entry: check the runtime before anything native is loaded, then hand over to one command. */

const commands = ['start', 'check', 'replay', 'models'] as const

const usage = `skyeye: video-analytics edge gateway

  skyeye start  [--config FILE]                 run the gateway
  skyeye check  [--config FILE] [--connect]     validate the configuration; open each camera for a moment
  skyeye replay CLIP|URL [--config FILE]        analyse a clip as fast as possible, print alerts
  skyeye models list|pull|verify                weights on this machine
  skyeye --version | --help                     also: skyeye COMMAND --help

Exit status: 0 good, 1 refused, 2 misuse, 70 a model run hung in native code (restart it).`

const say = (line: string) => process.stdout.write(`${line}\n`)
const complain = (line: string) => process.stderr.write(`${line}\n`)

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args
  if (Number(process.versions.node.split('.')[0]) < 24) {
    complain(
      `skyeye needs Node 24, this is ${process.versions.node}: run it by npm or npx, which use the Node in node_modules`,
    )
    return 1
  }
  if (name === '--version') {
    const { version } = await import('./cli/version.ts')
    say(version())
    return 0
  }
  if (name === '--help' || name === 'help') {
    say(usage)
    return 0
  }
  const command = commands.find((known) => known === name)
  if (!command) {
    complain(name ? `skyeye: no command "${name}"\n\n${usage}` : usage)
    return 2
  }
  const { run } = await import('./cli/run.ts')
  return run(command, rest, { out: say, err: complain })
}

process.exitCode = await main(process.argv.slice(2))
