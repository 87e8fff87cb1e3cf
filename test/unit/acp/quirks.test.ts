// What is done about particular agents: which entry meets which agent, and the habits that entries speak of.
import { describe, expect, it } from 'vitest';
import { inAskingMode, untilQuiet } from '../../../src/acp/habits.ts';
import { quirksOf } from '../../../src/acp/quirks.ts';
import { SessionError } from '../../../src/session/errors.ts';

const plain = { id: 'mine', command: '/usr/bin/mine', args: ['--acp'] };

describe('the table', () => {
  it('says nothing about an agent that is not in it', () => {
    expect(quirksOf(plain, 'mine')).toEqual({
      files: true,
      minLoadAgeMs: 0,
      replaysAfterLoad: false,
      asking: undefined,
      writesUnasked: [],
    });
  });

  it.each([
    { id: 'gemini', command: 'whatever', args: [] },
    { id: 'x', command: '/usr/local/bin/gemini', args: ['--acp'] },
    { id: 'x', command: 'C:\\tools\\gemini.cmd', args: ['--acp'] },
    { id: 'x', command: 'node', args: ['/a/@google/gemini-cli/bundle/gemini.js', '--acp'] },
    { id: 'x', command: 'npx', args: ['@google/gemini-cli@0.61.0', '--acp'] },
  ])('knows Gemini however it is started, before it has said a word: %o', (agent) => {
    expect(quirksOf(agent)).toMatchObject({
      files: false,
      minLoadAgeMs: 60_000,
      replaysAfterLoad: true,
    });
  });

  it.each([
    { id: 'workspace', command: '/home/gemini/bin/agent', args: [] },
    { id: 'codex', command: 'codex-acp', args: ['--model', 'gemini-3'] },
  ])('takes no other for it: %o', (agent) => {
    expect(quirksOf(agent)).toEqual(quirksOf(plain));
  });

  it.each([
    ['@agentclientprotocol/claude-agent-acp', 'auto', 'default'],
    ['@zed-industries/claude-agent-acp', 'auto', 'default'],
    ['@agentclientprotocol/codex-acp', 'agent', 'read-only'],
    ['qwen-code', 'auto', 'default'],
  ])('knows %s by the name it gives, however it is started', (name, insteadOf, mode) => {
    expect(quirksOf(plain, name).asking).toEqual({ insteadOf, mode });
  });

  it('knows in which mode Kimi writes unasked', () => {
    expect(quirksOf(plain, 'Kimi Code CLI').writesUnasked).toEqual(['default']);
  });

  it('takes no other program for one of them', () => {
    for (const name of ['codex-acp', 'my-qwen-code', 'Kimi Code CLI 2']) {
      expect(quirksOf(plain, name)).toEqual(quirksOf(plain));
    }
  });
});

describe('a mode that does not ask', () => {
  const quirks = quirksOf(plain, 'qwen-code');

  it('is left for the one that does', async () => {
    const set: string[] = [];
    const opened = { agentSessionId: 'a', currentModeId: 'auto' };
    const after = await inAskingMode(opened, quirks, (mode) => {
      set.push(mode);
      return Promise.resolve();
    });
    expect(set).toEqual(['default']);
    expect(after).toEqual({ agentSessionId: 'a', currentModeId: 'default' });
  });

  it('is not touched when it is another one that its user has set up', async () => {
    const opened = { agentSessionId: 'a', currentModeId: 'yolo' };
    const refuse = (): Promise<void> => Promise.reject(new Error('must not be set'));
    expect(await inAskingMode(opened, quirks, refuse)).toBe(opened);
  });
});

describe('a replay after the answer', () => {
  const refusal = new SessionError('agentError', 'no such method');

  it('is over when nothing has come between a question and its answer', async () => {
    const arrives = [1, 3, 1, 0, 5];
    let updates = 4;
    let asked = 0;
    await untilQuiet(
      () => {
        updates += arrives[asked] ?? 0;
        asked += 1;
        return Promise.reject(refusal);
      },
      () => updates,
    );
    expect(asked).toBe(4);
  });

  it('is not waited for when the agent is gone', async () => {
    const gone = new SessionError('agentExited', 'gone');
    await expect(
      untilQuiet(
        () => Promise.reject(gone),
        () => 0,
      ),
    ).rejects.toBe(gone);
  });
});
