// What a panel is told, with the domain's own sentences in the user's language: failures, and the notices in a transcript.
import type { EntryChange } from '../../chatProtocol/entries.ts';
import type { ToPanel } from '../../chatProtocol/messages.ts';
import type { ErrorView, SessionView } from '../../chatProtocol/session.ts';

type Say = (sentence: string) => string;

/** The message as its reader understands it. */
export function messageFor(message: ToPanel, say: Say): ToPanel {
  switch (message.type) {
    case 'snapshot': {
      const { entries, error, session } = message;
      return {
        ...message,
        entries: entries.map((entry) => (entry.type === 'notice' ? noticeFor(entry, say) : entry)),
        error: errorFor(error, say),
        session: sessionFor(session, say),
      };
    }
    case 'older': {
      const { entries } = message;
      return {
        ...message,
        entries: entries.map((entry) => (entry.type === 'notice' ? noticeFor(entry, say) : entry)),
      };
    }
    case 'delta': {
      const { changes, session } = message;
      return {
        ...message,
        changes: changes.map((change) => changeFor(change, say)),
        session: sessionFor(session, say),
      };
    }
    case 'error':
      return { ...message, error: errorFor(message.error, say) };
    case 'changes':
    case 'compose':
    case 'focus':
    case 'found':
    case 'mentions':
    case 'reveal':
      return message;
  }
}

function changeFor(change: EntryChange, say: Say): EntryChange {
  return change.type === 'notice' ? noticeFor(change, say) : change;
}

function noticeFor<Notice extends { readonly text: string }>(notice: Notice, say: Say): Notice {
  return { ...notice, text: say(notice.text) };
}

function errorFor(error: ErrorView | undefined, say: Say): ErrorView | undefined {
  return error === undefined ? undefined : { ...error, ...wordsFor(error, say) };
}

function sessionFor(session: SessionView | undefined, say: Say): SessionView | undefined {
  const error = session?.error;
  if (session === undefined || error === undefined) return session;
  return { ...session, error: { ...error, ...wordsFor(error, say) } };
}

function wordsFor(
  { message, hint }: { readonly message: string; readonly hint?: string | undefined },
  say: Say,
): { readonly message: string; readonly hint: string | undefined } {
  return { message: say(message), hint: hint === undefined ? undefined : say(hint) };
}
