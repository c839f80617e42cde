/** What a schema cannot say about GB/T 28181 ids: their structure, and that no two cameras share one. */
import { cameraIdFault } from '../domain/division.ts'
import type { ListedCamera } from './cameras.ts'
import type { Problems } from './problems.ts'

export function checkGbIds(cameras: readonly ListedCamera[], problems: Problems): void {
  const seen = new Map<string, ListedCamera>()
  for (const { raw, source, index } of cameras) {
    const path = ['cameras', index, 'gbId']
    const { gbId } = raw
    if (gbId === undefined || problems.has(source, path)) continue
    const fault = cameraIdFault(gbId)
    const first = seen.get(gbId)
    if (fault !== undefined) problems.add(source, path, fault)
    else if (!first) seen.set(gbId, { raw, source, index })
    else {
      const { line } = first.source.at(['cameras', first.index, 'gbId'])
      problems.add(source, path, `the same as that of the camera at ${first.source.file}:${line}`)
    }
  }
}
