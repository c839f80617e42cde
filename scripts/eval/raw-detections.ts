/** Figures of detections that another program made. */

import type { View } from './annotations.ts'
import type { Finding } from './detections-file.ts'
import type { SetFigures } from './figures.ts'
import { setFigures } from './figures.ts'
import { type InputSize, inputHeight } from './input-size.ts'
import type { Seen } from './metrics.ts'
import { setCalled, viewsByKey } from './sets.ts'

/** By set; only those named where some are, and only the pictures that the file has. */
export async function rawFigures(
  findings: readonly Finding[],
  sets: readonly string[],
  { size, score }: { readonly size: InputSize; readonly score: number },
): Promise<Record<string, SetFigures>> {
  const names = [...new Set(findings.map(({ set }) => set))].filter(
    (set) => sets.length === 0 || sets.includes(set),
  )
  if (names.length === 0) throw new Error('the file has no detections of those sets')
  const labels = [...new Set(findings.flatMap(({ found }) => found.map(({ label }) => label)))]
  const figures: Record<string, SetFigures> = {}
  for (const name of names) {
    const set = setCalled(name)
    const views = viewsByKey(await set.views())
    const met = new Set<View>()
    const seen = findings
      .filter((finding) => finding.set === name)
      .map(({ key, found }): Seen => {
        const view = views.get(key)
        if (!view) throw new Error(`${name} has no picture ${key}`)
        if (met.has(view)) throw new Error(`the file has picture ${key} of ${name} twice`)
        met.add(view)
        return { labelled: view.labelled, truths: view.truths, found, inputHeight: inputHeight(size, view) }
      })
    figures[name] = setFigures(set, seen, labels, () => score)
  }
  return figures
}
