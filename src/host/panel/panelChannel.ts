// What goes from the host to one panel: a snapshot when the panel is ready, then numbered deltas that never run ahead of it.
import type { KeptDraft } from '../../chatProtocol/composing.ts';
import type { EntryChange } from '../../chatProtocol/entries.ts';
import {
  chatProtocolVersion,
  type FocusTarget,
  type ToPanel,
} from '../../chatProtocol/messages.ts';
import type { ErrorView, SessionView } from '../../chatProtocol/session.ts';
import type { Clock } from '../../session/clock.ts';
import { isSessionError } from '../../session/errors.ts';
import type { Disposable } from '../../session/event.ts';
import { isFileBefore } from '../../session/fileChanges.ts';
import type { Logger } from '../../session/ports.ts';
import type { TranscriptSlice } from '../../session/storePort.ts';
import type { Sessions } from '../../session/sessions.ts';
import type { TranscriptChange } from '../../session/transcript.ts';
import { ChangeBatch } from './panelBatch.ts';
import { changeView, entryView } from './panelEntries.ts';
import { errorView } from './panelErrors.ts';
import type { FoundPlace } from './panelOpener.ts';
import { entriesWith } from './panelFind.ts';
import { PanelPages } from './panelPages.ts';
import { sessionView } from './panelSession.ts';

/** Changes are gathered this long before they are sent: one frame of a screen, in milliseconds. */
const frameMs = 16;
/** Deltas a panel may have received and not yet shown. */
const deltasAhead = 3;
/** Text that may wait for a slow panel, in UTF-16 units; past it a snapshot replaces what waits. */
const waitingLimit = 2_000_000;

/** What a {@link PanelChannel} works with. */
export interface PanelChannelDeps {
  readonly sessionId: string;
  readonly sessions: Pick<Sessions, 'details' | 'transcript' | 'transcriptSlice'>;
  readonly clock: Clock;
  /** Hands one message to the panel; must not throw. */
  readonly post: (message: ToPanel) => void;
  /** The panel's words in the user's language. */
  readonly words: Readonly<Record<string, string>>;
  readonly logger: Logger;
  /** What was written in an earlier panel of the session and never sent. */
  readonly draft: () => KeptDraft | undefined;
}

/** What there is to tell of a session, besides its transcript. */
interface Told {
  readonly session: SessionView;
  readonly changedElsewhere: number;
}

/**
 * The line from the host to one panel. Nothing is posted before {@link ready} nor after {@link close};
 * what is posted in between is complete and in order: a panel that applies it all shows what is true.
 */
export class PanelChannel implements Disposable {
  readonly #deps: PanelChannelDeps;
  readonly #pages: PanelPages;
  /** Counts openings: what was begun for an earlier one is dropped. */
  #opening = 0;
  #open = false;
  /** A page is being read: changes wait, so that they are applied after it. */
  #reading = false;
  #needsSnapshot = false;
  /** What the panel has been told of the session last. */
  #told: Told | undefined;
  #seq = 0;
  #applied = 0;
  #batch = new ChangeBatch();
  #sessionDirty = false;
  #timer: Disposable | undefined;
  #error: ErrorView | undefined;
  #focusWanted: FocusTarget | undefined;
  #revealWanted: FoundPlace | undefined;
  /** What could not be told yet: text of the user's among it, so it waits for the next panel. */
  readonly #untold: ((seq: number) => ToPanel)[] = [];

  constructor(deps: PanelChannelDeps) {
    this.#deps = deps;
    this.#pages = new PanelPages(deps);
  }

  /** The panel listens: it gets a snapshot, and from then on every change. */
  async ready(): Promise<void> {
    this.close();
    this.#open = true;
    await this.#snapshot();
  }

