// A client of the protocol library's own, with real files and real terminals, to drive any agent as a process.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Writable } from 'node:stream';
import {
  client,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  RequestError,
  type ClientCapabilities,
  type ClientConnection,
  type CreateElicitationRequest,
  type CreateElicitationResponse,
  type InitializeResponse,
  type NewSessionResponse,
  type RequestPermissionRequest,
  type SessionUpdate,
  type StopReason,
} from '@agentclientprotocol/sdk';

/** How an agent is started. */
export interface PeerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** What the client offers and how it answers; may be changed between turns. */
export interface PeerAnswers {
  readonly capabilities?: ClientCapabilities;
  /** The option to choose, `undefined` to answer "cancelled", or a promise that a test holds open. */
  permission?: (
    request: RequestPermissionRequest,
    signal: AbortSignal,
  ) => Promise<string | undefined> | string | undefined;
  elicitation?: (request: CreateElicitationRequest) => CreateElicitationResponse;
  /** Text of files that differs from the disk, as unsaved editors have it; a write changes it, too. */
  readonly unsaved?: Map<string, string>;
}

/** Offers everything a client can offer. */
export const everything: ClientCapabilities = {
  fs: { readTextFile: true, writeTextFile: true },
  terminal: true,
  elicitation: { form: {} },
};

interface PeerTerminal {
  readonly child: ChildProcess;
  readonly ended: Promise<{ exitCode: number | null; signal: string | null }>;
  output: string;
}

/** One agent process with a client on it. Everything it starts ends with `dispose`. */
export class SdkPeer implements AsyncDisposable {
  /** Every update, in the order of arrival. */
  readonly updates: { sessionId: string; update: SessionUpdate }[] = [];
  readonly permissions: RequestPermissionRequest[] = [];
  /** Every request of the agent by method, in order. */
  readonly requests: string[] = [];
  readonly terminals = new Map<string, PeerTerminal>();
  readonly answers: PeerAnswers;
  readonly child: ChildProcess;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly connection: ClientConnection;
  stderr = '';
  #watchers = new Set<() => void>();

