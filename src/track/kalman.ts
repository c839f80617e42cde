/**
 * Kalman filters for one coordinate each. With diagonal noise the usual eight-dimensional filter of a box
 * falls apart into such pieces exactly, so nothing is lost and no matrix is needed.
 *
 * R. E. Kalman, "A New Approach to Linear Filtering and Prediction Problems", 1960; the process noise is that of
 * white acceleration in continuous time (Bar-Shalom, Li, Kirubarajan 2001, §6.2), so that two steps of 100 ms
 * and one of 200 ms give the same uncertainty.
 */

/** A coordinate that moves at a nearly constant velocity (units, units per second). */
export class MovingValue {
  value: number
  velocity = 0
  #varValue: number
  #covariance = 0
  #varVelocity: number

  /** `noise`: standard deviation of the first measurement. `speed`: how fast it may be moving unseen. */
  constructor(value: number, noise: number, speed: number) {
    this.value = value
    this.#varValue = noise * noise
    this.#varVelocity = speed * speed
  }

  /** Standard deviation of the value. */
  get deviation(): number {
    return Math.sqrt(this.#varValue)
  }

  /** Moves on by `seconds` and grows uncertain; `drift` is the velocity's random change per √second. */
  predict(seconds: number, drift: number): void {
    const q = drift * drift
    this.value += this.velocity * seconds
    this.#varValue += seconds * (2 * this.#covariance + seconds * (this.#varVelocity + (q * seconds) / 3))
    this.#covariance += seconds * (this.#varVelocity + (q * seconds) / 2)
    this.#varVelocity += q * seconds
  }

  /**
   * Stands for `seconds`: what nobody sees moving stays about where it is, and may start at `speed` any time.
   * `creep` is the value's random change per √second, `most` the deviation beyond which that adds none.
   */
  stand(seconds: number, creep: number, most: number, speed: number): void {
    this.velocity = 0
    this.#covariance = 0
    this.#varVelocity = speed * speed
    const grown = this.#varValue + creep * creep * seconds
    this.#varValue = Math.min(grown, Math.max(this.#varValue, most * most))
  }

  /** Takes a measurement with standard deviation `noise`. */
  correct(measured: number, noise: number): void {
    const total = this.#varValue + noise * noise
    const gain = this.#varValue / total
    const velocityGain = this.#covariance / total
    const error = measured - this.value
    this.value += gain * error
    this.velocity += velocityGain * error
    this.#varVelocity -= velocityGain * this.#covariance
    this.#covariance *= 1 - gain
    this.#varValue *= 1 - gain
  }
}

/** A coordinate that wanders: sizes, whose trend over an occlusion says nothing. */
export class WanderingValue {
  value: number
  #variance: number

  constructor(value: number, noise: number) {
    this.value = value
    this.#variance = noise * noise
  }

  /** Grows uncertain; `drift` per √second. */
  predict(seconds: number, drift: number): void {
    this.#variance += drift * drift * seconds
  }

  /** Takes a measurement with standard deviation `noise`. */
  correct(measured: number, noise: number): void {
    const gain = this.#variance / (this.#variance + noise * noise)
    this.value += gain * (measured - this.value)
    this.#variance *= 1 - gain
  }
}
