// The Workspace agent's commands that only look: /find, /files, /read, /plan and /ask.
import { readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { methods } from '@agentclientprotocol/sdk';
import { describe, expect, it } from 'vitest';
import { everything, messageText, type PeerAnswers } from '../../agents/sdkPeer.ts';
import { calls, useWorkspaceAgent } from './fixture.ts';
import { Wire } from './wire.ts';

const agent = useWorkspaceAgent();

describe('/find', () => {
  it('finds text file by file, leaving out what git and a search leave out', async () => {
    await agent.put({
      'a.txt': 'one\nNeedle two\nneedle',
      'src/b.ts': 'const needle = `x`;\n',
      '.gitignore': 'out/\n*.log\n!keep.log\n/only-here.txt\n',
      'out/c.txt': 'needle',
      'x.log': 'needle',
      'keep.log': 'needle',
      'only-here.txt': 'needle',
      'src/only-here.txt': 'needle',
      'node_modules/m/index.js': 'needle',
      '.git/config': 'needle',
      'binary.bin': Buffer.from('needle\0needle'),
      'big.txt': 'needle\n'.repeat(200_000),
    });
    const { peer, sessionId } = await agent.open();
    const { stopReason, text, updates } = await peer.prompt(sessionId, '/find needle');
    expect(stopReason).toBe('end_turn');
    expect([...text.matchAll(/^- `(.+?:\d+)`/gmu)].map(([, place]) => place)).toEqual([
      'a.txt:2',
      'a.txt:3',
      'keep.log:1',
      'src/b.ts:1',
      'src/only-here.txt:1',
    ]);
    expect(text).toContain('``const needle = `x`;``');
    expect(text).toContain('5 matches in 4 files.');
    const [call] = calls(updates);
    expect(call).toMatchObject({ kind: 'search', status: 'completed', title: 'Find "needle"' });
    expect(call?.locations).toContainEqual({ path: join(agent.folder, 'src/b.ts'), line: 1 });
  });

  it('minds capitals when there are some, and says when there is nothing', async () => {
    await agent.put({ 'a.txt': 'Needle\nneedle\n' });
    const { peer, sessionId } = await agent.open();
    expect((await peer.prompt(sessionId, '/find Needle')).text).toContain('1 match in 1 file.');
    expect((await peer.prompt(sessionId, '/find thread')).text).toContain('No match in 1 file.');
    expect((await peer.prompt(sessionId, '/find  ')).text).toContain('`/find TEXT`');
  });

  it('ends at a bound and says so', async () => {
    await agent.put({ 'a.txt': 'needle\n'.repeat(2000), 'b.txt': 'needle' });
    const { peer, sessionId } = await agent.open();
    const { text } = await peer.prompt(sessionId, '/find needle');
    expect(text).toContain('500 matches in 1 file; there may be more');
  });

  it('streams: the first matches are there while it still searches, and a cancel ends it', async () => {
    const line = `needle ${'漢'.repeat(190)}`;
    const files = Array.from({ length: 450 }, (_, index) => [`f${index}.txt`, line]);
    await agent.put(Object.fromEntries(files) as Record<string, string>);
    await using wire = new Wire(agent);
    const sessionId = await wire.openSession(agent.folder);
    const turn = await wire.promptAndCancel(sessionId, '/find needle');
    expect(turn.stopReason).toBe('cancelled');
    expect(turn.text).toContain('needle');
    expect(turn.text).not.toContain('450 matches');
    expect(turn.lines.findLast((one) => one.includes('tool_call_update'))).toContain('"failed"');
    // The next turn runs as if nothing had been.
    expect((await wire.prompt(sessionId, '/find needle')).text).toContain('450 matches');
  });

  it('does not follow links out of the folder', async () => {
    const outside = await agent.another();
    await writeFile(join(outside, 'a.txt'), 'needle');
    await symlink(outside, join(agent.folder, 'link'));
    const { peer, sessionId } = await agent.open();
    expect((await peer.prompt(sessionId, '/find needle')).text).toContain('No match');
  });
});

describe('/files', () => {
  it('lists by pattern, in every folder when it has no slash', async () => {
    await agent.put({
      'a.ts': '',
      'src/b.ts': '',
      'src/deep/c.ts': '',
      'src/d.js': '',
      '.hidden/e.ts': '',
    });
    const { peer, sessionId } = await agent.open();
    const listed = async (glob: string): Promise<string[]> => {
      const { text } = await peer.prompt(sessionId, `/files ${glob}`);
      return [...text.matchAll(/^- `(.+)`$/gmu)].map(([, path]) => path ?? '');
    };
    expect(await listed('*.ts')).toEqual(['.hidden/e.ts', 'a.ts', 'src/b.ts', 'src/deep/c.ts']);
    expect(await listed('src/*.{ts,js}')).toEqual(['src/b.ts', 'src/d.js']);
    expect(await listed('src/**/*.ts')).toEqual(['src/b.ts', 'src/deep/c.ts']);
    expect(await listed('')).toHaveLength(5);
    expect(await listed('*.rs')).toEqual([]);
  });
});

describe('/read', () => {
  it('shows unsaved text where the client has it', async () => {
    await agent.put({ 'a.ts': 'saved\n' });
    const unsaved = new Map([[join(agent.folder, 'a.ts'), 'const unsaved = 1;\n']]);
    const { peer, sessionId } = await agent.open({ capabilities: everything, unsaved });
    const { text, updates } = await peer.prompt(sessionId, '/read a.ts');
    expect(text).toContain('```ts\nconst unsaved = 1;\n```');
    expect(text).toContain('1 line.');
    expect(calls(updates)[0]).toMatchObject({
      kind: 'read',
      status: 'completed',
      locations: [{ path: join(agent.folder, 'a.ts') }],
    });
  });

  it.each([true, false])('shows some lines of a file (client files: %s)', async (offered) => {
    await agent.put({ 'a.txt': 'one\ntwo\nthree\nfour\n' });
    const { peer, sessionId } = await agent.open(offered ? { capabilities: everything } : {});
    const { text } = await peer.prompt(sessionId, '/read a.txt:2-3');
    expect(text).toContain('```txt\ntwo\nthree\n```');
    expect(text).toContain('2 lines from line 2.');
    expect(peer.requests.includes('fs/read_text_file')).toBe(offered);
  });

  it('says that a long file goes on, and where', async () => {
    await agent.put({ 'a.txt': 'line\n'.repeat(2500) });
    const { peer, sessionId } = await agent.open();
    const { text } = await peer.prompt(sessionId, '/read a.txt');
    expect(text).toContain('2000 lines; the file goes on: `/read a.txt:2001`.');
    expect((await peer.prompt(sessionId, '/read a.txt:2001')).text).toContain('500 lines from');
  });

  it('stops in the midst of a long text when cancelled', async () => {
    const line = '漢'.repeat(100);
    await agent.put({ 'a.txt': `${line}\n`.repeat(1900) });
    await using wire = new Wire(agent);
    const sessionId = await wire.openSession(agent.folder);
    const turn = await wire.promptAndCancel(sessionId, '/read a.txt');
    expect(turn.stopReason).toBe('cancelled');
    expect(turn.text.split(line).length).toBeLessThan(1900);
  });

  it('reads an attached file', async () => {
    await agent.put({ 'a b.txt': 'attached' });
    const { peer, sessionId } = await agent.open();
    await peer.connection.agent.request(methods.agent.session.prompt, {
      sessionId,
      prompt: [
        { type: 'text', text: '/read ' },
        { type: 'resource_link', name: 'a b.txt', uri: `file://${agent.folder}/a%20b.txt` },
      ],
    });
    expect(messageText(peer.of(sessionId))).toContain('attached');
  });

  it('says that a file is not there or has no text', async () => {
    await agent.put({ 'empty.txt': '' });
    const { peer, sessionId } = await agent.open();
    const missing = await peer.prompt(sessionId, '/read nothing.txt');
    expect(missing.stopReason).toBe('end_turn');
    expect(missing.text).toContain('There is no file `nothing.txt`.');
    expect(calls(missing.updates)[0]?.status).toBe('failed');
    expect((await peer.prompt(sessionId, '/read empty.txt')).text).toContain('has no text');
  });

  it('stays in its folder where the client does not watch over it, links resolved', async () => {
    const outside = await agent.another();
    await writeFile(join(outside, 'secret.txt'), 'secret');
    await symlink(outside, join(agent.folder, 'link'));
    const { peer, sessionId } = await agent.open({});
    for (const path of [join(outside, 'secret.txt'), 'link/secret.txt', '../x']) {
      const { text } = await peer.prompt(sessionId, `/read ${path}`);
      expect(text).toContain("outside of this session's folder");
      expect(text).not.toMatch(/^secret$/mu);
    }
    const write = await peer.prompt(sessionId, '/write link/new.txt\nx');
    expect(write.text).toContain("outside of this session's folder");
    expect(await readdir(outside)).toEqual(['secret.txt']);
  });
});

describe('/plan and /ask', () => {
  it('ticks its steps one after the other', async () => {
    await agent.put({ 'a.ts': 'x'.repeat(2000), 'b.md': 'y' });
    const { peer, sessionId } = await agent.open();
    const { text, updates } = await peer.prompt(sessionId, '/plan');
    const plans = updates.flatMap((update) =>
      update.sessionUpdate === 'plan'
        ? [update.entries.map(({ status }) => status[0]).join('')]
        : [],
    );
    expect(plans).toEqual(['ippp', 'cppp', 'cipp', 'ccpp', 'ccip', 'cccp', 'ccci', 'cccc']);
    expect(text).toContain('2 files, 2.0 KB together.');
    expect(updates.some((one) => one.sessionUpdate === 'agent_thought_chunk')).toBe(true);
  });

  it('asks with a form and takes each kind of answer', async () => {
    const answers: PeerAnswers = {
      capabilities: everything,
      elicitation: () => ({ action: 'accept', content: { name: 'roost', tests: true } }),
    };
    const { peer, sessionId } = await agent.open(answers);
    expect((await peer.prompt(sessionId, '/ask')).text).toContain(
      '- name: `roost`\n- tests: `true`',
    );
    answers.elicitation = () => ({ action: 'decline' });
    expect((await peer.prompt(sessionId, '/ask')).text).toContain('declined');
    answers.elicitation = () => ({ action: 'cancel' });
    expect((await peer.prompt(sessionId, '/ask')).stopReason).toBe('cancelled');
  });
});
