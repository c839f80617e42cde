/** What is read of a box is what its files say; what they do not say is absent. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { BoxReader } from '../src/box-readings.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'skyeye-box-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}

function zones(...temperatures: readonly (readonly [type: string, temp: string])[]): string {
  const thermal = folder()
  for (const [n, [type, temp]] of temperatures.entries()) {
    mkdirSync(join(thermal, `thermal_zone${n}`))
    writeFileSync(join(thermal, `thermal_zone${n}`, 'type'), `${type}\n`)
    writeFileSync(join(thermal, `thermal_zone${n}`, 'temp'), `${temp}\n`)
  }
  mkdirSync(join(thermal, 'cooling_device0'))
  return thermal
}

const nowhere = '/nowhere/at/all'

it('takes the hottest part of the processor, and no other thing that has a temperature', async () => {
  const thermal = zones(
    ['iwlwifi_1', '99000'],
    ['x86_pkg_temp', '61000'],
    ['cpu-thermal', '72500'],
    ['soc', '-1'],
  )
  const readings = await new BoxReader({ dataDir: folder(), thermal, timesync: nowhere }).read(0.3)
  expect(readings).toMatchObject({ temperatureC: 72.5, strain: 0.3 })
  expect(readings.freeBytes).toBeGreaterThan(0)
})

it('makes nothing up', async () => {
  const reader = new BoxReader({ dataDir: nowhere, thermal: nowhere, timesync: nowhere })
  expect(await reader.read(0)).toEqual({ strain: 0 })
  const battery = new BoxReader({
    dataDir: nowhere,
    thermal: zones(['BAT0', '30000'], ['cpu', 'broken']),
    timesync: nowhere,
  })
  expect(await battery.read(0)).toEqual({ strain: 0 })
})

it('knows from systemd-timesyncd alone whether the clock is kept right', async () => {
  const timesync = folder()
  const reader = new BoxReader({ dataDir: nowhere, thermal: nowhere, timesync })
  expect((await reader.read(0)).synchronised).toBe(false)
  writeFileSync(join(timesync, 'synchronized'), '')
  expect((await reader.read(0)).synchronised).toBe(true)
})

it('notices a clock that is set, for ten minutes, but not in the first ones nor where it is only slewed', async () => {
  let [ticks, ahead] = [0, 1e12]
  const reader = new BoxReader({ dataDir: nowhere, thermal: nowhere, timesync: nowhere }, () => ({
    ...{ ticks, time: ticks + ahead },
  }))
  const after = async (seconds: number, setMs = 0) => {
    ticks += seconds * 1_000
    ahead += setMs
    return (await reader.read(0)).steppedMs
  }
  expect(await after(60, 3_600_000)).toBeUndefined()
  expect(await after(600)).toBeUndefined()
  for (let n = 0; n < 50; n++) expect(await after(10, 100)).toBeUndefined()
  expect(await after(10, -90_000)).toBe(-90_000)
  expect(await after(590)).toBe(-90_000)
  expect(await after(20)).toBeUndefined()
})