  constructor(command: PeerCommand, answers: PeerAnswers = {}) {
    this.answers = answers;
    this.child = spawn(command.command, command.args, {
      cwd: command.cwd,
      env: { ...process.env, ...command.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    const { stdin, stdout, stderr } = this.child;
    if (stdin === null || stdout === null || stderr === null) throw new Error('no pipes');
    stdin.on('error', () => undefined); // EPIPE: the agent is gone, which `exited` says
    stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.exited = once(this.child, 'exit').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
    this.connection = this.#app().connect(
      ndJsonStream(Writable.toWeb(stdin), Readable.toWeb(stdout) as ReadableStream<Uint8Array>),
    );
  }

  /** The handshake. */
  async initialize(): Promise<InitializeResponse> {
    return this.connection.agent.request(methods.agent.initialize, {
      protocolVersion: PROTOCOL_VERSION,
      clientCapabilities: this.answers.capabilities ?? {},
      clientInfo: { name: 'test', version: '1' },
    });
  }

  /** A new session in a folder. */
  async newSession(cwd: string): Promise<NewSessionResponse> {
    return this.connection.agent.request(methods.agent.session.new, { cwd, mcpServers: [] });
  }

  /** One turn: why it stopped, what was said in it, and the updates it brought. */
  async prompt(
    sessionId: string,
    text: string,
  ): Promise<{ stopReason: StopReason; text: string; updates: SessionUpdate[] }> {
    const from = this.updates.length;
    const { stopReason } = await this.connection.agent.request(methods.agent.session.prompt, {
      sessionId,
      prompt: [{ type: 'text', text }],
    });
    const updates = this.of(sessionId, from);
    return { stopReason, text: messageText(updates), updates };
  }

  /** Ends the turn of a session. */
  async cancel(sessionId: string): Promise<void> {
    await this.connection.agent.notify(methods.agent.session.cancel, { sessionId });
  }

  /** The updates of one session, from a position in all updates on. */
  of(sessionId: string, from = 0): SessionUpdate[] {
    return this.updates
      .slice(from)
      .filter((one) => one.sessionId === sessionId)
      .map(({ update }) => update);
  }

  /** Resolves as soon as something holds; it is looked at after everything that arrives. */
  async until(holds: () => boolean): Promise<void> {
    if (holds()) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const watcher = (): void => {
      if (holds()) resolve(undefined);
    };
    this.#watchers.add(watcher);
    try {
      await promise;
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  /** Ends the agent and its terminals at once, and waits until they have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child } of this.terminals.values()) killGroup(child);
    killGroup(this.child);
    await Promise.all([this.exited, ...[...this.terminals.values()].map(({ ended }) => ended)]);
    this.connection.close();
  }

  #saw(): void {
    for (const watcher of this.#watchers) watcher();
  }

  // The update handler comes first: handlers registered later see their messages later.
  #app(): ReturnType<typeof client> {
    const { fs, terminal } = methods.client;
    return client({ name: 'test' })
      .onNotification(methods.client.session.update, ({ params }) => {
        this.updates.push(params);
        this.#saw();
      })
      .onRequest(methods.client.session.requestPermission, async ({ params, method, signal }) => {
        this.requests.push(method);
        this.permissions.push(params);
        this.#saw();
        const optionId = await this.answers.permission?.(params, signal);
        return optionId === undefined
          ? { outcome: { outcome: 'cancelled' as const } }
          : { outcome: { outcome: 'selected' as const, optionId } };
      })
      .onRequest(methods.client.elicitation.create, ({ params, method }) => {
        this.requests.push(method);
        return this.answers.elicitation?.(params) ?? { action: 'cancel' as const };
      })
      .onRequest(fs.readTextFile, async ({ params, method }) => {
        this.requests.push(method);
        const text = this.answers.unsaved?.get(params.path) ?? (await readIfThere(params.path));
        if (text === undefined) throw RequestError.resourceNotFound(params.path);
        const from = (params.line ?? 1) - 1;
        const lines = text.split('\n').slice(from, from + (params.limit ?? Infinity));
        return { content: lines.join('\n') };
      })
      .onRequest(fs.writeTextFile, async ({ params, method }) => {
        this.requests.push(method);
        if (this.answers.unsaved?.has(params.path) === true) {
          this.answers.unsaved.set(params.path, params.content);
        } else {
          await mkdir(dirname(params.path), { recursive: true });
          await writeFile(params.path, params.content);
        }
      })
      .onRequest(terminal.create, ({ params, method }) => {
        this.requests.push(method);
        const terminalId = `terminal-${this.terminals.size}`;
        const child = spawn(params.command, params.args ?? [], {
          ...(typeof params.cwd === 'string' ? { cwd: params.cwd } : {}),
          stdio: ['ignore', 'pipe', 'pipe'],
          detached: true,
        });
        const ended = once(child, 'close').then(([code, signal]) => ({
          exitCode: code as number | null,
          signal: signal as string | null,
        }));
        const held: PeerTerminal = { child, ended, output: '' };
        for (const stream of [child.stdout, child.stderr]) {
          stream.setEncoding('utf8').on('data', (text: string) => {
            held.output += text;
            this.#saw();
          });
        }
        this.terminals.set(terminalId, held);
        return { terminalId };
      })
      .onRequest(terminal.output, async ({ params, method }) => {
        this.requests.push(method);
        const { child, ended, output } = this.#terminal(params.terminalId);
        const over = child.exitCode !== null || child.signalCode !== null;
        return { output, truncated: false, ...(over ? { exitStatus: await ended } : {}) };
      })
      .onRequest(terminal.waitForExit, async ({ params, method }) => {
        this.requests.push(method);
        return this.#terminal(params.terminalId).ended;
      })
      .onRequest(terminal.kill, ({ params, method }) => {
        this.requests.push(method);
        killGroup(this.#terminal(params.terminalId).child);
      })
      .onRequest(terminal.release, ({ params, method }) => {
        this.requests.push(method);
        killGroup(this.#terminal(params.terminalId).child);
      });
  }

  #terminal(terminalId: string): PeerTerminal {
    const held = this.terminals.get(terminalId);
    if (held === undefined) throw RequestError.resourceNotFound(terminalId);
    return held;
  }
}

/** What an agent has said in some updates. */
export function messageText(updates: readonly SessionUpdate[]): string {
  return updates
    .map((update) =>
      update.sessionUpdate === 'agent_message_chunk' && update.content.type === 'text'
        ? update.content.text
        : '',
    )
    .join('');
}

/** Ends a child and what it started in its group; one that has ended is left alone. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
