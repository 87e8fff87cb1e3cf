// What the rest of this room asks of the conversation panels.
import type { ViewColumn } from 'vscode';
import type { Event } from '../../session/event.ts';

/** The type of the panels as the manifest and the editor know it. */
export const conversationViewType = 'roost.conversation';

/** A place in a conversation where something that was searched for is. */
export interface FoundPlace {
  readonly entryId: string;
  readonly query: string;
}

/** Where and how to open a panel. */
export interface OpenOptions {
  readonly preserveFocus?: boolean;
  readonly column?: ViewColumn | undefined;
  /** Where to go in it; without, it stands where it stood, with the cursor in the composer. */
  readonly at?: FoundPlace | undefined;
  /** Puts the cursor on the first answer of the oldest request instead, if one waits. */
  readonly into?: 'request' | undefined;
}

/** The panels of sessions, at most one per session. */
export interface PanelOpener {
  /** Opens the session's panel, or brings it to the front. Starts no process. */
  open(sessionId: string, options?: OpenOptions): Promise<void> | void;
  /** Whether the session's panel can be seen now. */
  isVisible(sessionId: string): boolean;
  /** The session whose panel is the active editor. */
  readonly activeSessionId: string | undefined;
  /** Fires with {@link activeSessionId} when it changes. */
  readonly onDidChangeActive: Event<string | undefined>;
}
