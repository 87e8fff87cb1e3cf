// One conversation: its folder, its mode, what was allowed, and the turn that runs.
import {
  methods,
  RequestError,
  type AgentContext,
  type ClientCapabilities,
  type ContentBlock,
  type PromptResponse,
  type SessionModeState,
  type SessionUpdate,
  type StopReason,
} from '@agentclientprotocol/sdk';
import { allCommands } from './commands/all.ts';
import { answerText, answerUnknown } from './commands/help.ts';
import type { History } from './history.ts';
import type { EditorModels } from './model/editorModels.ts';
import { findModel } from './model/endpoint.ts';
import { shorten } from './markdown.ts';
import { describe, Problem, QuestionClosed } from './problem.ts';
import { lastingBlock, parseCommand, promptText, typedLine } from './promptText.ts';
import { ToolTurn } from './toolTurn.ts';
import { Turn, type TurnOptions } from './turn.ts';
import { TurnRecord } from './turnRecord.ts';
import { WorkspaceFiles } from './workspaceFiles.ts';

/** Titles are one line of a list. */
const titleCharacters = 80;

const modes = [
  { id: 'ask', name: 'Ask', description: 'Asks before it changes a file or runs a command' },
  { id: 'look', name: 'Look only', description: 'Changes nothing and runs nothing' },
] as const;

/** What a session is made from. */
export interface SessionOptions {
  readonly sessionId: string;
  /** Absolute. */
  readonly cwd: string;
  readonly additional: readonly string[];
  readonly client: AgentContext;
  readonly capabilities: ClientCapabilities;
  readonly history: History;
  /** The editor's language models; absent where the client offers none. */
  readonly models: EditorModels | undefined;
  /** Whether a prompt has named this session already. */
  readonly titled: boolean;
}

