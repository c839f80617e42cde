/** What a benchmark has to say on the page. */

export interface Chapter {
  readonly title: string
  /** What was compared with what. */
  readonly compared: string
  /** Tables and sentences, each a paragraph; empty where nothing was measured. */
  readonly figures: readonly string[]
}
