// Starts real agents over the real protocol room for its tests, and records everything they report.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { AcpAgentLauncher, type LinkServices } from '../../src/acp/agentLauncher.ts';
import { readStat } from '../../src/process/linuxTable.ts';
import { ProcessHost } from '../../src/process/processHost.ts';
import { systemClock } from '../../src/process/systemClock.ts';
import type { AgentUpdate } from '../../src/session/agentUpdate.ts';
import { SessionError } from '../../src/session/errors.ts';
import type {
  AgentDefinition,
  AgentEvents,
  AgentLink,
  ElicitationAnswer,
  ElicitationAsk,
  LaunchRequest,
  PermissionAsk,
} from '../../src/session/agentPort.ts';
import type { Logger, WorkspaceFiles } from '../../src/session/ports.ts';

const clock = systemClock();

const fixtures = join(import.meta.dirname, '../fixtures/agents');

/** The scripted agent with these flags. */
export function scripted(...args: string[]): AgentDefinition {
  return fixture('scripted.mjs', ...args);
}

/** A program of the fixtures folder as an agent. */
function fixture(file: string, ...args: string[]): AgentDefinition {
  return {
    id: 'lab',
    name: 'Lab',
    command: process.execPath,
    args: [join(fixtures, file), ...args],
    env: {},
  };
}

/** A logger that keeps what it is told. */
class RecordingLogger implements Logger {
  readonly lines: string[] = [];
  trace(message: string): void {
    this.lines.push(message);
  }
  debug(message: string): void {
    this.lines.push(message);
  }
  info(message: string): void {
    this.lines.push(message);
  }
  warn(message: string): void {
    this.lines.push(`warn ${message}`);
  }
  error(message: string, cause?: unknown): void {
    this.lines.push(`error ${message} ${String(cause)}`);
  }
}

/** Everything an agent reported, and the answers it gets. */
export class RecordingEvents implements AgentEvents {
  readonly updates: { readonly id: string; readonly update: AgentUpdate }[] = [];
  readonly asks: { ask: PermissionAsk; signal: AbortSignal }[] = [];
  readonly questions: ElicitationAsk[] = [];
  readonly completed: string[] = [];
  readonly terminals: number[] = [];
  readonly floods: string[] = [];
  readonly messages: { direction: 'in' | 'out'; kind: string; bytes: number }[] = [];
  readonly #watchers = new Set<() => void>();
  /** How permissions are answered; never by default. */
  answer: (ask: PermissionAsk, signal: AbortSignal) => Promise<string | undefined> = () =>
    new Promise(() => undefined);
  answerQuestion: (ask: ElicitationAsk) => Promise<ElicitationAnswer> = () =>
    Promise.resolve({ action: 'decline' });

  onUpdate(id: string, update: AgentUpdate): void {
    this.updates.push({ id, update });
    this.#changed();
  }
  requestPermission(ask: PermissionAsk, signal: AbortSignal): Promise<string | undefined> {
    this.asks.push({ ask, signal });
    this.#changed();
    return this.answer(ask, signal);
  }
  elicit(ask: ElicitationAsk): Promise<ElicitationAnswer> {
    this.questions.push(ask);
    return this.answerQuestion(ask);
  }
  onElicitationComplete(elicitationId: string): void {
    this.completed.push(elicitationId);
  }
  onTerminalsChanged(running: number): void {
    this.terminals.push(running);
    this.#changed();
  }
  onErrorFlood(stderrTail: string): void {
    this.floods.push(stderrTail);
    this.#changed();
  }
  onMessage(direction: 'in' | 'out', kind: string, bytes: number): void {
    this.messages.push({ direction, kind, bytes });
    this.#changed();
  }

  /** Resolves as soon as `holds` does, after any report. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const watcher = (): void => {
        resolve(undefined);
      };
      this.#watchers.add(watcher);
      await promise;
      this.#watchers.delete(watcher);
    }
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** The agent's text so far, of one conversation or of all. */
  text(id?: string): string {
    return this.updates
      .filter((one) => id === undefined || one.id === id)
      .map(({ update }) => (update.type === 'text' && update.role === 'agent' ? update.text : ''))
      .join('');
  }

