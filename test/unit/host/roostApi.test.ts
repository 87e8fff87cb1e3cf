// The public API as other extensions meet it: its frozen shape, and that every misuse is answered, in plain data.
import { describe, expect, expectTypeOf, it } from 'vitest';
import type * as vscode from 'vscode';
import type {
  ContentBlock,
  RoostApi,
  SavedSessionInfo,
  SessionConfig,
  SessionInfo,
  SessionStatus,
  TelemetryEvent,
  TerminationReport,
  TranscriptEntry,
} from '../../../src/api.ts';
import { createRoostApi } from '../../../src/host/roostApi.ts';
import { fakeDomain, type FakeDomain } from '../../fakes/domain.ts';
import { settle } from '../../fakes/fakeClock.ts';

function api(domain: FakeDomain): RoostApi {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the editor's class exists in an editor only
  return createRoostApi(domain.manager, domain.bus, (dispose) => ({ dispose }));
}

/** How a call ended: never a hang, and nothing but what JSON can carry. */
async function refusal(call: Promise<unknown>): Promise<unknown> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error === undefined ? undefined : JSON.parse(JSON.stringify(error));
}

/** Every function of the API that is about one session, called with this id. */
function callsAbout(
  roost: RoostApi,
  id: string,
): readonly (readonly [string, () => Promise<unknown>])[] {
  return [
    ['sendPrompt', () => roost.sendPrompt(id, 'x')],
    ['cancelPrompt', () => roost.cancelPrompt(id)],
    ['respondToPermission', () => roost.respondToPermission(id, 'r', undefined)],
    ['getTranscript', () => roost.getTranscript(id)],
    ['terminateSession', () => roost.terminateSession(id)],
    ['restartSession', () => roost.restartSession(id)],
    ['saveSession', () => roost.saveSession(id)],
    ['restoreSession', () => roost.restoreSession(id)],
    ['deleteSavedSession', () => roost.deleteSavedSession(id)],
  ];
}

describe('the contract', () => {
  it('is what it was: nothing may be taken away or changed, only added in a new version', () => {
    expectTypeOf<RoostApi['version']>().toEqualTypeOf<1>();
    expectTypeOf<keyof RoostApi>().toEqualTypeOf<
      | 'version'
      | 'createSession'
      | 'listSessions'
      | 'getSession'
      | 'sendPrompt'
      | 'cancelPrompt'
      | 'respondToPermission'
      | 'getTranscript'
      | 'terminateSession'
      | 'restartSession'
      | 'saveSession'
      | 'restoreSession'
      | 'listSavedSessions'
      | 'deleteSavedSession'
      | 'terminateIdleSessions'
      | 'onDidChangeSessions'
      | 'onTelemetry'
    >();
    expectTypeOf<NonNullable<Parameters<RoostApi['createSession']>[0]>>().toEqualTypeOf<{
      agent?: string;
      cwd?: string;
      title?: string;
      config?: Partial<SessionConfig>;
    }>();
    expectTypeOf<RoostApi['createSession']>().returns.resolves.toEqualTypeOf<SessionInfo>();
    expectTypeOf<RoostApi['listSessions']>().toEqualTypeOf<() => readonly SessionInfo[]>();
    expectTypeOf<RoostApi['getSession']>().toEqualTypeOf<
      (sessionId: string) => SessionInfo | undefined
    >();
    expectTypeOf<RoostApi['sendPrompt']>().toEqualTypeOf<
      (sessionId: string, prompt: string | ContentBlock[]) => Promise<{ stopReason: string }>
    >();
    expectTypeOf<RoostApi['cancelPrompt']>().toEqualTypeOf<(sessionId: string) => Promise<void>>();
    expectTypeOf<RoostApi['respondToPermission']>().toEqualTypeOf<
      (sessionId: string, requestId: string, optionId: string | undefined) => Promise<void>
    >();
    expectTypeOf<RoostApi['getTranscript']>().toEqualTypeOf<
      (sessionId: string) => Promise<readonly TranscriptEntry[]>
    >();
    expectTypeOf<RoostApi['terminateSession']>().toEqualTypeOf<
      (sessionId: string, options?: { force?: boolean }) => Promise<TerminationReport>
    >();
    expectTypeOf<RoostApi['restartSession']>().toEqualTypeOf<
      (sessionId: string) => Promise<SessionInfo>
    >();
    expectTypeOf<RoostApi['saveSession']>().toEqualTypeOf<
      (sessionId: string) => Promise<SavedSessionInfo>
    >();
    expectTypeOf<RoostApi['restoreSession']>().toEqualTypeOf<
      (sessionId: string) => Promise<SessionInfo>
    >();
    expectTypeOf<RoostApi['listSavedSessions']>().toEqualTypeOf<
      () => Promise<readonly SavedSessionInfo[]>
    >();
    expectTypeOf<RoostApi['deleteSavedSession']>().toEqualTypeOf<
      (sessionId: string) => Promise<void>
    >();
    expectTypeOf<RoostApi['terminateIdleSessions']>().toEqualTypeOf<
      () => Promise<readonly string[]>
    >();
    type Heard<E> = E extends (listener: (event: infer T) => unknown, ...rest: never) => unknown
      ? T
      : never;
    expectTypeOf<Heard<RoostApi['onDidChangeSessions']>>().toEqualTypeOf<{
      sessionId: string;
      status: SessionStatus | 'deleted';
    }>();
    expectTypeOf<Heard<RoostApi['onTelemetry']>>().toEqualTypeOf<TelemetryEvent>();
  });

  it('has plain data in it, of these shapes', () => {
    expectTypeOf<SessionStatus>().toEqualTypeOf<
      | 'starting'
      | 'ready'
      | 'working'
      | 'needsInput'
      | 'stopping'
      | 'dormant'
      | 'crashed'
      | 'failed'
    >();
    expectTypeOf<SessionInfo>().toEqualTypeOf<{
      readonly sessionId: string;
      readonly title: string;
      readonly agentId: string;
      readonly cwd: string;
      readonly status: SessionStatus;
      readonly processAlive: boolean;
      readonly pid?: number;
      readonly createdAt: string;
      readonly lastActivityAt: string;
      readonly messageCount: number;
      readonly idleDeadlineAt?: string;
      readonly keepAwake: boolean;
      readonly pendingRequests: readonly {
        readonly requestId: string;
        readonly kind: 'permission' | 'elicitation';
        readonly title: string;
        readonly options: readonly {
          readonly optionId: string;
          readonly name: string;
          readonly kind: string;
        }[];
      }[];
      readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
    }>();
    expectTypeOf<SessionConfig>().toEqualTypeOf<{
      readonly timeoutMinutes: number;
      readonly restart: 'onCrash' | 'never';
      readonly permissionMode: 'ask' | 'allowReads' | 'allowAll';
    }>();
    expectTypeOf<TerminationReport>().toEqualTypeOf<{
      readonly sessionId: string;
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly forced: boolean;
      readonly durationMs: number;
      readonly descendantsKilled: number;
    }>();
    expectTypeOf<SavedSessionInfo>().toEqualTypeOf<{
      readonly sessionId: string;
      readonly title: string;
      readonly agentId: string;
      readonly cwd: string;
      readonly savedAt: string;
      readonly messageCount: number;
      readonly bytes: number;
      readonly damaged?: string;
    }>();
    // Entries may carry more than was promised, never less.
    expectTypeOf<TranscriptEntry>().toExtend<
      { id: string; at: string } & (
        | { type: 'user' | 'agent' | 'thought'; text: string }
        | { type: 'toolCall'; toolCallId: string; title: string; kind: string; status: string }
        | { type: 'plan'; entries: { content: string; status: string }[] }
        | { type: 'notice'; code: string; text: string }
      )
    >();
  });
});

