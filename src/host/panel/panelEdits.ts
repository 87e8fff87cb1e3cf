// What a panel has the editor do with text and files: open, compare, copy, insert.
import type { FromPanel } from '../../chatProtocol/messages.ts';
import { SessionError } from '../../session/errors.ts';
import type { PendingRequestDetails, Sessions } from '../../session/sessions.ts';
import type { ToolContent, TranscriptEntry } from '../../session/transcript.ts';
import { exportMarkdown } from '../storage/sessionExport.ts';

/** What the editor does for a panel. Rejections are `SessionError`s. */
export interface PanelEditor {
  /** Opens a link of the agent's text, or refuses; asks the user where that leads out of the editor. */
  openLink(href: string, cwd: string): Promise<void>;
  /** Opens a file at a line that counts from 0; refuses files outside the workspace. */
  openFile(path: string, line: number | undefined, cwd: string): Promise<void>;
  copy(text: string): Promise<void>;
  /** Puts text at the cursor of the text editor that was used last. */
  insert(text: string): Promise<void>;
  /** Opens an edit in the editor's view of differences; with the request it belongs to, to be answered there. */
  openDiff(edit: ProposedEdit): Promise<void>;
  showLog(): void;
  /** Leads the user through the agent's ways to sign in; whether the session is ready afterwards. */
  signIn(sessionId: string): Promise<boolean>;
  /** Lets the user choose what the session may do without asking. */
  setPermissions(sessionId: string): Promise<void>;
}

/** An edit as an agent described it. */
export interface ProposedEdit {
  readonly sessionId: string;
  /** The request for permission to make it, while that waits. */
  readonly requestId: string | undefined;
  readonly cwd: string;
  readonly path: string;
  readonly oldText: string | undefined;
  readonly newText: string;
}

/** What {@link editRequest} works with. */
export interface PanelEditDeps {
  readonly sessionId: string;
  readonly sessions: Pick<Sessions, 'details' | 'transcript'>;
  readonly editor: PanelEditor;
}

const editRequestTypes = [
  ...(['openLink', 'openFile', 'openDiff'] as const),
  ...(['copy', 'copyConversation', 'insert'] as const),
];

type EditRequest = Extract<FromPanel, { type: (typeof editRequestTypes)[number] }>;

/** Whether a message is one for {@link editRequest}. */
export function isEditRequest(message: FromPanel): message is EditRequest {
  return editRequestTypes.some((type) => type === message.type);
}

/** Has the editor do what the panel asks. @throws SessionError */
export async function editRequest(message: EditRequest, deps: PanelEditDeps): Promise<void> {
  const { sessionId, sessions, editor } = deps;
  const { info } = sessions.details(sessionId);
  switch (message.type) {
    case 'openLink':
      return editor.openLink(message.href, info.cwd);
    case 'openFile':
      return editor.openFile(message.path, message.line, info.cwd);
    case 'openDiff':
      return editor.openDiff(await proposedEdit(message, deps));
    case 'copy':
      return editor.copy(message.text);
    case 'copyConversation':
      return editor.copy(exportMarkdown(info, await sessions.transcript(sessionId)));
    case 'insert':
      return editor.insert(message.text);
  }
}

/** The edit that a part of a tool call describes, whole, as the session has it. */
async function proposedEdit(
  { source, part }: Extract<EditRequest, { type: 'openDiff' }>,
  { sessionId, sessions }: PanelEditDeps,
): Promise<ProposedEdit> {
  const { pending, info } = sessions.details(sessionId);
  const requestId = 'requestId' in source ? source.requestId : undefined;
  const content =
    'requestId' in source
      ? permissionContent(pending, source.requestId)
      : toolContent(await sessions.transcript(sessionId), source.entryId);
  const diff = content?.[part];
  if (diff?.type !== 'diff') throw requestGone(requestId ?? '');
  const { path, oldText, newText } = diff;
  return { sessionId, requestId, cwd: info.cwd, path, oldText, newText };
}

function permissionContent(
  pending: readonly PendingRequestDetails[],
  requestId: string,
): readonly ToolContent[] | undefined {
  const request = pending.find((one) => one.requestId === requestId);
  return request?.kind === 'permission' ? request.ask.toolCall.content : undefined;
}

function toolContent(
  entries: readonly TranscriptEntry[],
  entryId: string,
): readonly ToolContent[] | undefined {
  const entry = entries.find((one) => one.id === entryId);
  return entry?.type === 'toolCall' ? entry.content : undefined;
}

/** The error for a request that waits no more. */
export function requestGone(requestId: string): SessionError {
  return new SessionError('requestUnknown', `Request "${requestId}" is no longer open.`, {
    hint: 'It was answered elsewhere, cancelled, or its agent has ended.',
  });
}
