/** Where a command writes: its result to `out`, everything meant for a person's eye only to `err`. */
export interface Io {
  out(line: string): void
  err(line: string): void
}
