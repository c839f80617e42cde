/** "Did you mean …?" for a misspelt word. */

/** The closest of the words, or undefined where none is close. */
export function closest(word: string, words: readonly string[]): string | undefined {
  // A key of a megabyte is not a spelling mistake.
  if (word.length > 64) return undefined
  const limit = Math.max(1, Math.floor(word.length / 3))
  const [best] = words
    .map((candidate) => ({ candidate, edits: edits(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter((entry) => entry.edits <= limit)
    .sort((a, b) => a.edits - b.edits)
  return best?.candidate
}

/** ` (did you mean "x"?)`, or nothing. */
export function didYouMean(word: string, words: readonly string[]): string {
  const best = closest(word, words)
  return best === undefined ? '' : ` (did you mean "${best}"?)`
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other. */
function edits(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      row[j] = Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1)
    }
    rows.push(row)
  }
  return rows[a.length][b.length]
}
