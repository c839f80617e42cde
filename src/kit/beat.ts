/** A beat that all share: what can wait is done together, so that the process sleeps in between. */

/** Raising it wakes the process more rarely, and what waits is later. */
export const beatMs = 100

let waiting: (() => void)[] = []

/** Calls `act`, which must not throw, with the next beat: `beatMs` after the first who waits for it. */
export function atNextBeat(act: () => void): void {
  if (waiting.length === 0) setTimeout(beat, beatMs)
  waiting.push(act)
}

function beat(): void {
  const due = waiting
  waiting = []
  for (const act of due) act()
}
