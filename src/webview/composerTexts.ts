// What the composer says before and while something is written in it.
import type { CommandView, SessionView } from '../chatProtocol/session.ts';
import { calledCommand } from './slashCommands.ts';
import { exactLine } from './visibleText.ts';
import { word } from './words.ts';

/** What the command that a text calls takes, and does; '' while it calls none. */
export function commandHint(commands: readonly CommandView[], text: string): string {
  const called = calledCommand(commands, text);
  if (called === undefined) return '';
  const parts = [called.hint ?? '', called.description];
  return exactLine(parts.filter((part) => part !== '').join(' — '));
}

/** What stands in the empty input. */
export function placeholder(session: SessionView, busy: boolean): string {
  const name = exactLine(session.agentName);
  if (session.readOnly === 'newerVersion') return word('composerNewerVersion');
  if (session.readOnly === 'ownedElsewhere') return word('composerOwnedElsewhere');
  if (busy) return word('composerBusy');
  switch (session.status) {
    case 'dormant':
    case 'crashed':
    case 'failed':
      return word('composerAsleep', name);
    case 'starting':
    case 'ready':
    case 'stopping':
    case 'working':
    case 'needsInput':
      return word('composerPlaceholder', name);
  }
}
