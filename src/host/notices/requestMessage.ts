// What a request's notification says: plain words, and links that run Roost's own commands and nothing else. No editor.
import type { PendingRequest, SessionInfo } from '../../session/info.ts';
import { commandId, type CommandName } from '../commands/commandIds.ts';
import { notificationText, plainLine } from '../plainText.ts';
import { titleOf } from '../list/sessionRows.ts';
import { requestFlagsOf } from '../list/sessionTreeModel.ts';
import type { Translate } from '../translate.ts';

/** Within and between the answers nothing is broken: where they do not fit behind the question they stand below it, together. */
const space = '\u00a0';

/** What a request's notification says: whose it is, what is asked, and the answers that can be given at once, as links. */
export function requestMessage(info: SessionInfo, request: PendingRequest, t: Translate): string {
  const asks = t('{0} asks: {1}', plainLine(titleOf(info), 60), plainLine(request.title, 200));
  /** Runs a command on the row of this request. */
  const link = (mark: string, label: string, command: CommandName): string => {
    const row = { sessionId: info.sessionId, requestId: request.requestId };
    const argument = encodeURIComponent(JSON.stringify([{ row }]));
    return `[${mark}${space}${label}](command:${commandId(command)}?${argument} "${label}")`;
  };
  const refuse = request.kind === 'elicitation' ? t('Decline') : t('Reject');
  const links = [
    ...(requestFlagsOf(request).has('canAllow') ? [link('✓', t('Allow'), 'allowRequest')] : []),
    link('✕', refuse, 'rejectRequest'),
  ];
  return `${notificationText(asks)} ${links.join(space.repeat(4))}`;
}

/** The label of the notification's button, which opens the session: a question is answered there. */
export function requestButton(request: PendingRequest, t: Translate): string {
  return request.kind === 'elicitation' ? t('Answer') : t('Open');
}
