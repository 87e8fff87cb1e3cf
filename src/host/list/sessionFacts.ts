// What is said of a session to whoever points at its row. No editor.
import type { SessionDetails } from '../../session/sessions.ts';
import { plainLine } from '../plainText.ts';
import type { Translate } from '../translate.ts';
import { permissionNote, statusWord } from './sessionRows.ts';

/** One line of a tooltip; both parts are plain text from anywhere and must be escaped when shown. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What the tooltip of a session says below its title; `say` puts what the domain says into the user's language. */
export function sessionFacts(
  { info, agentName, facts, config }: SessionDetails,
  t: Translate,
  say: (sentence: string) => string = (sentence) => sentence,
): Fact[] {
  const list: Fact[] = [
    { name: t('State'), value: statusWord(info.status, t) },
    {
      name: t('Process'),
      value: info.processAlive && info.pid !== undefined ? String(info.pid) : t('none'),
    },
    { name: t('Agent'), value: [agentName, facts.agentVersion].filter(Boolean).join(' ') },
    { name: t('Folder'), value: info.cwd },
    { name: t('Messages'), value: String(info.messageCount) },
    {
      name: t('Stopped when idle'),
      value:
        info.keepAwake || config.timeoutMinutes === 0
          ? t('never')
          : t('after {0} min', config.timeoutMinutes),
    },
  ];
  if (config.permissionMode !== 'ask') {
    list.push({ name: t('Permissions'), value: permissionNote(config.permissionMode, t) });
  }
  for (const request of info.pendingRequests) {
    list.push({ name: t('Waits for'), value: plainLine(request.title, 200) });
  }
  if (info.error !== undefined) {
    const { hint, message } = info.error;
    list.push({ name: t('Error'), value: say(message) });
    if (hint !== undefined) list.push({ name: t('What to do'), value: say(hint) });
  }
  return list;
}
