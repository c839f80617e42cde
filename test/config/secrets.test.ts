/** Secrets come from variables and files, reach the parts that need them, and are never repeated. */
import { describe, expect, it } from 'vitest'
import { parseCameraUrl } from '../../src/ingest/address.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { loadFiles, refusal, withCamera } from './folder.ts'

const marked = (name: string) => `\${${name}}`
const awkward = 'p@ss:/w%20?#密$'
const withUrl = (url: string, lines = '') => withCamera(lines).replace('rtsp://10.0.0.5/live', url)

describe('secrets', () => {
  it('lets a password in a variable have any character, and masks it in every form', async () => {
    const text = withUrl(`rtsp://admin:${marked('NVR_PASSWORD')}@10.0.0.5/live`)
    const { config } = await loadFiles({ 'skyeye.yaml': text }, { env: { NVR_PASSWORD: awkward } })
    const { url } = config.cameras[0]
    expect(parseCameraUrl(url)).toMatchObject({ username: 'admin', password: awkward, host: '10.0.0.5' })
    expect(config.secrets).toContain(awkward)
    const mask = new SecretMask()
    for (const secret of config.secrets) mask.remember(secret)
    expect(mask.mask(`${awkward} ${encodeURIComponent(awkward)}`)).toBe('*** ***')
  })

  it('names every variable that is not set or empty, and says nothing else about those values', async () => {
    const text = withUrl(`rtsp://admin:${marked('NVR_PASSWORD')}@10.0.0.5/live`, `gbId: ${marked('GB')}`)
    expect(await refusal(text, { env: { GB: '' } })).toEqual([
      'skyeye.yaml:5 cameras[0].url: the environment variable NVR_PASSWORD is not set',
      'skyeye.yaml:6 cameras[0].gbId: the environment variable GB is not set',
    ])
  })

  it('refuses what only looks like a variable', async () => {
    const [problem] = await refusal(withCamera(`tags: ["${marked('not a name')}"]`))
    expect(problem).toMatch(/^skyeye.yaml:6 cameras\[0\].tags\[0\]: contains "\$\{" that is no variable/)
  })

  it('reads passwords from files, without the line end, and watches those files', async () => {
    const main = withUrl('rtsp://admin@10.0.0.5/live', 'passwordFile: nvr').concat(
      'broker: { url: "mqtts://b:8883", username: gw, passwordFile: mq }\n',
    )
    const { config, files } = await loadFiles({ 'skyeye.yaml': main, nvr: `${awkward}\n`, mq: 'br0ker\r\n' })
    expect(config.broker).toMatchObject({ kind: 'remote', password: 'br0ker', prefix: 'skyeye/v1' })
    expect(config.broker).not.toHaveProperty('passwordFile')
    expect(parseCameraUrl(config.cameras[0].url)).toMatchObject({ password: awkward })
    expect(config.secrets).toEqual(expect.arrayContaining([awkward, 'br0ker']))
    expect(files).toHaveLength(3)
  })

  it('refuses a password file that is empty, missing, or beside a password', async () => {
    const main = withUrl('rtsp://admin:x@10.0.0.5/live', 'passwordFile: nvr')
    expect(await refusal({ 'skyeye.yaml': main, nvr: 'y' })).toEqual([
      'skyeye.yaml:5 cameras[0].url: must name a user and no password before the host, because passwordFile holds it',
    ])
    expect(await refusal({ 'skyeye.yaml': main, nvr: '\n' })).toContain(
      'skyeye.yaml:6 cameras[0].passwordFile: the file is empty',
    )
    expect(await refusal(main)).toContain('skyeye.yaml:6 cameras[0].passwordFile: the file does not exist')
  })

  it('finds passwords that old cameras take in the path', async () => {
    const text = withUrl('"rtsp://10.0.0.5/user=admin&password=S3cret%21&channel=1"')
    expect((await loadFiles({ 'skyeye.yaml': text })).config.secrets).toEqual(['S3cret%21', 'S3cret!'])
  })

  it('never repeats a password in what it refuses', async () => {
    const problems = await refusal(
      {
        'skyeye.yaml': `${withUrl(`rtsp://admin:${marked('NVR')}@10.0.0.5/live`, 'passwrd: hunter2\ngbId: hunter2x')}broker: { url: "mqtt://gw:hunter2@b", username: 7, password: [hunter2] }\nlog: { level: "${marked('NVR')}" }\n`,
      },
      { env: { NVR: 'tr0ub4dor' }, checkUrl: (url) => `cannot use ${url} or tr0ub4dor` },
    )
    const text = problems.join('\n').replace('"hunter2x"', '')
    expect(problems.length).toBeGreaterThan(5)
    expect(text).not.toMatch(/hunter2|tr0ub4dor/)
  })

  it.each(['*hunter2', '!hunter2', '@hunter2', '"hunter2', '"\\hunter2"', '{hunter2', '%hunter2'])(
    'never repeats a password that YAML cannot read: %s',
    async (password) => {
      const problems = await refusal(`gateway: { id: gw-1 }\nbroker:\n  password: ${password}\n`)
      expect(problems.length).toBeGreaterThan(0)
      expect(problems.join('\n')).not.toContain('unter2')
    },
  )
})

it('asks the check it was given about each URL, and puts the answer on the line of the URL', async () => {
  const checkUrl = (url: string) => (url.startsWith('file:') ? 'names no clip' : undefined)
  expect(await refusal(withUrl('file:/etc/passwd'), { checkUrl })).toEqual([
    'skyeye.yaml:5 cameras[0].url: names no clip',
  ])
})
