/** What publishing needs of the store: the outbox, which alone knows what still has to leave. */

/** A message that has to leave the box. */
export interface Delivery {
  /** Grows with every saved message. */
  readonly rowId: number
  /** UUIDv7; the same over every sending. */
  readonly id: string
  readonly class: string
  readonly epoch: string
  readonly sequence: number
  readonly camera?: string
  readonly topic: string
  readonly contentType: string
  /** JSON of a CloudEvent without its numbers, or the bytes of a picture. */
  readonly body: string | Uint8Array
  /** Hex digest of a picture. */
  readonly sha256?: string
  /** Epoch ms. */
  readonly createdAt: number
  /** May overtake: it is about a critical alert, nothing of which waits in the long queue. */
  readonly urgent: boolean
  readonly attempts: number
  /** Epoch ms: then it is of no use any more. */
  readonly expiresAt?: number
}

export interface Outbox {
  /** Those that wait, the urgent ones too, oldest first, with a greater `rowId`; fewer than `limit` where they are large. */
  next(afterRowId: number, limit: number): Promise<Delivery[]>
  /** The same of those that may overtake. */
  urgent(afterRowId: number, limit: number): Promise<Delivery[]>
  /** The broker has them. */
  acknowledged(rowIds: number[]): Promise<void>
  /** The broker will never take it: kept for people to see, not sent again. */
  parked(rowId: number, why: string): Promise<void>
  /** A new session: what was sent and not confirmed by the centre waits again. */
  sendAgain(): Promise<number>
  /** The centre has stored all up to this number; undefined where it was never given. */
  confirmed(receipt: { epoch: string; class: string; sequence: number }): Promise<number | undefined>
}

/** Outlives the gateway: what the broker may hold of it, so that nothing stays there for ever. */
export interface Announced {
  /** Cameras whose state it may hold. */
  announcedCameras(): Promise<string[]>
  /** Their state is about to be told. */
  announced(cameras: string[]): Promise<void>
  /** The broker holds nothing of them any more. */
  cleared(cameras: string[]): Promise<void>
  /** Topics of further voices that it may hold. */
  voicedTopics(): Promise<string[]>
  /** They are about to be told. */
  voiced(topics: string[]): Promise<void>
  /** The broker holds them no more. */
  unvoiced(topics: string[]): Promise<void>
}

/** Whoever does what the centre asks for. */
export interface Commands {
  /** JSON of the answer. Never rejects. */
  answer(asked: Asked): Promise<string>
  /** Too many waited: one was not heard. */
  missed(): void
}

/** A command as it came. */
export interface Asked {
  /** Last level of its topic. */
  readonly verb: string
  readonly payload: Uint8Array
  /** It lay at the broker: who knows since when. */
  readonly retain: boolean
}

/** The broker and the account there. */
export interface BrokerOptions {
  /** `mqtt://host:port` or `mqtts://host:port`. */
  readonly url: string
  /** Beginning of every topic. */
  readonly prefix: string
  readonly username?: string
  /** Secret. */
  readonly password?: string
  /** Paths of PEM files; read again at each attempt, so that a renewed certificate needs no restart. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string }
}
