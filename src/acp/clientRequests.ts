// Answers what an agent asks of its client: permissions, questions, files and terminals.
import * as z from 'zod/mini';
import type { AgentUpdate } from '../session/agentUpdate.ts';
import type { AgentEvents } from '../session/agentPort.ts';
import type { WorkspaceFiles, WorkspaceRoots } from '../session/ports.ts';
import { answerTo } from './agentErrors.ts';
import { AskedWrites } from './askedWrites.ts';
import type { FileChanges } from './fileChanges.ts';
import { RpcError, rpcCodes } from './rpcError.ts';
import type { Terminals } from './terminals.ts';
import { translateToolCall } from './toolCalls.ts';
import { workspacePath } from './workspacePaths.ts';

/** Answers one request. The signal fires when the agent takes it back or is gone. */
export type Answer = (params: unknown, signal: AbortSignal) => Promise<unknown>;

/** What answering needs. */
export interface ClientRequestsOptions {
  readonly events: Pick<AgentEvents, 'requestPermission' | 'elicit'>;
  readonly files: WorkspaceFiles;
  readonly changes: FileChanges;
  readonly roots: WorkspaceRoots;
  readonly terminals: Terminals;
  /** The session's folder: where commands run that name no other. */
  readonly cwd: string;
  /** Fires when the agent is being stopped: nobody will answer its questions any more. */
  readonly stopping: AbortSignal;
  /** Whether the agent now writes files without having asked for permission, though its mode says it would. */
  readonly writesUnasked: () => boolean;
  /** What else this agent may ask for, by method. */
  readonly more?: readonly (readonly [string, Answer])[];
  /** Told of what is added to the conversation here. */
  readonly onUpdate: (agentSessionId: string, update: AgentUpdate) => void;
}

const sessionId = z.string();
const byTerminal = z.looseObject({ terminalId: z.string() });

const schemas = {
  permission: z.looseObject({
    sessionId,
    toolCall: z.optional(z.unknown()),
    options: z.array(
      z.looseObject({ optionId: z.string(), name: z.string(), kind: z.catch(z.string(), 'other') }),
    ),
  }),
  elicitation: z.looseObject({
    sessionId: z.nullish(sessionId),
    message: z.string(),
    mode: z.string(),
    requestedSchema: z.optional(z.unknown()),
    url: z.nullish(z.string()),
    elicitationId: z.nullish(z.string()),
  }),
  read: z.looseObject({
    path: z.string(),
    line: z.nullish(z.int().check(z.minimum(0))),
    limit: z.nullish(z.int().check(z.minimum(0))),
  }),
  write: z.looseObject({ sessionId, path: z.string(), content: z.string() }),
  create: z.looseObject({
    sessionId,
    command: z.string().check(z.minLength(1)),
    args: z.nullish(z.array(z.string())),
    env: z.nullish(z.array(z.looseObject({ name: z.string(), value: z.string() }))),
    cwd: z.nullish(z.string()),
    outputByteLimit: z.nullish(z.int().check(z.minimum(0))),
  }),
} as const;

/** Answers the requests of one agent. */
export class ClientRequests {
  readonly #options: ClientRequestsOptions;
  readonly #answers: ReadonlyMap<string, Answer>;
  readonly #askedWrites: AskedWrites;

