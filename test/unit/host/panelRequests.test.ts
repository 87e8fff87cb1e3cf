// What a panel asks for reaches its session; what fails is shown in the panel, and nothing that was written is lost.
import { describe, expect, it } from 'vitest';
import type { FromPanel, ToPanel } from '../../../src/chatProtocol/messages.ts';
import type { ChangedFile, ErrorView } from '../../../src/chatProtocol/session.ts';
import type { PanelChannel } from '../../../src/host/panel/panelChannel.ts';
import { PanelRequests } from '../../../src/host/panel/panelRequests.ts';
import { SessionError } from '../../../src/session/errors.ts';
import { fakeDomain } from '../../fakes/domain.ts';
import type { FakeDomain } from '../../fakes/domain.ts';
import { settle } from '../../fakes/fakeClock.ts';

interface Stage {
  readonly domain: FakeDomain;
  readonly sessionId: string;
  readonly done: string[];
  readonly errors: (ErrorView | undefined)[];
  readonly told: ToPanel[];
  readonly say: (message: FromPanel) => Promise<void>;
}

/** The one file that the editor says the session has changed. */
const changed: ChangedFile = {
  path: '/work/a.ts',
  name: 'a.ts',
  folder: '',
  kind: 'changed',
  lines: { added: 2, removed: 1 },
};

/** A ready session, and a panel's requests with everything but the session replaced. */
async function stage(
  signIn: (sessionId: string) => Promise<boolean> = () => Promise.resolve(false),
): Promise<Stage> {
  const domain = fakeDomain();
  const { sessionId } = await domain.manager.create();
  const done: string[] = [];
  const errors: (ErrorView | undefined)[] = [];
  const told: ToPanel[] = [];
  let seq = 0;
  const channel: Pick<
    PanelChannel,
    'ready' | 'resync' | 'applied' | 'older' | 'find' | 'tell' | 'showError'
  > = {
    ready: () => Promise.resolve(void done.push('ready')),
    resync: () => Promise.resolve(void done.push('resync')),
    applied: (seq) => void done.push(`applied ${seq}`),
    older: (before) => Promise.resolve(void done.push(`older ${before}`)),
    find: (query) => Promise.resolve(void done.push(`find ${query}`)),
    tell: (make) => void told.push(make((seq += 1))),
    showError: (error) => void errors.push(error),
  };
  const requests = new PanelRequests({
    sessionId,
    sessions: domain.manager,
    channel: channel as PanelChannel,
    editor: {
      openLink: (href, cwd) => Promise.resolve(void done.push(`link ${href} from ${cwd}`)),
      openFile: (path, line) => Promise.resolve(void done.push(`file ${path} ${String(line)}`)),
      copy: (text) => Promise.resolve(void done.push(`copy ${text}`)),
      insert: (text) => Promise.resolve(void done.push(`insert ${text}`)),
      openDiff: (edit) => Promise.resolve(void done.push(`diff ${JSON.stringify(edit)}`)),
      showLog: () => void done.push('log'),
      signIn: (id) => signIn(id),
      setPermissions: (id) => Promise.resolve(void done.push(`permissions of ${id}`)),
      changes: () => Promise.resolve([changed]),
      openChange: (_, path) => Promise.resolve(void done.push(`change ${path}`)),
      revertChange: (_, path) => Promise.resolve(void done.push(`revert ${path}`)),
    },
    mentions: {
      find: (query) => Promise.resolve([{ ref: { type: 'selection' }, name: query, detail: '' }]),
      read: () => Promise.reject(new SessionError('invalidArgument', 'nothing selected')),
      dropped: (uri) => Promise.resolve({ type: 'link', icon: 'file', name: uri, uri }),
    },
    drafts: { set: (_, draft) => Promise.resolve(void done.push(`draft ${draft.text}`)) },
  });
  const subscription = domain.manager.onDidChangeTranscript(({ change }) => {
    requests.transcriptChanged(change);
  });
  return {
    domain,
    sessionId,
    done,
    errors,
    told,
    say: (message) => {
      expect(subscription).toBeDefined();
      return requests.handle(message);
    },
  };
}

