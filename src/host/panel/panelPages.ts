// The transcript of a session page by page, as a panel shows it, each page within a deadline.
import { pageSize } from '../../chatProtocol/entries.ts';
import { withDeadline } from '../../session/clock.ts';
import type { Clock } from '../../session/clock.ts';
import { SessionError } from '../../session/errors.ts';
import { isFileBefore } from '../../session/fileChanges.ts';
import type { TranscriptSlice } from '../../session/storePort.ts';
import type { Sessions } from '../../session/sessions.ts';

/** How long a page of the transcript may take to be read, in milliseconds. */
const pageDeadlineMs = 30_000;

/** What {@link PanelPages} reads from. */
export interface PanelPagesDeps {
  readonly sessionId: string;
  readonly sessions: Pick<Sessions, 'transcriptSlice'>;
  readonly clock: Clock;
}

/** Reads pages in which there is something to show. All of it throws SessionError from reading. */
export class PanelPages {
  readonly #deps: PanelPagesDeps;

  constructor(deps: PanelPagesDeps) {
    this.#deps = deps;
  }

  /** The last page. */
  newest(): Promise<TranscriptSlice> {
    return this.#page(undefined);
  }

  /** The page before a position and, until an entry is among them, the pages before that. */
  async before(before: string, until: string | undefined): Promise<TranscriptSlice> {
    let slice = await this.#page(before);
    while (
      until !== undefined &&
      slice.before !== undefined &&
      !slice.entries.some(({ id }) => id === until)
    ) {
      const page = await this.#page(slice.before);
      slice = { entries: [...page.entries, ...slice.entries], before: page.before };
    }
    return slice;
  }

  /** The page before a position, or the next one before it in which there is something to show. */
  async #page(before: string | undefined): Promise<TranscriptSlice> {
    let slice = await this.#read(before);
    for (;;) {
      const entries = slice.entries.filter((entry) => !isFileBefore(entry));
      if (entries.length > 0 || slice.before === undefined) return { ...slice, entries };
      slice = await this.#read(slice.before);
    }
  }

  #read(before: string | undefined): Promise<TranscriptSlice> {
    const { sessions, sessionId, clock } = this.#deps;
    const options = before === undefined ? { limit: pageSize } : { limit: pageSize, before };
    return withDeadline(
      clock,
      pageDeadlineMs,
      sessions.transcriptSlice(sessionId, options),
      () =>
        new SessionError('storageFailed', 'The conversation could not be read in time.', {
          sessionId,
          hint: 'The disk it is on does not answer. Close the panel and open it again.',
        }),
    );
  }
}
