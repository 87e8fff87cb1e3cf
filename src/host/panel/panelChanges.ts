// The files that a session has changed, for its panel: listed, compared and taken back through the editor.
import type { FromPanel } from '../../chatProtocol/messages.ts';
import type { ChangedFile } from '../../chatProtocol/session.ts';
import type { PanelChannel } from './panelChannel.ts';

/** What the editor does with the changes of a session. Rejections are `SessionError`s. */
export interface ChangeEditor {
  /** The files that differ from what they were before the session, in the order of their first change. */
  changes(sessionId: string): Promise<readonly ChangedFile[]>;
  /** Compares a file with what it was before the session. */
  openChange(sessionId: string, path: string): Promise<void>;
  /** Makes a file what it was before the session, if the user agrees. */
  revertChange(sessionId: string, path: string): Promise<void>;
}

/** What {@link changeRequest} works with. */
export interface PanelChangesDeps {
  readonly sessionId: string;
  readonly channel: Pick<PanelChannel, 'tell'>;
  readonly editor: ChangeEditor;
}

const changeRequestTypes = ['changes', 'openChange', 'revertChange'] as const;

type ChangeRequest = Extract<FromPanel, { type: (typeof changeRequestTypes)[number] }>;

/** Whether a message is one for {@link changeRequest}. */
export function isChangeRequest(message: FromPanel): message is ChangeRequest {
  return changeRequestTypes.some((type) => type === message.type);
}

/** Does what the panel asks for. @throws SessionError */
export async function changeRequest(message: ChangeRequest, deps: PanelChangesDeps): Promise<void> {
  const { sessionId, editor } = deps;
  switch (message.type) {
    case 'changes':
      return tellChanges(deps);
    case 'openChange':
      return editor.openChange(sessionId, message.path);
    case 'revertChange':
      await editor.revertChange(sessionId, message.path);
      return tellChanges(deps);
  }
}

async function tellChanges({ sessionId, channel, editor }: PanelChangesDeps): Promise<void> {
  const files = [...(await editor.changes(sessionId))];
  channel.tell((seq) => ({ type: 'changes', seq, files }));
}
