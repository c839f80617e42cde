/** Loads a configuration: reads, checks everything, and either says all that is wrong or hands over what is right. */
import { dirname, join, resolve } from 'node:path'
import { checkCalibration } from './calibration.ts'
import { checkCameraPresets, checkNoTagPresets } from './camera-presets.ts'
import { checkConsent, checkIds, checkTags, type ListedCamera } from './cameras.ts'
import { checkValue } from './check.ts'
import type { Config } from './config.ts'
import { camerasTable } from './files/cameras-csv.ts'
import { parseTable } from './files/csv-table.ts'
import { readTextFile, type TextFile } from './files/text-file.ts'
import { parseYamlFile } from './files/yaml-file.ts'
import { checkGbIds } from './gb-ids.ts'
import { isNetwork } from './networks.ts'
import { checkPicture, checkRules, type Picture } from './pictures.ts'
import { checkPresets, warnOfNoRules } from './presets.ts'
import { ConfigError, type Path, type Problem, Problems, type SourceFile } from './problems.ts'
import { mayRepeat } from './quote.ts'
import { besideFile, deepFreeze, resolveUrl, toBroker, toCamera, toSections } from './resolve.ts'
import { camerasFileSchema, type RawConfig, rootSchema } from './schema/root.ts'
import { type Environment, expandVariables, readSecretFile, urlSecrets, withPassword } from './secrets.ts'
import { placeCameras, warnOfUnplaced } from './tables/placing.ts'
import { readTables } from './tables/read-tables.ts'

export interface LoadOptions {
  /** Variables for `${NAME}`; default: those of this process. */
  readonly env?: Environment
  /** Says what is wrong with the URL of a camera, without repeating its account; undefined where it is good. */
  readonly checkUrl?: (url: string) => string | undefined
  /** Text by absolute path, in place of what the file holds: an import is checked before it is written. */
  readonly instead?: ReadonlyMap<string, string>
}

export interface LoadedConfig {
  readonly config: Config
  /** What does not keep the gateway from starting. */
  readonly warnings: readonly Problem[]
  /** Every file that was read: a change of one is a reason to load again. */
  readonly files: readonly string[]
}

/** Reads the YAML file at `path` and the files it names. Throws ConfigError with every problem at once. */
export async function loadConfig(path: string, options: LoadOptions = {}): Promise<LoadedConfig> {
  return await new Loader(path, options).load()
}

class Loader {
  readonly #path: string
  readonly #env: Environment
  readonly #checkUrl: (url: string) => string | undefined
  readonly #instead: ReadonlyMap<string, string>
  readonly #problems = new Problems()
  readonly #warnings = new Problems()
  readonly #files: string[] = []
  /** Passwords, and what else must not be repeated in a message. */
  readonly #secrets = new Set<string>()
  readonly #inserted = new Set<string>()

  constructor(
    path: string,
    { env = process.env, checkUrl = () => undefined, instead = new Map() }: LoadOptions,
  ) {
    this.#path = path
    this.#env = env
    this.#checkUrl = checkUrl
    this.#instead = instead
  }

