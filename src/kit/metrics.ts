/** Metrics of one gateway in Prometheus text; parts keep their own counters, and a scrape reads them. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** One value with its labels. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export type Reading = number | readonly Sample[]

export interface Metric {
  /** `skyeye_…`, counters end in `_total`. */
  readonly name: string
  readonly help: string
  /** Names of the labels that the samples carry. Never a URL, an account or anything else that is secret. */
  readonly labels?: readonly string[]
  /** Asked at every scrape. One that fails leaves its metric out of that scrape, and is counted. */
  read(): Reading | Promise<Reading>
}

export class Metrics {
  readonly #registry = new Registry()
  readonly #failures: Counter

  constructor() {
    this.#failures = new Counter({
      name: 'skyeye_metric_failures_total',
      help: 'Metrics that could not be read at a scrape.',
      labelNames: ['metric'],
      registers: [this.#registry],
    })
  }

  /** A value that goes up and down. */
  gauge(metric: Metric): void {
    const refresh = (gauge: Gauge) =>
      this.#refresh(gauge, metric, (labels, value) => gauge.set(labels, value))
    new Gauge({
      ...this.#shape(metric),
      async collect() {
        await refresh(this)
      },
    })
  }

  /** A value that only grows while the gateway runs, counted elsewhere. */
  counter(metric: Metric): void {
    const refresh = (counter: Counter) =>
      this.#refresh(counter, metric, (labels, value) => counter.inc(labels, value))
    new Counter({
      ...this.#shape(metric),
      async collect() {
        await refresh(this)
      },
    })
  }

  /** Adds what Node knows of its process: CPU, memory, event loop, garbage collection. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry })
  }

  /** Everything, as Prometheus text. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  #shape({ name, help, labels = [] }: Metric) {
    return { name, help, labelNames: [...labels], registers: [this.#registry] }
  }

  /** Old samples go first, so that a camera that was removed does not stay in the scrape. */
  async #refresh(
    target: { reset(): void; remove(): void },
    { name, read }: Metric,
    put: (labels: Record<string, string>, value: number) => void,
  ): Promise<void> {
    try {
      const reading = await read()
      target.reset()
      if (typeof reading === 'number') put({}, reading)
      else for (const { labels, value } of reading) put({ ...labels }, value)
    } catch {
      target.reset()
      target.remove()
      this.#failures.inc({ metric: name })
    }
  }
}
