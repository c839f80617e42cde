/** `npm run sim`: serves clips as RTSP cameras until Ctrl-C. */
import { parseArgs } from 'node:util'
import { faultHelp } from './sim/fault.ts'
import { CameraSim, type SimCamera } from './sim/server.ts'

const faults = Object.entries(faultHelp).map(([word, meaning]) => `  ${word.padEnd(18)} ${meaning}`)

const help = `node scripts/sim.ts --camera NAME=CLIP[,KEY=VALUE]… [--camera …] [--port N] [--host ADDRESS] [--json]

Serves clips as endless RTSP cameras (RTP over TCP) and prints their addresses. Ctrl-C ends it.

  --camera NAME=CLIP   repeat for more cameras; after the clip, separated by commas:
      codec=h264|h265        transcode once where the clip has another codec (kept in .cache)
      user=U,password=P      ask for this account
      auth=digest|basic      in this way (digest)
      fault=…                misbehave, see below
      phase=SECONDS          run whether or not somebody looks, this far into the clip at first
  --port N             port to listen at (8554); 0 takes a free one
  --host ADDRESS       address to listen at (127.0.0.1)
  --json               print one line of JSON, {"cameras":[{"name","url","runsSince"}]}, in place of a table;
                       runsSince, for a camera with a phase: epoch ms at which its clip began

Faults:
${faults.join('\n')}

Example: node scripts/sim.ts --camera gate=clip.mp4,codec=h265,user=admin,password=x,fault=cut@30`

class Misuse extends Error {}

/** `gate=clip.mp4,codec=h265,…`; commas inside a value are kept, as only `,key=` separates. */
function parseCamera(text: string): { name: string; camera: SimCamera } {
  const [first, ...rest] = text.split(/,(?=(?:codec|user|password|auth|fault|phase)=)/)
  const name = first.split('=', 1)[0]
  const clip = first.slice(name.length + 1)
  if (!name || !clip) throw new Misuse(`--camera ${text}: expected NAME=CLIP`)
  const given = new Map(rest.map((part) => [part.split('=', 1)[0], part.slice(part.indexOf('=') + 1)]))
  const [codec, user] = [given.get('codec'), given.get('user')]
  const scheme = given.get('auth') ?? 'digest'
  if (codec !== undefined && codec !== 'h264' && codec !== 'h265')
    throw new Misuse(`codec=${codec}: h264 or h265`)
  if (scheme !== 'digest' && scheme !== 'basic') throw new Misuse(`auth=${scheme}: digest or basic`)
  const phase = Number(given.get('phase') ?? Number.NaN)
  if (given.has('phase') && !(phase >= 0)) throw new Misuse(`phase=${given.get('phase')}: seconds, 0 or more`)
  const phaseMs = given.has('phase') ? phase * 1_000 : undefined
  const camera: SimCamera = { clip, codec, fault: given.get('fault'), phaseMs }
  if (user === undefined) return { name, camera }
  return { name, camera: { ...camera, auth: { user, password: given.get('password') ?? '', scheme } } }
}

function readCommandLine() {
  const { values } = parseArgs({
    options: {
      camera: { type: 'string', multiple: true },
      port: { type: 'string', default: '8554' },
      host: { type: 'string', default: '127.0.0.1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Misuse(`--port ${values.port}: 0 to 65535`)
  if (!values.camera) throw new Misuse('name at least one camera')
  return { ...values, port, cameras: values.camera.map(parseCamera) }
}

async function serve(): Promise<void> {
  const wish = readCommandLine()
  if (!wish) {
    console.log(help)
    return
  }
  const sim = new CameraSim({ host: wish.host, port: wish.port })
  await sim.start()
  const stop = () => {
    sim.stop().catch((error) => console.error(error))
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    const cameras: { name: string; url: string; runsSince?: number }[] = []
    for (const { name, camera } of wish.cameras) {
      console.error(`loading ${camera.clip} for ${name} …`)
      const url = await sim.addCamera(name, camera)
      cameras.push({ name, url, runsSince: sim.runsSince(name) })
    }
    if (wish.json) console.log(JSON.stringify({ cameras }))
    else for (const { name, url } of cameras) console.log(`${name}\t${url}`)
  } catch (error) {
    await sim.stop()
    throw error
  }
}

try {
  await serve()
} catch (error) {
  const { code } = error as { code?: unknown }
  const misuse = error instanceof Misuse || (typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS'))
  console.error(error instanceof Error ? error.message : error)
  if (misuse) console.error('node scripts/sim.ts --help tells more')
  process.exitCode = misuse ? 2 : 1
}