/** One conversation with one client. */
export class Session {
  readonly #options: SessionOptions;
  readonly #files: WorkspaceFiles;
  readonly #record = new TurnRecord();
  readonly #allowedAlways = new Set<string>();
  #modeId: string = modes[0].id;
  #titled: boolean;
  #running: { readonly abort: AbortController; readonly ended: Promise<unknown> } | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#titled = options.titled;
    this.#files = new WorkspaceFiles(options);
  }

  /** The modes and which of them holds. */
  get modes(): SessionModeState {
    return { currentModeId: this.#modeId, availableModes: [...modes] };
  }

  /** Changes the mode and says so. @throws RequestError when there is no such mode */
  async setMode(modeId: string): Promise<void> {
    if (!modes.some(({ id }) => id === modeId)) {
      throw RequestError.invalidParams({ modeId }, 'there is no such mode');
    }
    this.#modeId = modeId;
    await this.#notify({ sessionUpdate: 'current_mode_update', currentModeId: modeId });
  }

  /** Tells the client which commands there are. */
  async advertise(): Promise<void> {
    await this.#notify({
      sessionUpdate: 'available_commands_update',
      availableCommands: allCommands.map(({ name, description, hint }) => ({
        name,
        description,
        ...(hint === undefined ? {} : { input: { hint } }),
      })),
    });
  }

  /** Sends remembered updates again. */
  async replay(updates: readonly SessionUpdate[]): Promise<void> {
    for (const update of updates) await this.#notify(update);
  }

  /**
   * Runs one turn to its end.
   * @throws RequestError when one is running already
   */
  async prompt(blocks: readonly ContentBlock[]): Promise<PromptResponse> {
    if (this.#running !== undefined) {
      throw RequestError.invalidRequest(undefined, 'a turn is already running in this session');
    }
    const abort = new AbortController();
    const turn = this.#runTurn(blocks, abort.signal);
    const running = { abort, ended: turn };
    this.#running = running;
    try {
      return await turn;
    } finally {
      this.#running = undefined;
    }
  }

  /** Asks the running turn to end; without one, nothing happens. */
  cancel(): void {
    this.#running?.abort.abort();
  }

  /** Ends the running turn and waits until it has ended. */
  async close(): Promise<void> {
    this.cancel();
    // How it ended is told to whoever sent its prompt.
    await this.#running?.ended.catch(() => undefined);
  }

  /** Writes what the running turn has said so far to the history; called when the process ends. */
  saveNow(): void {
    this.#options.history.append(this.#options.sessionId, this.#record.take());
  }

  async #runTurn(blocks: readonly ContentBlock[], signal: AbortSignal): Promise<PromptResponse> {
    const { client, capabilities, sessionId, cwd } = this.#options;
    const text = promptText(blocks);
    for (const block of blocks) {
      this.#record.add({ sessionUpdate: 'user_message_chunk', content: lastingBlock(block) });
    }
    this.saveNow();
    const options: TurnOptions = {
      client,
      capabilities,
      sessionId,
      cwd,
      files: this.#files,
      signal,
      readOnly: this.#modeId === 'look',
      allowedAlways: this.#allowedAlways,
      send: async (update) => {
        this.#record.add(update);
        await this.#notify(update);
      },
    };
    const turn = new Turn(options);
    try {
      await this.#giveTitle(typedLine(blocks));
      await this.#answer(turn, text, () => new ToolTurn(options));
      // A turn that was cancelled at its very end ends as the client asked, too.
      return { stopReason: signal.aborted ? 'cancelled' : 'end_turn' };
    } catch (error) {
      return { stopReason: await explain(turn, error) };
    } finally {
      await turn.close();
      this.saveNow();
    }
  }

  async #answer(turn: Turn, text: string, toolTurn: () => ToolTurn): Promise<void> {
    const line = parseCommand(text);
    const command = allCommands.find(({ name }) => name === line?.name);
    if (line === undefined) await this.#answerText(turn, toolTurn);
    else if (command === undefined) await answerUnknown(turn, line.name, allCommands);
    else await command.run(turn, line.rest);
  }

  /** Ordinary text is for the model, if there is one. */
  async #answerText(turn: Turn, toolTurn: () => ToolTurn): Promise<void> {
    const { history, sessionId } = this.#options;
    const { models, client } = this.#options;
    const model = await findModel(
      process.env,
      turn.signal,
      models === undefined
        ? undefined
        : async (wanted) => {
            const one = await models.choose(client, wanted, turn.signal);
            return one === undefined ? undefined : { kind: 'editor', models, client, model: one };
          },
    );
    if (model === undefined) {
      await answerText(turn, allCommands);
      return;
    }
    // Bigger than all the rest of the agent: read when a model is first used.
    const { answerWithModel } = await import('./model/answer.ts');
    const updates = history.read(sessionId)?.updates ?? [];
    await answerWithModel({ model, turn, toolTurn, updates });
  }

  /** The first prompt that has words names the session. */
  async #giveTitle(line: string): Promise<void> {
    if (this.#titled || line === '') return;
    this.#titled = true;
    const title = shorten(line, titleCharacters);
    const update = {
      sessionUpdate: 'session_info_update' as const,
      title,
      updatedAt: new Date().toISOString(),
    };
    this.#record.add(update);
    this.saveNow();
    await this.#notify(update);
  }

  async #notify(update: SessionUpdate): Promise<void> {
    const { client, sessionId } = this.#options;
    await client.notify(methods.client.session.update, { sessionId, update });
  }
}

/** Tells the user why a command failed, unless the turn was to end; the reason why the turn stops. */
async function explain(turn: Turn, error: unknown): Promise<StopReason> {
  if (turn.signal.aborted || error instanceof QuestionClosed) return 'cancelled';
  if (!(error instanceof Problem)) {
    process.stderr.write(
      `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  }
  const cancelled = (): boolean => turn.signal.aborted;
  try {
    await turn.say(`${describe(error)}\n`);
    return 'end_turn';
  } catch (thrown) {
    // Cancelled while it was being explained; anything else is a client that is gone.
    if (cancelled()) return 'cancelled';
    throw thrown;
  }
}
