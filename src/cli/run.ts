/** Runs one command and turns what it throws into a sentence and an exit status. */
import { ConfigError } from '../config/problems.ts'
import { GatewayError } from '../kit/errors.ts'
import { SecretMask } from '../kit/secrets.ts'
import type { Io } from './io.ts'

export type Command = 'start' | 'check' | 'replay' | 'models'

const load: Record<Command, () => Promise<(args: string[], io: Io) => Promise<number>>> = {
  start: async () => (await import('./start.ts')).start,
  check: async () => (await import('./check.ts')).check,
  replay: async () => (await import('./replay.ts')).replay,
  models: async () => (await import('./models.ts')).models,
}

/** Exit status: 0 good, 1 refused, 2 misuse. */
export async function run(name: Command, args: string[], io: Io): Promise<number> {
  try {
    const command = await load[name]()
    return await command(args, io)
  } catch (error) {
    const mask = new SecretMask()
    if (error instanceof ConfigError) {
      io.err(mask.mask(error.message))
      return 1
    }
    if (error instanceof GatewayError) {
      io.err(mask.mask(`skyeye ${name}: ${error.message}`))
      return error.code === 'USAGE' ? 2 : 1
    }
    // parseArgs says which option it did not understand.
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (code.startsWith('ERR_PARSE_ARGS')) {
      io.err(`skyeye ${name}: ${(error as Error).message}\nTry: skyeye ${name} --help`)
      return 2
    }
    throw error
  }
}
