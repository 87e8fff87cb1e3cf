// The agent's side of the protocol: which request does what.
import { randomUUID } from 'node:crypto';
import { isAbsolute, resolve } from 'node:path';
import {
  agent,
  methods,
  PROTOCOL_VERSION,
  RequestError,
  type AgentApp,
  type AgentContext,
  type ClientCapabilities,
  type InitializeResponse,
  type ListSessionsRequest,
  type ListSessionsResponse,
} from '@agentclientprotocol/sdk';
import type { History } from './history.ts';
import { arrivingPartSchema, EditorModels, offersModels } from './model/editorModels.ts';
import { Session } from './session.ts';

/** The agent's version, which it tells the client; the same as that of Roost. */
const agentVersion = '0.1.0';

/** Sessions on one page of a list. */
const pageSize = 50;

/** The agent as a program that waits for a client. */
export class WorkspaceAgent {
  readonly #history: History;
  readonly #sessions = new Map<string, Session>();
  readonly #models = new EditorModels();
  #capabilities: ClientCapabilities = {};

  constructor(history: History) {
    this.#history = history;
  }

  /** The handlers of all requests, ready to be connected to one client. */
  app(): AgentApp {
    return agent({ name: 'workspace' })
      .onRequest(methods.agent.initialize, ({ params }) => {
        this.#capabilities = params.clientCapabilities ?? {};
        return initializeResponse();
      })
      .onRequest(methods.agent.session.new, ({ params, client }) => {
        const cwd = absolute(params.cwd);
        const sessionId = randomUUID();
        this.#history.create({ version: 1, sessionId, cwd, createdAt: new Date().toISOString() });
        const additional = params.additionalDirectories ?? [];
        const session = this.#open(client, { sessionId, cwd, additional, titled: false });
        advertiseLater(session);
        return { sessionId, modes: session.modes };
      })
      .onRequest(methods.agent.session.load, async ({ params, client }) => {
        const { session, updates } = await this.#reopen(client, params);
        await session.replay(updates);
        advertiseLater(session);
        return { modes: session.modes };
      })
      .onRequest(methods.agent.session.resume, async ({ params, client }) => {
        const { session } = await this.#reopen(client, params);
        advertiseLater(session);
        return { modes: session.modes };
      })
      .onRequest(methods.agent.session.list, ({ params }) => this.#list(params))
      .onRequest(methods.agent.session.close, async ({ params }) => {
        await this.#session(params.sessionId).close();
        this.#sessions.delete(params.sessionId);
      })
      .onRequest(methods.agent.session.delete, async ({ params }) => {
        await this.#sessions.get(params.sessionId)?.close();
        this.#sessions.delete(params.sessionId);
        this.#history.delete(params.sessionId);
      })
      .onRequest(methods.agent.session.setMode, async ({ params }) => {
        await this.#session(params.sessionId).setMode(params.modeId);
      })
      .onRequest(methods.agent.session.prompt, ({ params }) =>
        this.#session(params.sessionId).prompt(params.prompt),
      )
      .onNotification(methods.agent.session.cancel, ({ params }) => {
        this.#sessions.get(params.sessionId)?.cancel();
      })
      .onNotification('_roost/lm/part', arrivingPartSchema, ({ params }) => {
        this.#models.take(params);
      });
  }

  /** Writes what running turns have said so far; called once, when the process ends. */
  saveNow(): void {
    for (const session of this.#sessions.values()) session.saveNow();
  }

  #open(
    client: AgentContext,
    options: {
      readonly sessionId: string;
      readonly cwd: string;
      readonly additional: readonly string[];
      readonly titled: boolean;
    },
  ): Session {
    const session = new Session({
      ...options,
      client,
      capabilities: this.#capabilities,
      history: this.#history,
      models: offersModels(this.#capabilities) ? this.#models : undefined,
    });
    this.#sessions.set(options.sessionId, session);
    return session;
  }

  async #reopen(
    client: AgentContext,
    params: { sessionId: string; cwd: string; additionalDirectories?: string[] },
  ): Promise<{ session: Session; updates: NonNullable<ReturnType<History['read']>>['updates'] }> {
    const { sessionId } = params;
    const cwd = absolute(params.cwd);
    await this.#sessions.get(sessionId)?.close();
    const remembered = this.#history.read(sessionId);
    if (remembered === undefined) throw RequestError.sessionNotFound(sessionId);
    const { updates } = remembered;
    const titled = updates.some(({ sessionUpdate }) => sessionUpdate === 'session_info_update');
    const additional = params.additionalDirectories ?? [];
    return { session: this.#open(client, { sessionId, cwd, additional, titled }), updates };
  }

  #session(sessionId: string): Session {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) throw RequestError.sessionNotFound(sessionId);
    return session;
  }

  #list({ cwd, cursor }: ListSessionsRequest): ListSessionsResponse {
    const wanted = typeof cwd !== 'string' ? undefined : resolve(cwd);
    const all = this.#history
      .list()
      .filter((session) => wanted === undefined || resolve(session.cwd) === wanted);
    const after = typeof cursor !== 'string' ? undefined : readCursor(cursor);
    // The cursor names the last session of the page before; one used since then moves to the front,
    // so the place is found by time and not by position.
    const rest =
      after === undefined
        ? all
        : all.filter(
            ({ updatedAt, sessionId }) =>
              updatedAt < after.updatedAt ||
              (updatedAt === after.updatedAt && sessionId < after.sessionId),
          );
    const page = rest.slice(0, pageSize);
    const last = page.at(-1);
    return {
      sessions: page.map(({ sessionId, cwd: folder, title, updatedAt }) => ({
        sessionId,
        cwd: folder,
        updatedAt,
        ...(title === undefined ? {} : { title }),
      })),
      ...(last === undefined || rest.length === page.length ? {} : { nextCursor: cursorAt(last) }),
    };
  }
}

function initializeResponse(): InitializeResponse {
  return {
    // The newest this agent speaks; the client leaves when that is not one of its own.
    protocolVersion: PROTOCOL_VERSION,
    agentInfo: { name: 'roost-workspace', title: 'Workspace', version: agentVersion },
    agentCapabilities: {
      loadSession: true,
      promptCapabilities: { embeddedContext: true },
      sessionCapabilities: {
        additionalDirectories: {},
        close: {},
        delete: {},
        list: {},
        resume: {},
      },
    },
    authMethods: [],
  };
}

/** The commands are told after the response, when the client knows the session's id. */
function advertiseLater(session: Session): void {
  setImmediate(() => {
    // It fails only when the client is gone, and then there is nobody to tell.
    session.advertise().catch(() => undefined);
  });
}

function absolute(cwd: string): string {
  if (!isAbsolute(cwd)) throw RequestError.invalidParams({ cwd }, 'cwd must be absolute');
  return cwd;
}

function cursorAt({ updatedAt, sessionId }: { updatedAt: string; sessionId: string }): string {
  return `${updatedAt} ${sessionId}`;
}

function readCursor(cursor: string): { readonly updatedAt: string; readonly sessionId: string } {
  const [updatedAt, sessionId, more] = cursor.split(' ');
  if (updatedAt === undefined || sessionId === undefined || more !== undefined) {
    throw RequestError.invalidParams({ cursor }, 'this is no cursor of this agent');
  }
  return { updatedAt, sessionId };
}