describe('misuse', () => {
  it('with an id that nobody has is refused by name', async () => {
    const roost = api(fakeDomain());
    for (const [name, call] of callsAbout(roost, 'nobody')) {
      expect(await refusal(call()), name).toMatchObject({
        name: 'SessionError',
        code: expect.stringMatching(/^(sessionUnknown|savedSessionUnknown)$/) as string,
        sessionId: 'nobody',
        message: expect.stringContaining('nobody') as string,
        hint: expect.stringMatching(/./) as string,
      });
    }
  });

  it('with an id that is none is refused', async () => {
    const roost = api(fakeDomain());
    for (const id of [undefined, null, 42, {}, ['session-1']]) {
      // A caller without types may pass anything.
      for (const [name, call] of callsAbout(roost, id as string)) {
        expect(await refusal(call()), name).toMatchObject({
          name: 'SessionError',
          code: 'invalidArgument',
          message: expect.stringMatching(/^sessionId: /) as string,
        });
      }
      expect(roost.getSession(id as string)).toBeUndefined();
    }
  });

  it('with values of the wrong type is refused, and changes nothing', async () => {
    const domain = fakeDomain();
    const roost = api(domain);
    const { sessionId } = await roost.createSession();
    const circular: Record<string, unknown> = { type: 'text' };
    circular['self'] = circular;
    const wrong: (() => Promise<unknown>)[] = [
      () => roost.createSession({ agnet: 'fake' } as never),
      () => roost.createSession('fake' as never),
      () => roost.createSession({ agent: 7 as never }),
      () => roost.createSession({ cwd: '' }),
      () => roost.createSession({ config: { timeoutMinutes: -1 } }),
      () => roost.createSession({ config: { timeoutMinutes: Number.NaN } }),
      () => roost.createSession({ config: { timeout: 1 } as never }),
      () => roost.createSession({ config: { restart: 'always' as never } }),
      () => roost.sendPrompt(sessionId, undefined as never),
      () => roost.sendPrompt(sessionId, []),
      () => roost.sendPrompt(sessionId, [{}] as never),
      () => roost.sendPrompt(sessionId, [circular as never]),
      () => roost.sendPrompt(sessionId, [{ type: 'text', text: 1n }]),
      () => roost.respondToPermission(sessionId, 7 as never, 'x'),
      () => roost.respondToPermission(sessionId, 'x', {} as never),
      () => roost.terminateSession(sessionId, { force: 'yes' as never }),
      () => roost.terminateSession(sessionId, { hard: true } as never),
    ];
    for (const call of wrong) {
      expect(await refusal(call()), call.toString()).toMatchObject({
        name: 'SessionError',
        code: 'invalidArgument',
        hint: expect.stringMatching(/./) as string,
      });
    }
    expect(roost.listSessions()).toHaveLength(1);
    expect(domain.agents.last.prompts).toHaveLength(0);
    expect(roost.getSession(sessionId)?.status).toBe('ready');
  });

  it('after Roost was shut down is refused, also what was under way', async () => {
    const domain = fakeDomain();
    const roost = api(domain);
    const { sessionId } = await roost.createSession();
    domain.agents.script = { hold: ['session/prompt', 'initialize'] };
    await roost.terminateSession(sessionId);
    const underWay = [roost.createSession(), roost.sendPrompt(sessionId, 'x')].map(refusal);
    await settle();
    await domain.manager.shutdown(0);
    await domain.clock.advance(0);
    for (const ended of await Promise.all(underWay)) {
      // A prompt whose session is stopped was cancelled, which is an answer.
      if (ended !== undefined) expect(ended).toMatchObject({ name: 'SessionError' });
    }
    const disposed = { name: 'SessionError', code: 'disposed', hint: 'Reload the window.' };
    for (const [name, call] of [
      ...callsAbout(roost, sessionId),
      ['createSession', () => roost.createSession()],
      ['listSavedSessions', () => roost.listSavedSessions()],
      ['terminateIdleSessions', () => roost.terminateIdleSessions()],
    ] as const) {
      expect(await refusal(call()), name).toMatchObject(disposed);
    }
    expect(roost.listSessions()).toBeInstanceOf(Array);
    expect(roost.getSession(sessionId)?.processAlive).toBe(false);
  });
});

