/** One rule over time: from what holds in each frame to events that begin and end exactly once. */
import type { AlertObject, EndedBecause, RuleEvent } from '../domain/alert.ts'
import { attributesOf } from '../domain/attributes.ts'
import type { Ground } from '../domain/ground.ts'
import type { Rule } from '../domain/rule.ts'
import { armedAt, oncePerMinute } from '../domain/schedule.ts'
import type { Track } from '../domain/track.ts'
import { type Claim, type Judge, subjectOf } from './judge.ts'
import { Silences } from './silences.ts'

/** Between two messages about a number that grows, ms. */
const updateEveryMs = 10_000
/** An event names the most confident objects, this many: the count says how many there were. */
const mostObjects = 50
/** How long a newcomer who may be someone told already waits for that track to end, ms: trackers expect the lost for a while. */
const mostWaitMs = 5_000

/** A subject for which the condition holds or held a moment ago. */
interface Episode {
  readonly since: number
  began: boolean
  /** When the condition was first gone, unless it holds. */
  goneSince: number | undefined
  /** The newest claim that held. */
  claim: Claim
  /** Greatest count so far, and the greatest that an event has told. */
  most: number
  told: number
  toldAt: number
}

export class RuleWatch {
  readonly #rule: Rule
  readonly #newJudge: () => Judge
  readonly #ground: Ground | undefined
  readonly #isArmed: (time: number) => boolean
  readonly #episodes = new Map<string, Episode>()
  readonly #silences: Silences
  /** Absent while the rule is not armed. */
  #judge: Judge | undefined
  /** What the judge left behind when it was last dropped. */
  #left: Judge | undefined

  constructor(rule: Rule, newJudge: () => Judge, ground?: Ground) {
    this.#rule = rule
    this.#newJudge = newJudge
    this.#ground = ground
    this.#isArmed = oncePerMinute(armedAt(rule.schedule))
    this.#silences = new Silences(rule.cooldownMs, (subject) => this.#episodes.get(subject)?.began === true)
  }

  /** What begins, changes or ends with this frame. `time` grows from call to call. */
  evaluate(tracks: readonly Track[], time: number): RuleEvent[] {
    if (!this.#isArmed(time)) return this.end('schedule-ended', time)
    this.#judge ??= this.#left ?? this.#newJudge()
    const present = new Set(tracks.map(subjectOf))
    this.#silences.note(tracks, time)
    const wanted = tracks.filter((track) => isWanted(this.#rule, track))
    const claims = new Map(this.#judge.judge(wanted, time).map((claim) => [claim.subject, claim]))
    // What ends comes first: its silence may cover what is about to begin.
    const ended = [...this.#episodes].flatMap(([subject, episode]) =>
      claims.has(subject) ? [] : this.#lapse(subject, episode, present, time),
    )
    return [...ended, ...[...claims.values()].flatMap((claim) => this.#hold(claim, time))]
  }

  /** Ends what is open and forgets what was about to begin. */
  end(because: EndedBecause, time: number): RuleEvent[] {
    this.#left = this.#judge ? this.#judge.afterGap?.() : this.#left
    this.#judge = undefined
    const open = [...this.#episodes].filter(([, { began }]) => began)
    this.#episodes.clear()
    return open.map(([subject, episode]) => this.#close(subject, episode, because, time))
  }

  /** Forgets its silences: they are times of a clock that was set since. */
  forget(): void {
    this.#silences.forget()
  }

  #hold(claim: Claim, time: number): RuleEvent[] {
    const { subject, strength, count = 0 } = claim
    let episode = this.#episodes.get(subject)
    if (!episode) {
      if (strength === 'keep' || this.#silences.has(subject)) return []
      episode = {
        since: claim.since ?? time,
        began: false,
        goneSince: undefined,
        claim,
        most: count,
        told: 0,
        toldAt: time,
      }
      if (strength === 'moment') {
        if (this.#silences.inherit(subject)) return []
        return [this.#open(subject, episode, time), this.#close(subject, episode, 'cleared', time)]
      }
      this.#episodes.set(subject, episode)
    }
    episode.claim = claim
    episode.goneSince = undefined
    episode.most = Math.max(episode.most, count)
    if (!episode.began) {
      return strength === 'begin' ? this.#ripen(subject, episode, time) : []
    }
    return this.#grow(subject, episode, time)
  }

  /** Begins after the inertia, unless it is what an alert has told before under another track id. */
  #ripen(subject: string, episode: Episode, time: number): RuleEvent[] {
    const ripeMs = time - episode.since - this.#rule.inertiaMs
    if (ripeMs < 0) return []
    if (this.#silences.inherit(subject)) {
      this.#episodes.delete(subject)
      return []
    }
    if (ripeMs < mostWaitMs && this.#silences.mayInherit(subject)) return []
    return [this.#open(subject, episode, time)]
  }

  #open(subject: string, episode: Episode, time: number): RuleEvent {
    episode.began = true
    episode.told = episode.most
    episode.toldAt = time
    return this.#event('began', subject, episode, time)
  }

  /** An update where the count is greater than any told before. */
  #grow(subject: string, episode: Episode, time: number): RuleEvent[] {
    if (episode.most <= episode.told || time - episode.toldAt < updateEveryMs) return []
    episode.told = episode.most
    episode.toldAt = time
    return [this.#event('updated', subject, episode, time)]
  }

  #lapse(subject: string, episode: Episode, present: ReadonlySet<string>, time: number): RuleEvent[] {
    if (!episode.began) {
      this.#episodes.delete(subject)
      return []
    }
    episode.goneSince ??= time
    if (time - episode.goneSince < this.#rule.inertiaMs) return []
    this.#episodes.delete(subject)
    const isLost = subject.startsWith('track ') && !present.has(subject)
    return [this.#close(subject, episode, isLost ? 'track-lost' : 'cleared', time)]
  }

  #close(subject: string, episode: Episode, because: EndedBecause, time: number): RuleEvent {
    this.#silences.begin(subject, time)
    return { ...this.#event('ended', subject, episode, time), because }
  }

  #event(phase: RuleEvent['phase'], subject: string, { claim, most }: Episode, time: number): RuleEvent {
    const rule = this.#rule
    return {
      rule: rule.name,
      kind: rule.kind,
      subject,
      phase,
      time,
      objects: objectsOf(claim.tracks, this.#ground),
      ...('line' in rule ? { line: rule.line } : { zone: rule.zone }),
      ...(claim.direction ? { direction: claim.direction } : {}),
      ...(claim.count === undefined ? {} : { count: most }),
      ...(claim.squareMetres === undefined ? {} : { density: most / claim.squareMetres }),
    }
  }
}

/** What is gone is no thing: only the kind that asks for it sees its place. */
function isWanted({ kind, labels }: Rule, { label, change }: Track): boolean {
  return labels.includes(label) && (change === 'went') === (kind === 'object-removed')
}

function objectsOf(tracks: readonly Track[], ground: Ground | undefined): AlertObject[] {
  return tracks
    .toSorted((a, b) => b.confidence - a.confidence)
    .slice(0, mostObjects)
    .map((track) => {
      const { id, label, confidence, box } = track
      return { track: id, label, confidence, box, attributes: attributesOf(track, ground) }
    })
}
