/** ONNX Runtime's binaries for Linux carry a telemetry client that is on by default: nothing here may call home. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'

it('leaves no trace of a telemetry session, neither from worker threads nor from the main thread', async () => {
  const [temp, models] = ['temp', 'models'].map((name) => mkdtempSync(join(tmpdir(), `skyeye-${name}-`)))
  onTestFinished(() => {
    for (const folder of [temp, models]) rmSync(folder, { recursive: true })
  })
  const { ORT_DISABLE_TELEMETRY: _, ...inherited } = process.env
  const entry = new URL('telemetry-entry.ts', import.meta.url).pathname
  await promisify(execFile)(process.execPath, [entry, models], { env: { ...inherited, TMPDIR: temp } })
  // The client writes its session and a log there before it says anything to anybody.
  expect(readdirSync(temp)).toEqual([])
})