  async load(): Promise<LoadedConfig> {
    const main = await this.#read(this.#path)
    if (!main) throw this.#refusal()
    const raw = (checkValue(rootSchema, main, this.#problems) ?? {}) as RawConfig
    const listed = await this.#listCameras(main, raw)
    const checked = await this.#readTables(main, raw)
    const placings = placeCameras(listed, checked, this.#problems)
    warnOfUnplaced(main, listed, checked, this.#warnings)
    this.#checkSections(main, raw)
    this.#checkCameras(main, raw, listed)
    const brokerPassword = await this.#brokerSecrets(main, raw.broker)
    const urls: string[] = []
    for (const camera of listed) urls.push(await this.#cameraUrl(camera))
    if (this.#problems.count > 0) throw this.#refusal()
    const config: Config = {
      ...toSections(raw),
      broker: toBroker(main.file, raw.broker, brokerPassword),
      cameras: listed.map((camera, i) =>
        toCamera(camera, urls[i], placings[i], raw.cameraDefaults ?? {}, raw.presets ?? []),
      ),
      tables: checked.tables,
      secrets: [...this.#secrets],
    }
    return {
      config: deepFreeze(config),
      warnings: this.#warnings.sorted(this.#files, [...this.#secrets]),
      files: this.#files,
    }
  }

  #refusal(): ConfigError {
    return new ConfigError(this.#problems.sorted(this.#files, [...this.#secrets, ...this.#inserted]))
  }

  /** A file as a value with its variables put in; undefined (and a problem) where it cannot be read. */
  async #read(file: string, named?: { source: SourceFile; path: Path }): Promise<SourceFile | undefined> {
    const read = await this.#readText(file)
    if ('fault' in read) {
      if (named && read.line === 1) {
        const name = mayRepeat(file) ? file : 'the file'
        this.#problems.add(named.source, named.path, `${name} ${read.fault}`)
      } else {
        const place = () => ({ line: read.line, column: 1 })
        this.#problems.add({ file, value: undefined, at: place, atKey: place }, [], `the file ${read.fault}`)
      }
      return undefined
    }
    const source =
      /\.csv$/i.test(file) && named
        ? parseTable(camerasTable, file, read.text, this.#problems)
        : parseYamlFile(file, read.text, this.#problems)
    return source && expandVariables(source, this.#env, this.#problems, (value) => this.#inserted.add(value))
  }

  async #readText(file: string): Promise<TextFile> {
    this.#files.push(file)
    const text = this.#instead.get(resolve(file))
    return text === undefined ? await readTextFile(file) : { text }
  }

  async #readTables(main: SourceFile, raw: RawConfig) {
    return await readTables({
      main,
      section: raw.places ?? {},
      readText: (file) => this.#readText(file),
      problems: this.#problems,
      warnings: this.#warnings,
    })
  }

  async #listCameras(main: SourceFile, raw: RawConfig): Promise<ListedCamera[]> {
    const own = raw.cameras ? listOf(raw.cameras, main) : []
    if (typeof raw.camerasFile !== 'string' || this.#problems.has(main, ['camerasFile'])) {
      if (!raw.cameras && this.#problems.count === 0) this.#warnings.add(main, [], 'there is no camera in it')
      return own
    }
    if (raw.cameras) this.#problems.add(main, ['camerasFile'], 'stands beside cameras; use one of the two')
    const file = join(dirname(main.file), raw.camerasFile)
    const source = await this.#read(file, { source: main, path: ['camerasFile'] })
    if (!source) return own
    const second = checkValue(camerasFileSchema, source, this.#problems) as
      | { cameras?: RawConfig['cameras'] }
      | undefined
    return [...own, ...listOf(second?.cameras ?? [], source)]
  }

  #checkSections(main: SourceFile, { ingest, broker }: RawConfig): void {
    for (const [i, network] of (ingest?.allowNetworks ?? []).entries()) {
      if (typeof network !== 'string' || isNetwork(network)) continue
      this.#problems.add(
        main,
        ['ingest', 'allowNetworks', i],
        'must be a network such as 192.168.0.0/16 or fd00::/8',
      )
    }
    const address = typeof broker === 'string' ? broker : broker?.url
    const port = /:(\d+)\/?$/.exec(address ?? '')?.[1]
    if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) {
      const path = typeof broker === 'string' ? ['broker'] : ['broker', 'url']
      this.#problems.add(main, path, `must have a port 1..65535, not ${port}`)
    }
    if (typeof broker !== 'object') return
    const say = (key: string, message: string) => this.#problems.add(main, ['broker', key], message)
    if (broker.password !== undefined && broker.passwordFile !== undefined) {
      say('passwordFile', 'stands beside password; use one of the two')
    }
    if ((broker.password ?? broker.passwordFile) !== undefined && broker.username === undefined) {
      say('username', 'is missing: a password needs an account')
    }
    if (broker.tls && !broker.tls.cert !== !broker.tls.key) say('tls', 'cert and key belong together')
    if (broker.tls && /^mqtt:/.test(broker.url ?? '')) say('tls', 'needs an mqtts:// url')
  }

  #checkCameras(
    main: SourceFile,
    { cameraDefaults: defaults = {}, presets = [] }: RawConfig,
    listed: readonly ListedCamera[],
  ): void {
    const shared: Picture = { raw: defaults, source: main, path: ['cameraDefaults'] }
    checkPicture(shared, this.#problems)
    checkIds(listed, this.#problems)
    checkGbIds(listed, this.#problems)
    for (const camera of listed) {
      const picture = { raw: camera.raw, source: camera.source, path: ['cameras', camera.index] }
      checkTags(camera, this.#problems)
      checkConsent(camera, Date.now(), this.#problems, this.#warnings)
      checkCameraPresets(camera, this.#problems)
      checkNoTagPresets(camera, presets, this.#problems)
      warnOfNoRules(camera, defaults, presets, this.#warnings)
      if (camera.raw.ptz) continue
      checkPicture(picture, this.#problems)
      checkRules(picture, shared, this.#problems)
      checkCalibration(picture, shared, this.#problems)
    }
    const still = listed.filter(({ raw }) => !raw.ptz)
    checkPresets(main, presets, still, shared, this.#problems, this.#warnings)
  }

  async #brokerSecrets(main: SourceFile, broker: RawConfig['broker']): Promise<string | undefined> {
    if (typeof broker !== 'object') return undefined
    for (const [key, file] of Object.entries(broker.tls ?? {})) {
      if (typeof file !== 'string') continue
      const read = await readTextFile(besideFile(main.file, file))
      if ('fault' in read) this.#problems.add(main, ['broker', 'tls', key], `the file ${read.fault}`)
    }
    if (broker.password !== undefined) this.#secrets.add(broker.password)
    return await this.#secretFrom(main, ['broker', 'passwordFile'], broker.passwordFile)
  }

  async #secretFrom(source: SourceFile, path: Path, file: string | undefined): Promise<string | undefined> {
    if (typeof file !== 'string' || this.#problems.has(source, path)) return undefined
    const read = await readSecretFile(besideFile(source.file, file))
    if ('fault' in read) {
      this.#problems.add(source, path, read.fault)
      return undefined
    }
    this.#files.push(join(dirname(source.file), file))
    this.#secrets.add(read.secret)
    return read.secret
  }

  /** The URL with its password and an absolute path; its secrets are remembered before anybody may speak of it. */
  async #cameraUrl({ raw, source, index }: ListedCamera): Promise<string> {
    const path = ['cameras', index, 'url']
    const password = await this.#secretFrom(source, ['cameras', index, 'passwordFile'], raw?.passwordFile)
    if (typeof raw?.url !== 'string' || this.#problems.has(source, path)) return ''
    const url = password === undefined ? resolveUrl(source.file, raw.url) : withPassword(raw.url, password)
    if (url === undefined) {
      this.#problems.add(
        source,
        path,
        'must name a user and no password before the host, because passwordFile holds it',
      )
      return ''
    }
    for (const secret of urlSecrets(url)) this.#secrets.add(secret)
    const fault = this.#checkUrl(url)
    if (fault !== undefined) this.#problems.add(source, path, fault)
    return url
  }
}

/** Entries that are no mapping at all were refused; the others keep their number. */
function listOf(cameras: NonNullable<RawConfig['cameras']>, source: SourceFile): ListedCamera[] {
  return cameras.map((raw, index) => ({ raw, source, index })).filter(({ raw }) => typeof raw === 'object')
}
