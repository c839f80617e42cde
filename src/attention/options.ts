/** What attention can be told, and what it does unless told otherwise. All times are stream time, ms. */

export interface AttentionOptions {
  /** Pictures analysed per second while something moves. Raising it costs decoding and models, and follows fast things better. */
  readonly fps: number
  /** The same while no rule is armed and nobody watches. */
  readonly unarmedFps: number
  /** What an overloaded box still analyses where something moves, per second. Raising it makes overload shed less. */
  readonly floorFps: number
  /** The same where a `critical` rule is armed or something is being followed. */
  readonly urgentFps: number
  /** While quiet, key pictures are looked at this often at most. Raising it saves decoding and finds later what packets do not tell. */
  readonly idleEveryMs: number
  /**
   * While packets say that nothing stirs, not even a little, at least so much time lies between two such looks. Raising it: the same.
   * Beyond the distance of two key pictures it halves what a quiet camera costs.
   */
  readonly calmEveryMs: number
  /**
   * Where packets say nothing (noise, a constant bit rate), so much time may pass between the last look and the next key picture. Raising
   * it saves decoding and finds later what begins to move.
   */
  readonly blindGapMs: number
  /** The same, as far as it costs no more than this share of the pictures to be decoded, 0..1. Raising it: the reverse, for rare key pictures. */
  readonly blindShare: number
  /** The whole picture is shown to the models this often even if nothing moves. Raising it saves model runs and finds parked things later. */
  readonly fullLookEveryMs: number
  /** A new stream is followed for this long, however still: packets need three seconds to be told apart. Raising it learns more before the gate may close. */
  readonly warmUpMs: number
  /** Without movement for this long the gate closes. Raising it costs decoding and bridges longer pauses. */
  readonly quietAfterMs: number
  /** An opening in which nothing moves ends after this. Raising it forgives slower starters. */
  readonly fruitlessAfterMs: number
  /** Without a key picture for this long everything is decoded, as nothing could be seen otherwise. */
  readonly keylessMs: number
}

export const attentionDefaults: AttentionOptions = {
  fps: 5,
  unarmedFps: 2,
  floorFps: 1,
  urgentFps: 2,
  idleEveryMs: 1_000,
  calmEveryMs: 3_500,
  blindGapMs: 1_300,
  blindShare: 0.35,
  fullLookEveryMs: 30_000,
  warmUpMs: 3_500,
  quietAfterMs: 3_000,
  fruitlessAfterMs: 600,
  keylessMs: 12_000,
}
