/** Finds the command, runs it, and turns what it throws into a sentence and an exit status. */
import { GatewayError } from '../kit/errors.ts'
import { SecretMask } from '../kit/secrets.ts'
import type { Io } from './io.ts'
import { version } from './version.ts'

const usage = `skyeye: video-analytics edge gateway

  skyeye start  [--config FILE]                 run the gateway
  skyeye check  [--config FILE] [--connect]     validate the configuration; try the broker and each camera
  skyeye replay CLIP|URL [--config FILE]        analyse a clip as fast as possible, print alerts
  skyeye dry-run [--rule YAML] [--since 7d]      what a rule would have raised, over the tracks of the last days
  skyeye bench  [--cameras N]                   how many cameras this box can watch, in two minutes
  skyeye models list|pull|verify                weights on this machine
  skyeye cameras import FILE                    take in a list of cameras, CSV or XLSX
  skyeye cameras confirm CAMERA                 say that the view of a camera that was moved is as it shall be
  skyeye places import [--grid FILE] …          take in the tables of the grid, CSV or XLSX
  skyeye places who CELL                        who answers for a cell now
  skyeye audit verify                           is the audit log as it was written?
  skyeye drill  [--camera ID]                   a marked alert through the running gateway: when had the broker it?
  skyeye outbox [requeue ID|--all]              what waits, what the broker refused for good and why; send that again
  skyeye contract play --broker URL             a simulated day of 30 gateways, for whoever programs the centre
  skyeye --version | --help                     also: skyeye COMMAND --help

Exit status: 0 good, 1 refused, 2 misuse, 70 a model run hung in native code (restart it).`

type Command = (args: string[], io: Io) => Promise<number>

/** Loaded when asked for: `--help` needs neither models nor a database. */
const commands: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['start', async () => (await import('./start.ts')).start],
  ['check', async () => (await import('./check.ts')).check],
  ['replay', async () => (await import('./replay.ts')).replay],
  ['dry-run', async () => (await import('./dry-run.ts')).dryRunCommand],
  ['bench', async () => (await import('./bench.ts')).bench],
  ['models', async () => (await import('./models.ts')).models],
  ['cameras', async () => (await import('./cameras.ts')).cameras],
  ['audit', async () => (await import('./audit.ts')).audit],
  ['contract', async () => (await import('./contract.ts')).contract],
  ['drill', async () => (await import('./drill.ts')).drill],
  ['outbox', async () => (await import('./outbox.ts')).outbox],
  ['places', async () => (await import('./places.ts')).places],
])

/** Exit status: 0 good, 1 refused, 2 misuse. */
export async function run([name, ...args]: string[], io: Io): Promise<number> {
  if (name === '--version') {
    io.out(version())
    return 0
  }
  if (name === '--help' || name === 'help') {
    io.out(usage)
    return 0
  }
  const load = commands.get(name ?? '')
  if (!load) {
    io.err(name ? `skyeye: no command "${name}"\n\n${usage}` : usage)
    return 2
  }
  try {
    const command = await load()
    return await command(args, io)
  } catch (error) {
    return refusal(name, error, io)
  }
}

function refusal(name: string, error: unknown, io: Io): number {
  if (error instanceof GatewayError) {
    const sentence = new SecretMask().mask(error.message)
    // A refused configuration is a list of its own, with a file and line at the beginning of each line.
    io.err(error.code === 'CONFIG_INVALID' ? sentence : `skyeye ${name}: ${sentence}`)
    return error.code === 'USAGE' ? 2 : 1
  }
  // parseArgs says which option it did not understand.
  if (error instanceof Error && String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')) {
    io.err(`skyeye ${name}: ${error.message}\nTry: skyeye ${name} --help`)
    return 2
  }
  throw error
}