  /** Updates of one type, in order. */
  of<T extends AgentUpdate['type']>(type: T): Extract<AgentUpdate, { type: T }>[] {
    return this.updates.flatMap(({ update }) =>
      // The filter is on the very field that tells the types apart.
      update.type === type ? [update as Extract<AgentUpdate, { type: T }>] : [],
    );
  }
}

/** Files of the workspace as they are on disk; unsaved text is the editor's matter, not this room's. */
const diskFiles: WorkspaceFiles = {
  async readTextFile(path, { line = 1, limit }) {
    const content = await readFile(path, 'utf8').catch((error: unknown) => {
      const cause = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      throw new SessionError('agentError', `Cannot read ${path}`, { details: { cause } });
    });
    const from = Math.max(line, 1) - 1;
    return content
      .split('\n')
      .slice(from, limit === undefined ? undefined : from + limit)
      .join('\n');
  },
  writeTextFile: (path, content) => writeFile(path, content),
};

let processHost: ProcessHost | undefined;

/** The one process host of a test file, as there is one in an extension host; its guard ends with the file. */
function sharedProcessHost(): ProcessHost {
  processHost ??= new ProcessHost({
    clock,
    logger: new RecordingLogger(),
    guardPath: join(import.meta.dirname, '../../src/process/guardMain.ts'),
  });
  return processHost;
}

afterAll(() => processHost?.shutdown());

/** One test's world: a scratch workspace, and the agents started in it. */
export class Lab {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'roost-acp-')));
  readonly logger = new RecordingLogger();
  readonly #links: AgentLink[] = [];
  readonly services: LinkServices = {
    processHost: sharedProcessHost(),
    clock,
    logger: this.logger,
    files: diskFiles,
    roots: { folders: () => [this.folder] },
    clientVersion: '0.0.0-test',
    shell: '/bin/sh',
  };
  launcher = new AcpAgentLauncher(this.services);

  /** Takes other services for the links launched from now on. */
  with(services: Partial<LinkServices>): this {
    this.launcher = new AcpAgentLauncher({ ...this.services, ...services });
    return this;
  }

  /** Starts an agent, which is heard at once or from a later time on. */
  launch(
    agent: AgentDefinition,
    more: Pick<LaunchRequest, 'keys' | 'heardFrom' | 'signInKnown'> = {},
  ): { link: AgentLink; events: RecordingEvents } {
    const events = new RecordingEvents();
    const link = this.launcher.launch(
      { sessionId: 'test', agent, cwd: this.folder, ...more },
      events,
    );
    this.#links.push(link);
    return { link, events };
  }

  /** Starts an agent and opens a conversation. */
  async open(
    agent: AgentDefinition,
    more: Pick<LaunchRequest, 'signInKnown'> = {},
  ): Promise<Opened> {
    const { link, events } = this.launch(agent, more);
    await link.initialize();
    const { agentSessionId: id } = await link.newSession({ cwd: this.folder });
    const say: Say = (...lines) => link.prompt(id, [{ type: 'text', text: lines.join('\n') }]);
    return { link, events, id, say };
  }

  /** Ends everything that was started. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#links.map((link) => link.stop({ force: true, graceMs: 0 })));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A conversation that is open, and how something is said in it. */
export interface Opened {
  readonly link: AgentLink;
  readonly events: RecordingEvents;
  readonly id: string;
  readonly say: Say;
}

type Say = (...lines: string[]) => Promise<{ readonly stopReason: string }>;

/** What a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<SessionError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof SessionError) return thrown;
  throw new Error(`Expected a SessionError, got ${String(thrown)}`);
}

/** Whether a process with this id lives; one that is dead but not collected yet does not. */
export function isAlive(pid: number): boolean {
  if (process.platform === 'linux') return readStat(pid)?.dead === false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
