// The shipped agent, supervised by Roost: commands, permissions, its history and its end, as the user gets them.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { descendantsOf, isAlive } from '../launch/processes.ts';
import { scratchFolder } from '../launch/paths.ts';
import { until } from '../process/support/tags.ts';
import { RoostStack } from './roostStack.ts';
import { buildWorkspaceAgent } from './workspaceAgentBundle.ts';

let built: string;
let scratch: string;
let folder: string;

beforeAll(async () => {
  built = scratchFolder('bundle');
  await buildWorkspaceAgent(built);
});

afterAll(async () => {
  await rm(built, { recursive: true, force: true });
});

beforeEach(async () => {
  scratch = scratchFolder('shipped');
  folder = join(scratch, 'folder');
  await mkdir(folder);
});

afterEach(async () => {
  await rm(scratch, { recursive: true, force: true });
});

/** Roost as it is when nothing is set; the same folders each time, so a second one is the next window. */
function roostAsShipped(): RoostStack {
  return new RoostStack({
    folder,
    storage: join(scratch, 'storage'),
    workspaceAgent: { script: join(built, 'workspaceAgent.cjs'), home: join(scratch, 'home') },
  });
}

describe('the Workspace agent under Roost', () => {
  it('offers its commands, finds text, and is named after the first prompt', async () => {
    await writeFile(join(folder, 'a.txt'), 'a needle\n');
    await using roost = roostAsShipped();
    const { sessions } = roost;
    const { sessionId } = await sessions.create();
    await sessions.prompt(sessionId, '/find needle');
    expect(await roost.said(sessionId)).toContain('`a.txt:1`');
    const { info, facts } = sessions.details(sessionId);
    expect(info).toMatchObject({ title: '/find needle', agentId: 'workspace', status: 'ready' });
    expect(facts.commands.map(({ name }) => name)).toContain('run');
  });

  it('runs what is allowed and not what is refused', async () => {
    await using roost = roostAsShipped();
    const { sessions } = roost;
    const { sessionId } = await sessions.create();
    const allowed = sessions.prompt(sessionId, '/run echo made | tee made.txt');
    await roost.answer(sessionId, 'allow_once');
    expect(await allowed).toEqual({ stopReason: 'end_turn' });
    expect(await readFile(join(folder, 'made.txt'), 'utf8')).toBe('made\n');

    const refused = sessions.prompt(sessionId, '/run touch refused.txt');
    await roost.answer(sessionId, 'reject_once');
    await refused;
    expect(existsSync(join(folder, 'refused.txt'))).toBe(false);

    const written = sessions.prompt(sessionId, '/write b.txt\nhello');
    await roost.answer(sessionId, 'allow_once');
    await written;
    expect(await readFile(join(folder, 'b.txt'), 'utf8')).toBe('hello\n');

    const entries = await sessions.transcript(sessionId);
    const tools = entries.filter((entry) => entry.type === 'toolCall');
    expect(tools.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'execute completed',
      'execute failed',
      'edit completed',
    ]);
    expect(tools[0]?.terminals?.[0]).toMatchObject({ output: 'made\n', exit: { exitCode: 0 } });
    expect(await roost.said(sessionId)).toContain('was not run: you refused');
  });

  it('is refused files outside of the workspace', async () => {
    await writeFile(join(scratch, 'secret.txt'), 'the secret');
    await using roost = roostAsShipped();
    const { sessions } = roost;
    const { sessionId } = await sessions.create();
    await sessions.prompt(sessionId, '/read ../secret.txt');
    const said = await roost.said(sessionId);
    expect(said).toContain('was not read');
    expect(said).not.toContain('the secret');
  });

  it('is stopped together with the command it runs, and comes back in the next window', async () => {
    let sessionId: string;
    {
      await using roost = roostAsShipped();
      const { sessions } = roost;
      const info = await sessions.create();
      sessionId = info.sessionId;
      await sessions.prompt(sessionId, '/help');
      let seen = '';
      const hearing = sessions.onDidChangeTranscript(({ change }) => {
        if (change.type === 'append' && change.terminalId !== undefined) seen += change.text;
        if (change.type === 'toolCall') seen = change.terminals?.[0]?.output ?? seen;
      });
      const turn = sessions.prompt(sessionId, '/run echo started; sleep 600');
      await roost.answer(sessionId, 'allow_once');
      await roost.until(() => seen.includes('started\n'));
      hearing.dispose();
      const { pid = 0 } = info;
      const sleeping = (): { pid: number }[] =>
        descendantsOf(process.pid).filter(({ command }) => command === 'sleep 600');
      await until('the second command of the line runs', () => sleeping().length > 0);
      const commands = sleeping();
      expect(commands).toHaveLength(1);
      await sessions.terminate(sessionId);
      await turn.catch(() => undefined);
      expect([pid, ...commands.map((one) => one.pid)].filter(isAlive)).toEqual([]);
    }
    await using next = roostAsShipped();
    await next.sessions.restoreAll();
    expect(next.sessions.get(sessionId)).toMatchObject({ status: 'dormant', title: '/help' });
    await next.sessions.prompt(sessionId, '/files');
    expect(await next.said(sessionId)).toMatch(/`\/find text to look for`[^]*0 files/u);
    expect(next.told.at(-1)).toBe('restored resume');
  });
});