  /** The panel has lost its thread: it gets a new snapshot. Does nothing while closed. */
  async resync(): Promise<void> {
    if (this.#open) await this.ready();
  }

  /** The panel is hidden or gone. */
  close(): void {
    this.#opening += 1;
    this.#open = false;
    this.#reading = false;
    this.#needsSnapshot = false;
    this.#sessionDirty = false;
    this.#batch = new ChangeBatch();
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  dispose(): void {
    this.close();
  }

  /** The transcript changed. */
  transcriptChanged(change: TranscriptChange): void {
    if (!this.#open || this.#needsSnapshot || isFileBefore(change)) return;
    this.#batch.add(changeView(change));
    if (this.#batch.size > waitingLimit && !this.#reading) {
      this.#batch = new ChangeBatch();
      this.#needsSnapshot = true;
    }
    this.#schedule();
  }

  /** Something else about the session changed. */
  sessionChanged(): void {
    if (!this.#open) return;
    this.#sessionDirty = true;
    this.#schedule();
  }

  /** The panel shows everything up to `seq`. */
  applied(seq: number): void {
    if (!this.#open || seq > this.#seq) return;
    this.#applied = Math.max(this.#applied, seq);
    this.#schedule();
  }

  /** Shows an error until it is replaced or, with `undefined`, taken away; survives hiding. */
  showError(error: ErrorView | undefined): void {
    this.#error = error;
    if (this.#open && !this.#reading) this.#send((seq) => ({ type: 'error', seq, error }));
  }

  /** Puts the cursor into the composer, or to the answers of a request, as soon as the panel shows them. */
  focus(into: FocusTarget = 'composer'): void {
    this.#focusWanted = into;
    this.#sendWanted();
  }

  /** Brings an entry into view, as soon as the panel shows any. The place asked for last counts. */
  reveal(place: FoundPlace): void {
    this.#revealWanted = place;
    this.#sendWanted();
  }

  #sendWanted(): void {
    if (!this.#open || this.#reading) return;
    const into = this.#focusWanted;
    this.#focusWanted = undefined;
    if (into !== undefined) this.#send((seq) => ({ type: 'focus', seq, into }));
    const place = this.#revealWanted;
    if (place === undefined || this.#told === undefined) return;
    this.#revealWanted = undefined;
    this.#send((seq) => ({ type: 'reveal', seq, ...place }));
  }

  /** Sends one message of its own, as soon as there is a panel that can take it. */
  tell(make: (seq: number) => ToPanel): void {
    if (this.#open && !this.#reading) this.#send(make);
    else this.#untold.push(make);
  }

  #tellWaiting(): void {
    if (!this.#open || this.#reading) return;
    for (const make of this.#untold.splice(0)) this.#send(make);
  }

  /** Says which entries of the whole transcript hold a text. @throws SessionError from reading it */
  async find(query: string): Promise<void> {
    const { sessions, sessionId } = this.#deps;
    const opening = this.#opening;
    const entries = await sessions.transcript(sessionId);
    if (opening !== this.#opening) return;
    const { hits, more } = entriesWith(entries, query);
    this.tell((seq) => ({ type: 'found', seq, query, hits, more }));
  }

  /**
   * Sends the page before a position, or all pages back to the one that has the entry `until`.
   * @throws SessionError from reading it
   */
  async older(before: string, until?: string): Promise<void> {
    if (!this.#open || this.#reading || this.#needsSnapshot) return;
    const opening = this.#opening;
    const reading = this.#pages.before(before, until);
    // What has changed until now is in the page, where it is about the page's entries: it goes ahead,
    // so that the panel, which does not have them yet, leaves it out. What changes from now on follows.
    this.#flush();
    this.#reading = true;
    try {
      const page = await reading;
      if (opening !== this.#opening) return;
      this.#send((seq) => ({
        type: 'older',
        seq,
        asked: before,
        entries: page.entries.map(entryView),
        before: page.before,
      }));
    } finally {
      if (opening === this.#opening) {
        this.#reading = false;
        this.#sendWanted();
        this.#tellWaiting();
        this.#schedule();
      }
    }
  }

  async #snapshot(): Promise<void> {
    const opening = this.#opening;
    this.#needsSnapshot = false;
    this.#reading = true;
    this.#seq = 0;
    this.#applied = 0;
    let page: TranscriptSlice = { entries: [], before: undefined };
    let failure: ErrorView | undefined;
    try {
      const reading = this.#look() === undefined ? undefined : this.#pages.newest();
      // What has changed until now is in the page.
      this.#batch = new ChangeBatch();
      if (reading !== undefined) page = await reading;
    } catch (error) {
      failure = errorView(error);
    }
    if (opening !== this.#opening) return;
    this.#reading = false;
    this.#sessionDirty = false;
    if (failure !== undefined) this.#error = failure;
    const told = this.#look();
    this.#told = told;
    this.#deps.post({
      type: 'snapshot',
      version: chatProtocolVersion,
      seq: 0,
      strings: this.#deps.words,
      session: told?.session,
      entries: page.entries.map(entryView),
      before: page.before,
      error: this.#error,
      draft: this.#deps.draft(),
    });
    this.#sendWanted();
    this.#tellWaiting();
    this.#schedule();
  }

  #schedule(): void {
    if (!this.#open || this.#reading || this.#timer !== undefined) return;
    if (this.#batch.empty && !this.#sessionDirty && !this.#needsSnapshot) return;
    if (this.#seq - this.#applied >= deltasAhead) return;
    this.#timer = this.#deps.clock.after(frameMs, () => {
      this.#timer = undefined;
      this.#flush();
    });
  }

  #flush(): void {
    if (!this.#open || this.#reading) return;
    if (this.#needsSnapshot) {
      void this.#snapshot();
      return;
    }
    const told = this.#sessionDirty ? this.#look() : undefined;
    // A session that appears, or that another window has had meanwhile: the transcript must be read anew.
    if (told !== undefined && told.changedElsewhere !== this.#told?.changedElsewhere) {
      void this.#snapshot();
      return;
    }
    this.#told = told ?? this.#told;
    const session = told?.session;
    const changes: EntryChange[] = this.#batch.take();
    this.#sessionDirty = false;
    if (changes.length === 0 && session === undefined) return;
    this.#send((seq) => ({ type: 'delta', seq, changes, session }));
  }

  #send(make: (seq: number) => ToPanel): void {
    this.#seq += 1;
    this.#deps.post(make(this.#seq));
  }

  /** The session, or `undefined` when there is none of this id. */
  #look(): Told | undefined {
    try {
      const details = this.#deps.sessions.details(this.#deps.sessionId);
      return { session: sessionView(details), changedElsewhere: details.changedElsewhere };
    } catch (error) {
      if (!isSessionError(error) || error.code !== 'sessionUnknown') {
        this.#deps.logger.error('a session could not be shown', error);
      }
      return undefined;
    }
  }
}
