// Asks the user before a file is written for an agent that writes without asking.
import type { AgentUpdate } from '../session/agentUpdate.ts';
import { isSessionError } from '../session/errors.ts';
import type { PermissionAsk } from '../session/agentPort.ts';
import type { WorkspaceFiles } from '../session/ports.ts';
import { RpcError, rpcCodes } from './rpcError.ts';

/** What asking needs. */
export interface AskedWritesOptions {
  readonly files: WorkspaceFiles;
  /** The chosen option, `undefined` when cancelled. */
  readonly ask: (ask: PermissionAsk, signal: AbortSignal) => Promise<string | undefined>;
  readonly onUpdate: (agentSessionId: string, update: AgentUpdate) => void;
}

const options = [
  { optionId: 'allow', name: 'Allow', kind: 'allow_once' },
  { optionId: 'always', name: 'Allow all in this session', kind: 'allow_always' },
  { optionId: 'reject', name: 'Reject', kind: 'reject_once' },
] as const;

/** The writes of one run of one agent; each is shown as a tool call of its own, with what it changes. */
export class AskedWrites {
  readonly #options: AskedWritesOptions;
  #count = 0;
  #always = false;
  /** Files that the agent has asked about by itself and may write, once each. */
  readonly #permitted = new Set<string>();

  constructor(given: AskedWritesOptions) {
    this.#options = given;
  }

  /** The agent has asked by itself and was allowed to: what it asked about is not asked again. */
  notePermission(
    { toolCall, options: offered }: PermissionAsk,
    optionId: string | undefined,
  ): void {
    const kind = offered.find((option) => option.optionId === optionId)?.kind;
    const diffs = (toolCall.content ?? []).flatMap((one) => (one.type === 'diff' ? [one] : []));
    if (kind === 'allow_always' && diffs.length > 0) this.#always = true;
    if (kind === 'allow_once') for (const { path } of diffs) this.#permitted.add(path);
  }

  /** Runs `write` if the user allows it. @throws RpcError that tells the agent of the refusal */
  async write(
    request: { readonly sessionId: string; readonly path: string; readonly content: string },
    write: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.#always || this.#permitted.delete(request.path)) {
      await write();
      return;
    }
    const { sessionId: agentSessionId, path, content: newText } = request;
    const { ask, onUpdate } = this.#options;
    this.#count += 1;
    const toolCallId = `roost-write-${this.#count}`;
    const tell = (status: string): void => {
      onUpdate(agentSessionId, { type: 'toolCall', patch: { toolCallId, status } });
    };
    const oldText = await this.#textOf(path);
    const chosen = await ask(
      {
        agentSessionId,
        options,
        toolCall: {
          toolCallId,
          title: `Write ${path}`,
          kind: 'edit',
          status: 'pending',
          locations: [{ path }],
          content: [{ type: 'diff', path, newText, ...(oldText === undefined ? {} : { oldText }) }],
        },
      },
      signal,
    );
    if (chosen !== 'allow' && chosen !== 'always') {
      tell('failed');
      throw new RpcError(rpcCodes.requestCancelled, `The user refused to have ${path} written.`);
    }
    this.#always ||= chosen === 'always';
    try {
      await write();
    } catch (error) {
      tell('failed');
      throw error;
    }
    tell('completed');
  }

  /** What is there now; `undefined` when there is nothing, or nothing that can be shown. */
  async #textOf(path: string): Promise<string | undefined> {
    try {
      return await this.#options.files.readTextFile(path, {});
    } catch (error) {
      if (isSessionError(error)) return undefined;
      throw error;
    }
  }
}
