// What the rest of this room asks of the conversation panels.
import type { Event } from '../session/event.ts';

/** The type of the panels as the manifest and the editor know it. */
export const conversationViewType = 'roost.conversation';

/** The panels of sessions, at most one per session. */
export interface PanelOpener {
  /** Opens the session's panel, or brings it to the front. Starts no process. */
  open(sessionId: string): Promise<void> | void;
  /** Whether the session's panel can be seen now. */
  isVisible(sessionId: string): boolean;
  /** The session whose panel is the active editor. */
  readonly activeSessionId: string | undefined;
  /** Fires with {@link activeSessionId} when it changes. */
  readonly onDidChangeActive: Event<string | undefined>;
}
