// What is answered without asking: by mode, by an answer for ever, and never more than the user meant.
import { describe, expect, it } from 'vitest';
import {
  answerByPolicy,
  sameRequest,
  withAnswer,
  type PermissionPolicy,
} from '../../../src/session/permissionPolicy.ts';
import type { PermissionAsk } from '../../../src/session/agentPort.ts';
import { fakeDomain, type FakeDomain } from '../../fakes/domain.ts';
import { settle } from '../../fakes/fakeClock.ts';

const options = [
  { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
  { optionId: 'always', name: 'Always', kind: 'allow_always' },
  { optionId: 'no', name: 'Reject', kind: 'reject_once' },
  { optionId: 'never', name: 'Never', kind: 'reject_always' },
];

function ask(toolCall: Partial<PermissionAsk['toolCall']> = {}): PermissionAsk {
  return {
    agentSessionId: 'fake-1',
    toolCall: { toolCallId: 'c1', title: 'Run npm test', kind: 'execute', ...toolCall },
    options,
  };
}

function answer(mode: PermissionPolicy['mode'], request = ask()): string | undefined {
  return answerByPolicy({ mode, remembered: [] }, request);
}

/** A session whose agent asks. */
async function asked(
  domain: FakeDomain,
  request = ask(),
): Promise<{ id: string; answered: Promise<string | undefined> }> {
  const [known] = domain.manager.list();
  const { sessionId } = known ?? (await domain.manager.create());
  const answered = domain.agents.last.events.requestPermission(
    request,
    new AbortController().signal,
  );
  await settle();
  return { id: sessionId, answered };
}

describe('a mode', () => {
  it('allows what it says, once, and nothing else', () => {
    expect(answer('ask')).toBeUndefined();
    expect(answer('allowReads')).toBeUndefined();
    expect(answer('allowReads', ask({ kind: 'read' }))).toBe('yes');
    expect(answer('allowAll')).toBe('yes');
    expect(answerByPolicy({ mode: 'allowAll', remembered: [] }, { ...ask(), options: [] })).toBe(
      undefined,
    );
  });
});

describe('an answer for ever', () => {
  it('counts for exactly the same request', () => {
    const remembered = withAnswer([], ask({ rawInput: { command: 'npm test' } }), {
      optionId: 'always',
      answerId: 'a1',
      at: 'then',
    });
    expect(remembered).toMatchObject([{ answerId: 'a1', answer: 'allow', title: 'Run npm test' }]);
    const policy = { mode: 'ask', remembered } as const;
    const again = ask({ toolCallId: 'c2', rawInput: { command: 'npm test' } });
    expect(answerByPolicy(policy, again)).toBe('yes');
    expect(answerByPolicy(policy, ask({ rawInput: { command: 'rm -rf /' } }))).toBeUndefined();
    expect(answerByPolicy(policy, ask({ kind: 'delete' }))).toBeUndefined();
    expect(
      answerByPolicy(policy, {
        ...again,
        toolCall: { ...again.toolCall, locations: [{ path: '/x' }] },
      }),
    ).toBeUndefined();
  });

  it('that refuses is not overruled by a mode', () => {
    const remembered = withAnswer([], ask(), { optionId: 'never', answerId: 'a', at: 'then' });
    expect(answerByPolicy({ mode: 'allowAll', remembered }, ask())).toBe('no');
  });

  it('is not made of one for once, of an unknown kind, or of a request too long to tell apart', () => {
    const chosen = { answerId: 'a', at: 'then' };
    expect(withAnswer([], ask(), { ...chosen, optionId: 'yes' })).toEqual([]);
    expect(withAnswer([], ask(), { ...chosen, optionId: 'what?' })).toEqual([]);
    const long = ask({ rawInput: 'x'.repeat(5000) });
    expect(sameRequest(long)).toBeUndefined();
    expect(withAnswer([], long, { ...chosen, optionId: 'always' })).toEqual([]);
  });

  it('replaces the one before for the same request', () => {
    const chosen = { at: 'then' };
    const once = withAnswer([], ask(), { ...chosen, optionId: 'always', answerId: '1' });
    const twice = withAnswer(once, ask(), { ...chosen, optionId: 'never', answerId: '2' });
    expect(twice).toMatchObject([{ answerId: '2', answer: 'reject' }]);
  });
});

describe('in a session', () => {
  it('"always" is kept on disk, answers the next time, also in the next life, until it is revoked', async () => {
    const domain = fakeDomain();
    const { id, answered } = await asked(domain);
    const [request] = domain.manager.get(id)?.pendingRequests ?? [];
    await domain.manager.respondToPermission(id, request?.requestId ?? '', 'always');
    await expect(answered).resolves.toBe('always');
    await expect((await asked(domain)).answered).resolves.toBe('yes');
    expect(domain.manager.get(id)?.pendingRequests).toEqual([]);

    await domain.manager.shutdown(1000);
    const next = domain.nextLife();
    await next.manager.restoreAll();
    await next.manager.resume(id);
    await expect((await asked(next)).answered).resolves.toBe('yes');
    const [kept] = next.manager.details(id).remembered;
    await next.manager.forgetAnswer(id, kept?.answerId ?? '');
    expect(next.manager.details(id).remembered).toEqual([]);
    expect(next.store.heads.get(id)).not.toHaveProperty('remembered');
    const { answered: open } = await asked(next);
    expect(next.manager.get(id)?.pendingRequests).toHaveLength(1);
    await next.manager.terminate(id);
    await expect(open).resolves.toBeUndefined();
  });

  it('a wider mode answers what waits, and following the settings again asks again', async () => {
    const domain = fakeDomain({ 'permissions.byAgent': { fake: 'allowReads' } });
    const { id, answered } = await asked(domain);
    expect(domain.manager.details(id).config.permissionMode).toBe('allowReads');
    await domain.manager.configure(id, { permissionMode: 'allowAll' });
    await expect(answered).resolves.toBe('yes');
    await domain.manager.configure(id, { permissionMode: undefined });
    expect(domain.manager.details(id).config.permissionMode).toBe('allowReads');
    expect(domain.store.heads.get(id)?.config).toEqual({});
  });
});
