// Agents without processes: a launcher whose links a test answers, holds back or breaks by hand.
import { SessionError } from '../../src/session/errors.ts';
import type {
  AgentDefinition,
  AgentEnd,
  AgentEvents,
  AgentInfo,
  AgentLauncher,
  AgentLink,
  ContentBlock,
  LaunchRequest,
  OpenedSession,
  OpenOptions,
  StopReport,
  StopRequest,
} from '../../src/session/agentPort.ts';

/** What an agent that offers everything says about itself. */
export const fullInfo: AgentInfo = {
  protocolVersion: 1,
  name: 'Fake',
  version: '1.0.0',
  can: {
    load: true,
    resume: true,
    close: true,
    list: false,
    fork: false,
    image: false,
    audio: false,
    embeddedContext: false,
  },
  authMethods: [],
};

/** One request that an agent was sent and has not answered. */
interface Held {
  readonly method: string;
  resolve(value: unknown): void;
  reject(error: SessionError): void;
}

/** One run of a fake agent. */
export class FakeLink implements AgentLink {
  pid: number | undefined;
  readonly request: LaunchRequest;
  readonly events: AgentEvents;
  readonly calls: string[] = [];
  readonly prompts: (readonly ContentBlock[])[] = [];
  readonly opens: OpenOptions[] = [];
  readonly held: Held[] = [];
  readonly stops: StopRequest[] = [];
  readonly ended: Promise<AgentEnd>;
  readonly #end: (end: AgentEnd) => void;
  readonly #script: FakeScript;
  #gone = false;

  constructor(request: LaunchRequest, events: AgentEvents, script: FakeScript, pid: number) {
    this.request = request;
    this.events = events;
    this.#script = script;
    this.pid = pid;
    const { promise, resolve } = Promise.withResolvers<AgentEnd>();
    this.ended = promise;
    this.#end = resolve;
  }

  stderrTail(): string {
    return 'stderr of the fake';
  }

  /** The process ends by itself. */
  exit(end: Partial<AgentEnd> = {}): void {
    if (this.#gone) return;
    this.#gone = true;
    const whole = { exitCode: 1, signal: null, stderrTail: 'stderr of the fake', ...end };
    for (const held of this.held.splice(0)) {
      if (held.method === 'stop') held.resolve(undefined);
      else held.reject(new SessionError('agentExited', 'the agent has ended'));
    }
    this.#end(whole);
  }

  /** Answers the oldest open request of a method. */
  answer(method: string, value: unknown = {}): void {
    const index = this.held.findIndex((held) => held.method === method);
    const [held] = index < 0 ? [] : this.held.splice(index, 1);
    if (held === undefined) throw new Error(`no open ${method}`);
    if (value instanceof SessionError) held.reject(value);
    else held.resolve(value);
  }

  initialize(): Promise<AgentInfo> {
    return this.#ask<AgentInfo>('initialize', this.#script.info ?? fullInfo);
  }

  newSession(options: OpenOptions): Promise<OpenedSession> {
    this.opens.push(options);
    return this.#ask('session/new', { agentSessionId: 'fake-1', ...this.#script.opened });
  }

  loadSession(options: OpenOptions): Promise<OpenedSession> {
    this.opens.push(options);
    return this.#ask('session/load', { agentSessionId: 'fake-1', ...this.#script.opened });
  }

  resumeSession(options: OpenOptions): Promise<OpenedSession> {
    this.opens.push(options);
    return this.#ask('session/resume', { agentSessionId: 'fake-1', ...this.#script.opened });
  }

  forkSession(): Promise<OpenedSession> {
    return this.#ask('session/fork', { agentSessionId: 'fake-fork' });
  }

  authenticate(): Promise<void> {
    return this.#ask('authenticate', undefined);
  }

  prompt(_id: string, blocks: readonly ContentBlock[]): Promise<{ stopReason: string }> {
    this.prompts.push(blocks);
    return this.#ask('session/prompt', { stopReason: 'end_turn' });
  }

  cancel(): void {
    this.calls.push('session/cancel');
  }

  setMode(): Promise<void> {
    return this.#ask('session/set_mode', undefined);
  }

  setConfigOption(): Promise<undefined> {
    return this.#ask('session/set_config_option', undefined);
  }

  async stop(request: StopRequest): Promise<StopReport> {
    this.stops.push(request);
    if (this.#script.holdStop === true && !request.force) {
      await this.#ask('stop', undefined, true);
    }
    this.exit({ exitCode: null, signal: request.force ? 'SIGKILL' : 'SIGTERM' });
    const { exitCode, signal } = await this.ended;
    return { exitCode, signal, forced: request.force, descendantsKilled: 0 };
  }

  #ask<T>(method: string, answer: T, hold = false): Promise<T> {
    this.calls.push(method);
    if (this.#gone) return Promise.reject(new SessionError('agentExited', 'the agent has ended'));
    const scripted = this.#script.answers?.[method];
    if (scripted instanceof SessionError) return Promise.reject(scripted);
    if (!hold && this.#script.hold?.includes(method) !== true) {
      return Promise.resolve(scripted === undefined ? answer : (scripted as T));
    }
    return new Promise<T>((resolve, reject) => {
      // The test that answers by hand knows what the method is answered with.
      this.held.push({
        method,
        resolve: (value) => {
          resolve(value as T);
        },
        reject,
      });
    });
  }
}

/** How fake agents behave: methods they hold back, and what they answer. */
export interface FakeScript {
  hold?: readonly string[];
  answers?: Readonly<Record<string, unknown>>;
  info?: AgentInfo;
  /** What opening a conversation answers besides its id. */
  opened?: Partial<OpenedSession>;
  holdStop?: boolean;
}

/** Launches fake agents and keeps them all, oldest first. */
export class FakeAgents implements AgentLauncher {
  readonly links: FakeLink[] = [];
  script: FakeScript = {};

  launch(request: LaunchRequest, events: AgentEvents): AgentLink {
    const link = new FakeLink(request, events, this.script, 1000 + this.links.length);
    this.links.push(link);
    return link;
  }

  /** The newest link. */
  get last(): FakeLink {
    const link = this.links.at(-1);
    if (link === undefined) throw new Error('nothing was launched');
    return link;
  }
}

/** The agent that tests configure. */
export const fakeAgent: AgentDefinition = {
  id: 'fake',
  name: 'Fake',
  command: '/usr/bin/fake-agent',
  args: ['--acp'],
  env: {},
};