  constructor(options: ClientRequestsOptions) {
    this.#options = options;
    const { terminals } = options;
    this.#askedWrites = new AskedWrites({
      files: options.files,
      onUpdate: options.onUpdate,
      ask: (ask, signal) =>
        this.#ask(signal, undefined, (waiting) => options.events.requestPermission(ask, waiting)),
    });
    this.#answers = new Map<string, Answer>([
      ['session/request_permission', (params, signal) => this.#permission(params, signal)],
      ['elicitation/create', (params, signal) => this.#elicitation(params, signal)],
      ['fs/read_text_file', (params) => this.#read(params)],
      ['fs/write_text_file', (params, signal) => this.#write(params, signal)],
      ['terminal/create', (params) => this.#createTerminal(params)],
      ['terminal/output', (params) => Promise.resolve(terminals.output(terminalIn(params)))],
      ['terminal/wait_for_exit', (params) => terminals.waitForExit(terminalIn(params))],
      ['terminal/kill', (params) => terminals.kill(terminalIn(params))],
      ['terminal/release', (params) => terminals.release(terminalIn(params))],
      ...(options.more ?? []),
    ]);
  }

  /** The answer to one request. @throws RpcError what to answer instead */
  async answer(method: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    const answer = this.#answers.get(method);
    if (answer === undefined) {
      throw new RpcError(rpcCodes.methodNotFound, `Method not found: ${method}`);
    }
    try {
      return await answer(params, signal);
    } catch (thrown) {
      throw answerTo(thrown);
    }
  }

  async #permission(params: unknown, signal: AbortSignal): Promise<unknown> {
    const request = parse(schemas.permission, params);
    const call = translateToolCall(request.toolCall);
    if (call === undefined) throw invalid('toolCall has no toolCallId');
    const ask = {
      agentSessionId: request.sessionId,
      toolCall: call.patch,
      options: request.options.map(({ optionId, name, kind }) => ({ optionId, name, kind })),
    };
    const optionId = await this.#ask(signal, undefined, (waiting) =>
      this.#options.events.requestPermission(ask, waiting),
    );
    this.#askedWrites.notePermission(ask, optionId);
    return {
      outcome:
        optionId === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId },
    };
  }

  async #elicitation(params: unknown, signal: AbortSignal): Promise<unknown> {
    const request = parse(schemas.elicitation, params);
    const { mode, message, requestedSchema, url, elicitationId } = request;
    return this.#ask(signal, { action: 'cancel' } as const, (waiting) =>
      this.#options.events.elicit(
        {
          agentSessionId: request.sessionId ?? undefined,
          mode: mode === 'form' || mode === 'url' ? mode : 'other',
          message,
          ...(requestedSchema === undefined ? {} : { requestedSchema }),
          ...(typeof url === 'string' ? { url } : {}),
          ...(typeof elicitationId === 'string' ? { elicitationId } : {}),
        },
        waiting,
      ),
    );
  }

  /** Asks a person; the answer is `cancelled` when the agent is stopped or does not wait any more. */
  async #ask<T>(
    signal: AbortSignal,
    cancelled: T,
    ask: (waiting: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const waiting = AbortSignal.any([signal, this.#options.stopping]);
    if (waiting.aborted) return cancelled;
    const { promise: given, resolve: giveUp } = Promise.withResolvers<T>();
    const onAbort = (): void => {
      giveUp(cancelled);
    };
    waiting.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([ask(waiting), given]);
    } finally {
      waiting.removeEventListener('abort', onAbort);
    }
  }

  async #read(params: unknown): Promise<unknown> {
    const { path, line, limit } = parse(schemas.read, params);
    const content = await this.#options.files.readTextFile(
      await workspacePath(path, this.#options.roots),
      {
        ...(typeof line === 'number' ? { line } : {}),
        ...(typeof limit === 'number' ? { limit } : {}),
      },
    );
    return { content };
  }

  async #write(params: unknown, signal: AbortSignal): Promise<unknown> {
    const { changes, files, roots, writesUnasked } = this.#options;
    const request = parse(schemas.write, params);
    const path = await workspacePath(request.path, roots);
    const write = async (): Promise<void> => {
      await changes.beforeWrite(request.sessionId, path);
      await files.writeTextFile(path, request.content);
    };
    if (writesUnasked()) await this.#askedWrites.write({ ...request, path }, write, signal);
    else await write();
    return {};
  }

  async #createTerminal(params: unknown): Promise<unknown> {
    const request = parse(schemas.create, params);
    const { cwd } = this.#options;
    const terminalId = await this.#options.terminals.create({
      agentSessionId: request.sessionId,
      command: request.command,
      args: request.args ?? [],
      env: Object.fromEntries((request.env ?? []).map(({ name, value }) => [name, value])),
      // The session's own folder was chosen by its user, not by the agent.
      cwd:
        typeof request.cwd !== 'string' || request.cwd === cwd
          ? cwd
          : await workspacePath(request.cwd, this.#options.roots),
      outputByteLimit: request.outputByteLimit ?? undefined,
    });
    return { terminalId };
  }
}

function terminalIn(params: unknown): string {
  return parse(byTerminal, params).terminalId;
}

function parse<T extends z.ZodMiniType>(schema: T, params: unknown): z.infer<T> {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}`);
}

function invalid(what: string): RpcError {
  return new RpcError(rpcCodes.invalidParams, `Invalid params: ${what}`);
}
