// The text of a request's notification: plain words, and links that run Roost's own commands and nothing else. No editor.
import type { PendingRequest, SessionInfo } from '../session/info.ts';
import { commandId, type CommandName } from './commandIds.ts';
import { notificationText, plainLine } from './plainText.ts';
import { titleOf } from './sessionRows.ts';
import { requestFlagsOf } from './sessionTreeModel.ts';
import type { Translate } from './translate.ts';

/** What a request's notification says: whose it is, what is asked, and the answers as links. */
export function requestMessage(info: SessionInfo, request: PendingRequest, t: Translate): string {
  const asks = t('{0} asks: {1}', plainLine(titleOf(info), 60), plainLine(request.title, 200));
  const link = (label: string, command: CommandName): string =>
    answerLink(label, command, info.sessionId, request.requestId);
  const question = request.kind === 'elicitation';
  const links = [
    ...(requestFlagsOf(request).has('canAllow') ? [link(t('Allow'), 'allowRequest')] : []),
    link(question ? t('Decline') : t('Reject'), 'rejectRequest'),
    link(question ? t('Answer') : t('Open'), 'openSession'),
  ];
  return `${notificationText(asks)}  —  ${links.join('  ·  ')}`;
}

/** A link of a notification that runs a command on the row of a request. */
function answerLink(
  label: string,
  command: CommandName,
  sessionId: string,
  requestId: string,
): string {
  const argument = encodeURIComponent(JSON.stringify([{ row: { sessionId, requestId } }]));
  return `[${label}](command:${commandId(command)}?${argument} "${label}")`;
}
