// Divides the event loop between the connections of all agents, so that one with much to say does not hold up the rest.
import type { Clock } from '../session/clock.ts';

/** How long messages are handled before the event loop gets its turn, in milliseconds: alone, and beside others that talk. */
const sliceAloneMs = 8;
const sliceBesideMs = 1;
/**
 * The pause after a slice that was used up beside others. What another session does between two
 * messages is a dozen short steps (files, pipes, timers), each a turn of the event loop: they pass in
 * one pause instead of one a slice.
 */
const pauseBesideMs = 5;
/**
 * How many characters of a command's output are read between two reports. All of it goes to disk, and a turn
 * of another session ends only when that has been synced, too.
 */
const outputAlone = 256 * 1024;
const outputBeside = 128 * 1024;
/** A connection counts as talking this long after its last message in either direction. */
const talkingMs = 500;

interface Talk {
  readonly who: Share;
  readonly at: number;
}

/** One connection's part. */
export interface Share {
  /** Notes a message in either direction. */
  talked(): void;
  /** How long messages may be handled without a break, in milliseconds. */
  readonly sliceMs: number;
  /** How long to wait after a slice that was used up, in milliseconds; 0 = one turn of the event loop. */
  readonly pauseMs: number;
  /** How many characters of a command's output may be read between two reports of it. */
  readonly outputLength: number;
}

/** Divides a longer work: called after each of its steps, gives what to wait for once a slice is used up. */
export function inSlices(clock: Clock, share: Share): () => Promise<void> | undefined {
  let until = clock.monotonic() + share.sliceMs;
  return () => {
    if (clock.monotonic() < until) return undefined;
    return new Promise((resolve) => {
      clock.after(share.pauseMs, () => {
        until = clock.monotonic() + share.sliceMs;
        resolve();
      });
    });
  };
}

/** Knows who talked last. One per extension host. */
export class FairShare {
  readonly #clock: Clock;
  #latest: Talk | undefined;
  /** The last one before it who was somebody else. */
  #before: Talk | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A part for one more connection; one that talks no more costs nothing. */
  join(): Share {
    const besideOthers = (): boolean => this.#othersTalk(share);
    const share: Share = {
      talked: () => {
        if (this.#latest?.who !== share) this.#before = this.#latest;
        this.#latest = { who: share, at: this.#clock.monotonic() };
      },
      get sliceMs() {
        return besideOthers() ? sliceBesideMs : sliceAloneMs;
      },
      get pauseMs() {
        return besideOthers() ? pauseBesideMs : 0;
      },
      get outputLength() {
        return besideOthers() ? outputBeside : outputAlone;
      },
    };
    return share;
  }

  #othersTalk(share: Share): boolean {
    const other = this.#latest?.who === share ? this.#before : this.#latest;
    return other !== undefined && this.#clock.monotonic() - other.at < talkingMs;
  }
}
