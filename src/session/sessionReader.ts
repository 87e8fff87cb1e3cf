// Reading what was said in sessions, in the list or not: whole transcripts, pages, what files were before, and words in all of them.
import { toSessionError } from './errors.ts';
import { filesBefore, type FileBefore } from './fileChanges.ts';
import type { HeldSessions } from './heldSessions.ts';
import { savedInfoOf, type TranscriptSlice } from './storePort.ts';
import type { SearchOptions } from './sessions.ts';
import type { DomainDeps } from './supervisorDeps.ts';
import type { TranscriptEntry } from './transcript.ts';

/** Transcripts read at the same time; the first of them are shown while the others are read. */
const readers = 3;

/** Places shown of one session at most: more of the same says nothing more. */
const hitsPerSession = 5;

/** Reads sessions. */
export class SessionReader {
  readonly #deps: DomainDeps;
  readonly #held: HeldSessions;

  constructor(deps: DomainDeps, held: HeldSessions) {
    this.#deps = deps;
    this.#held = held;
  }

  /** Every entry. @throws SessionError `savedSessionUnknown` */
  async transcript(sessionId: string): Promise<readonly TranscriptEntry[]> {
    const held = this.#held.find(sessionId);
    if (held === undefined) await this.#deps.store.load(sessionId);
    else held.supervisor.flush();
    return this.#deps.store.readTranscript(sessionId);
  }

  /** A page. @throws SessionError `sessionUnknown` */
  async slice(
    sessionId: string,
    options: { readonly limit: number; readonly before?: string },
  ): Promise<TranscriptSlice> {
    this.#held.get(sessionId).supervisor.flush();
    return this.#deps.store.readSlice(sessionId, options);
  }

  /** What the files that a session changed were before it. @throws SessionError */
  async filesBefore(sessionId: string): Promise<readonly FileBefore[]> {
    return filesBefore(await this.transcript(sessionId));
  }

  /** See `Sessions.search`. */
  async search(words: string, options: SearchOptions): Promise<void> {
    const { signal } = options;
    const isOver = (): boolean => signal.aborted;
    for (const { supervisor } of this.#held.all()) supervisor.flush();
    const waiting = [...(await this.#deps.store.list())].sort((a, b) =>
      a.info.savedAt < b.info.savedAt ? 1 : -1,
    );
    const total = waiting.length;
    let done = 0;
    const read = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        if (isOver()) return;
        try {
          const limits = { limit: hitsPerSession, signal };
          const hits = await this.#deps.store.search(next.info.sessionId, words, limits);
          if (isOver()) return;
          if (hits.length > 0) options.onHits(savedInfoOf(next), hits);
        } catch (error) {
          // One that cannot be read does not keep the others from being searched.
          const { message } = toSessionError(error);
          this.#deps.logger.debug(`${next.info.sessionId} was not searched: ${message}`);
        }
        done += 1;
        options.onProgress(done, total);
      }
    };
    options.onProgress(0, total);
    await Promise.all(Array.from({ length: readers }, read));
  }
}
