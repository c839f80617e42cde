/** How evenly something is shared. */

/** The least share beside the mean: 1 where all get the same, 0 where one gets nothing, or nobody anything. */
export function fairness(shares: readonly number[]): number {
  const total = shares.reduce((sum, share) => sum + share, 0)
  return total > 0 ? (Math.min(...shares) * shares.length) / total : 0
}

/**
 * R. Jain, D. Chiu, W. Hawe, DEC-TR-301 (1984): (Σx)² / (n Σx²). 1 where all get the same, k/n where k of n share everything
 * and the others get nothing: it tells how many are served, where the least share tells how the worst one is.
 */
export function jain(shares: readonly number[]): number {
  const total = shares.reduce((sum, share) => sum + share, 0)
  const squares = shares.reduce((sum, share) => sum + share ** 2, 0)
  return squares > 0 ? total ** 2 / (shares.length * squares) : 0
}
