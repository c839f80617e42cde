/** `skyeye cameras confirm`: somebody has looked at what a camera shows, and says that it is its view. */
import { parseArgs } from 'node:util'
import { GatewayError } from '../kit/errors.ts'
import { askGateway } from './ask-gateway.ts'
import type { Io } from './io.ts'
import { anyVariable, defaultConfigPath, readConfig } from './setup.ts'

export const confirmHelp = `skyeye cameras confirm CAMERA [--preset NAME] [--config FILE] [--json]

Says that what the camera shows now is its view, and that its privacy masks hide what they shall. A camera that was moved gives no
pictures until then, also when it shows again what it showed before: look at it first, at the camera or with another program. Done by
the gateway that runs here, and written to its audit log. To be run as the account of the gateway.

  --preset NAME   for a camera that turns: where it stands. Its view is learned within about ten seconds: leave it there
  --config FILE   configuration of the gateway (default: ${defaultConfigPath})
  --json          one JSON document instead of text
  --help          this text

Exit status: 0 confirmed, 1 refused (it gives no picture, nothing can be seen in it, no gateway runs), 2 misuse.`

/** Exit status: 0 confirmed, 1 refused, 2 misuse. */
export async function confirmView(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      preset: { type: 'string' },
      config: { type: 'string', default: defaultConfigPath },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    io.out(confirmHelp)
    return 0
  }
  const [camera, ...more] = positionals
  const { preset } = values
  if (camera === undefined || more.length > 0)
    throw new GatewayError('USAGE', `which camera?\n\n${confirmHelp}`)
  const { config } = await readConfig(values.config, { env: anyVariable })
  const confirmed = await askGateway(config.dataDir, 'POST', '/views/confirm', { camera, preset })
  const view = preset === undefined ? `the view of camera ${camera}` : `preset ${preset} of camera ${camera}`
  io.out(values.json ? JSON.stringify(confirmed) : `${view} is confirmed`)
  return 0
}
