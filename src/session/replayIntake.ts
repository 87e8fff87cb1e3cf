// Takes in what an agent replays of a conversation: holds it against what is known, and adds what is new once it is quiet.
import type { AgentUpdate } from './agentUpdate.ts';
import type { Clock } from './clock.ts';
import type { Disposable } from './event.ts';
import type { TranscriptEntry } from './transcript.ts';

/** A replay settles this long after its last message: agents may send it after they have answered. */
const replayQuietMs = 500;

/** What an agent replays of the conversation, held against what is known of it. */
export interface ReplayedConversation {
  /** Takes one replayed message. */
  apply(update: AgentUpdate): void;
  /** Entries that the transcript lacks and that have not been handed out like this; `first`: not at all. */
  news(): readonly { readonly entry: TranscriptEntry; readonly first: boolean }[];
  /** Whether it has brought all that is known already. */
  readonly complete: boolean;
  /** Lets go of it. */
  dispose(): void;
}

/** What is done with what a replay has brought. */
export interface ReplayEvents {
  /** What follows is not in the transcript: called once for each replay, before its first entry. */
  onNews(): void;
  /** An entry that the transcript lacks; `first`: it has not been given before, in an earlier state. */
  onEntry(entry: TranscriptEntry, first: boolean): void;
}

/** The replays of one session: at most one at a time. */
export class ReplayIntake {
  readonly #clock: Clock;
  readonly #events: ReplayEvents;
  #replay: ReplayedConversation | undefined;
  #timer: Disposable | undefined;
  #newsNoted = false;
  #onReplayed: (() => void) | undefined;

  constructor(clock: Clock, events: ReplayEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  /** From here on what {@link take} is given belongs to this replay, until {@link drop}. */
  begin(replay: ReplayedConversation): void {
    this.drop();
    this.#replay = replay;
    this.#newsNoted = false;
  }

  /** Takes one message of a running replay; whether there is one. */
  take(update: AgentUpdate): boolean {
    if (this.#replay === undefined) return false;
    this.#replay.apply(update);
    this.#settleSoon();
    return true;
  }

  /** Resolves when the replay has brought all that is known, or when nothing more of it comes. */
  async replayed(): Promise<void> {
    if (this.#replay?.complete !== false) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#onReplayed = () => {
      resolve(undefined);
    };
    this.#settleSoon();
    await promise;
  }

  /** Gives what the replay has brought so far; it may go on. */
  settle(): void {
    for (const { entry, first } of this.#replay?.news() ?? []) {
      if (!this.#newsNoted) {
        this.#newsNoted = true;
        this.#events.onNews();
      }
      this.#events.onEntry(entry, first);
    }
  }

  /** Forgets the replay, if there is one. */
  drop(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#replay?.dispose();
    this.#replay = undefined;
    this.#done();
  }

  #done(): void {
    this.#onReplayed?.();
    this.#onReplayed = undefined;
  }

  #settleSoon(): void {
    this.#timer?.dispose();
    this.#timer = this.#clock.after(replayQuietMs, () => {
      this.#timer = undefined;
      this.settle();
      this.#done();
    });
  }
}