describe('what is handed out', () => {
  it('belongs to the caller, who can change nothing of Roost by it', async () => {
    const domain = fakeDomain();
    domain.agents.script = { hold: ['session/prompt'] };
    const roost = api(domain);
    const { sessionId } = await roost.createSession();
    const block = { type: 'text', text: 'first' };
    void roost.sendPrompt(sessionId, 'hold');
    const queued = roost.sendPrompt(sessionId, [block]);
    block.text = 'changed afterwards';
    await settle();
    void domain.agents.last.events.requestPermission(
      {
        agentSessionId: 'fake-1',
        toolCall: { toolCallId: 't' },
        options: [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }],
      },
      new AbortController().signal,
    );
    await settle();
    const [request] = roost.getSession(sessionId)?.pendingRequests ?? [];
    Object.assign(request?.options[0] ?? {}, { optionId: 'no' });
    expect(roost.getSession(sessionId)?.pendingRequests[0]?.options[0]?.optionId).toBe('yes');
    await roost.respondToPermission(sessionId, request?.requestId ?? '', 'yes');
    domain.agents.last.answer('session/prompt', { stopReason: 'end_turn' });
    await settle();
    domain.agents.last.answer('session/prompt', { stopReason: 'end_turn' });
    await queued;
    expect(domain.agents.last.prompts[1]).toEqual([{ type: 'text', text: 'first' }]);
  });

  it('reaches every listener, whatever one of them does', async () => {
    const roost = api(fakeDomain());
    const heard: string[] = [];
    const disposables: vscode.Disposable[] = [];
    const bad = [
      roost.onDidChangeSessions(() => {
        throw new Error('a bad listener');
      }),
      roost.onTelemetry((event) => {
        // @ts-expect-error events are for reading
        event.at = 'never';
      }),
    ];
    const good = roost.onTelemetry(({ name, at }) => {
      if (name === 'roost.session.created') heard.push(at);
    });
    roost.onDidChangeSessions(
      function (this: string[], { status }) {
        this.push(status);
      },
      heard,
      disposables,
    );
    await roost.createSession();
    expect(heard.filter((one) => one !== 'starting' && one !== 'ready')).toEqual([
      '2026-01-01T00:00:00.000Z',
    ]);
    expect(heard).toContain('ready');
    const count = heard.length;
    for (const one of [...disposables, ...bad, good]) one.dispose();
    await roost.terminateSession('session-1');
    expect(heard).toHaveLength(count);
  });
});

describe('restoring', () => {
  it.each(['lazy', 'off', 'eager'] as const)('starts a process as "%s" says', async (policy) => {
    const first = fakeDomain({ 'restore.policy': policy });
    const { sessionId } = await api(first).createSession();
    await api(first).terminateSession(sessionId);
    const second = first.nextLife();
    const roost = api(second);
    expect((await roost.restoreSession(sessionId)).sessionId).toBe(sessionId);
    await settle();
    expect(roost.getSession(sessionId)?.processAlive).toBe(policy === 'eager');
    // Twice is once.
    await roost.restoreSession(sessionId);
    expect(roost.listSessions()).toHaveLength(1);
  });
});