describe('a prompt', () => {
  it('that meets a sign-in is sent again once the user has signed in, and not otherwise', async () => {
    const signedOut = new SessionError('authRequired', 'log in');
    for (const agrees of [true, false]) {
      const { domain, say, errors } = await stage(() => {
        if (agrees) domain.agents.script.answers = {};
        return Promise.resolve(agrees);
      });
      domain.agents.script.answers = { 'session/prompt': signedOut };
      await say({ type: 'prompt', text: 'hello' });
      expect(domain.agents.last.prompts).toHaveLength(agrees ? 2 : 1);
      const entries = await domain.manager.transcript('session-1');
      expect(entries.filter(({ type }) => type === 'user')).toHaveLength(1);
      expect(errors.at(-1)).toEqual(
        agrees ? undefined : expect.objectContaining({ code: 'authRequired', action: 'signIn' }),
      );
    }
  });

  it('of an agent that asks for a sign-in for ever is sent once more, stands there once, and says what is wanted', async () => {
    const { domain, say, errors } = await stage(() => Promise.resolve(true));
    domain.agents.script.answers = {
      'session/prompt': new SessionError('authRequired', 'log in'),
    };
    await say({ type: 'prompt', text: 'hello' });
    expect(domain.agents.last.prompts).toHaveLength(2);
    expect(errors.at(-1)).toMatchObject({ code: 'authRequired', action: 'signIn' });
    const entries = await domain.manager.transcript('session-1');
    expect(entries.filter(({ type }) => type === 'user')).toHaveLength(1);
    expect(domain.manager.get('session-1')).toMatchObject({ status: 'ready' });
  });

  it('is sent as it was written', async () => {
    const { domain, say, errors } = await stage();
    await say({ type: 'prompt', text: '/find x' });
    expect(domain.agents.last.prompts).toEqual([[{ type: 'text', text: '/find x' }]]);
    expect(errors.filter((error) => error !== undefined)).toEqual([]);
  });

  it('that was not taken comes back with what went wrong', async () => {
    const { domain, say, errors } = await stage();
    domain.manager.prompt = () =>
      Promise.reject(new SessionError('sessionReadOnly', 'no', { hint: 'there' }));
    await say({ type: 'prompt', text: 'precious' });
    expect(errors.at(-1)).toMatchObject({
      code: 'sessionReadOnly',
      hint: 'there',
      prompt: { text: 'precious', attached: [] },
    });
  });

  it('whose agent dies in the turn is in the transcript and not reported twice', async () => {
    const { domain, say, errors } = await stage();
    domain.agents.last.held.length = 0;
    domain.agents.script.hold = ['session/prompt'];
    const sent = say({ type: 'prompt', text: 'x' });
    await settle();
    domain.agents.last.exit();
    await sent;
    expect(errors.filter((error) => error !== undefined)).toEqual([]);
  });
});

describe('what is asked of the session', () => {
  it('an unknown request is shown as an error with its code', async () => {
    const { say, errors } = await stage();
    await say({ type: 'permission', requestId: 'gone', optionId: 'y' });
    await say({ type: 'url', requestId: 'gone', open: true });
    expect(errors).toMatchObject([{ code: 'requestUnknown' }, { code: 'requestUnknown' }]);
  });

  it('a permission is answered with the option of the agent', async () => {
    const { domain, sessionId, say } = await stage();
    const answer = domain.agents.last.events.requestPermission(
      {
        agentSessionId: 'fake-1',
        toolCall: { toolCallId: 't', title: 'Run' },
        options: [{ optionId: 'y', name: 'Yes', kind: 'allow_once' }],
      },
      new AbortController().signal,
    );
    await settle();
    const requestId = domain.manager.details(sessionId).pending[0]?.requestId ?? '';
    await say({ type: 'permission', requestId, optionId: 'y' });
    expect(await answer).toBe('y');
  });

  it('a page is opened by the address of the request, never by one from the panel', async () => {
    const { domain, sessionId, done, say } = await stage();
    const answer = domain.agents.last.events.elicit(
      { agentSessionId: 'fake-1', mode: 'url', message: 'Sign in', url: 'https://example.com/in' },
      new AbortController().signal,
    );
    await settle();
    const requestId = domain.manager.details(sessionId).pending[0]?.requestId ?? '';
    await say({ type: 'url', requestId, open: true });
    expect(done).toEqual(['link https://example.com/in from /work']);
    expect(await answer).toEqual({ action: 'accept' });
  });

  it.each([
    [{ key: 'v' }, { action: 'accept', content: { key: 'v' } }],
    [undefined, { action: 'decline' }],
  ])('a form is answered with %o', async (content, answer) => {
    const { domain, sessionId, say } = await stage();
    const asked = domain.agents.last.events.elicit(
      { agentSessionId: 'fake-1', mode: 'form', message: 'Q', requestedSchema: {} },
      new AbortController().signal,
    );
    await settle();
    const requestId = domain.manager.details(sessionId).pending[0]?.requestId ?? '';
    await say({ type: 'form', requestId, content });
    expect(await asked).toEqual(answer);
  });
});

it('hands to the editor what is the editor’s', async () => {
  const { done, say, sessionId } = await stage();
  await say({ type: 'openLink', href: 'a.ts' });
  await say({ type: 'openFile', path: '/work/a.ts', line: 3 });
  await say({ type: 'copy', text: 'c' });
  await say({ type: 'action', action: 'showLog' });
  await say({ type: 'action', action: 'setPermissions' });
  expect(done).toEqual([
    ...['link a.ts from /work', 'file /work/a.ts 3', 'copy c', 'log'],
    `permissions of ${sessionId}`,
  ]);
});

it('ends and starts the process when asked to', async () => {
  const { domain, sessionId, say, errors } = await stage();
  await say({ type: 'action', action: 'kill' });
  expect(domain.agents.last.stops).toMatchObject([{ force: true }]);
  expect(domain.manager.get(sessionId)?.status).toBe('dormant');
  await say({ type: 'action', action: 'resume' });
  expect(domain.manager.get(sessionId)?.status).toBe('ready');
  expect(errors.filter((error) => error !== undefined)).toEqual([]);
});

it('tells the panel what an @ can attach, and what was dropped', async () => {
  const { told, done, errors, say } = await stage();
  await say({ type: 'mention', query: 'list' });
  await say({ type: 'attachUris', uris: ['file:///a', 'file:///b'] });
  expect(told).toMatchObject([
    { type: 'mentions', asked: 'list', mentions: [{ name: 'list' }] },
    {
      type: 'compose',
      draft: { text: '', attached: [{ uri: 'file:///a' }, { uri: 'file:///b' }] },
    },
  ]);
  await say({ type: 'attach', ref: { type: 'selection' } });
  expect(errors.at(-1)).toMatchObject({ message: 'nothing selected' });
  await say({ type: 'draft', draft: { text: 'half', attached: [] } });
  expect(done).toContain('draft half');
});

it('opens the edit of a request as the agent sent it, with the request', async () => {
  const { domain, sessionId, done, say, errors } = await stage();
  void domain.agents.last.events.requestPermission(
    {
      agentSessionId: 'fake-1',
      toolCall: {
        toolCallId: 't',
        content: [{ type: 'diff', path: '/work/a.ts', oldText: 'a', newText: 'b' }],
      },
      options: [],
    },
    new AbortController().signal,
  );
  await settle();
  const requestId = domain.manager.details(sessionId).pending[0]?.requestId ?? '';
  await say({ type: 'openDiff', source: { requestId }, part: 0 });
  expect(JSON.parse(done.at(-1)?.slice('diff '.length) ?? '')).toEqual({
    ...{ sessionId, requestId, cwd: '/work', path: '/work/a.ts' },
    ...{ oldText: 'a', newText: 'b' },
  });
  await say({ type: 'openDiff', source: { entryId: 'gone' }, part: 0 });
  expect(errors.at(-1)).toMatchObject({ code: 'requestUnknown' });
});

describe('what the session has changed', () => {
  it('is told when asked for, and again after something was taken back', async () => {
    const { say, told, done } = await stage();
    await say({ type: 'changes' });
    await say({ type: 'openChange', path: changed.path });
    await say({ type: 'revertChange', path: changed.path });
    expect(told).toEqual([
      { type: 'changes', seq: 1, files: [changed] },
      { type: 'changes', seq: 2, files: [changed] },
    ]);
    expect(done).toEqual(['change /work/a.ts', 'revert /work/a.ts']);
  });
});
