// Who may write a session: one live process, and its successor at once.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { OwnerIdentity, ProcessIdentity } from '../../../src/storage/processIdentity.ts';
import { FaultyFileSystem } from '../../fixtures/storage/faultyFileSystem.ts';
import { fakeIdentity, realIdentity } from '../../fixtures/storage/identities.ts';
import { said, testFolder } from '../../fixtures/storage/storeFixture.ts';
import { stateOf } from '../../fixtures/storage/stateOf.ts';

describe('owners', () => {
  const window = (pid: number, alive: ReadonlySet<number>): ProcessIdentity =>
    fakeIdentity({ pid, startedAt: `start of ${pid}` }, (identity) => alive.has(identity.pid));

  test('of two windows one owns a session; the other reads it, and takes over once it is free', async () => {
    await using folder = testFolder();
    const alive = new Set([1, 2]);
    const [first, second] = [1, 2].map((pid) => folder.store({ identity: window(pid, alive) }));
    if (first === undefined || second === undefined) throw new Error('no stores');
    await first.save('one', stateOf());
    const log = await first.open('one');
    log.append(said('e1'));
    expect(await first.list()).not.toMatchObject([{ readOnly: 'ownedElsewhere' }]);
    expect(await second.list()).toMatchObject([{ kind: 'whole', readOnly: 'ownedElsewhere' }]);
    expect(await second.load('one')).toMatchObject({ readOnly: 'ownedElsewhere' });
    expect(await second.readTranscript('one')).toEqual([said('e1')]);
    const refused = expect.objectContaining({
      code: 'sessionReadOnly',
      sessionId: 'one',
    }) as unknown;
    await expect(second.open('one')).rejects.toEqual(refused);
    await expect(second.save('one', stateOf())).rejects.toEqual(refused);
    await expect(second.delete('one')).rejects.toEqual(refused);
    await log.close();
    expect(await second.list()).not.toMatchObject([{ readOnly: 'ownedElsewhere' }]);
    const taken = await second.open('one');
    taken.append(said('e2'));
    await expect(first.open('one')).rejects.toEqual(refused);
    expect(await first.readTranscript('one')).toEqual([said('e1'), said('e2')]);
  });

  test('a window that owns many sessions is looked for once in a list', async () => {
    await using folder = testFolder();
    let asked = 0;
    const other = folder.store({ identity: window(1, new Set([1])) });
    for (const id of ['a', 'b', 'c']) {
      await other.save(id, stateOf());
      await other.open(id);
    }
    const identity = fakeIdentity({ pid: 2, startedAt: 'x' }, () => ++asked > 0);
    const listed = await folder.store({ identity }).list();
    expect(listed.map((row) => row.kind === 'whole' && row.readOnly)).toEqual(
      Array.from({ length: 3 }, () => 'ownedElsewhere'),
    );
    expect(asked).toBe(1);
  });

  test('an owner that has died is replaced at once, also when its number is in use again', async () => {
    await using folder = testFolder();
    const module = new URL('../../../src/process/ownerIdentity.ts', import.meta.url).href;
    const program = `import { processIdentities } from '${module}';
      console.log(JSON.stringify(processIdentities().self()));
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const them = JSON.parse(line.toString()) as OwnerIdentity;
    expect(them.pid).toBe(child.pid);
    const theirs = folder.store({
      identity: { self: () => them, isAlive: (one) => realIdentity.isAlive(one) },
    });
    const ours = folder.store();
    await theirs.open('one');
    await expect(ours.open('one')).rejects.toMatchObject({ code: 'sessionReadOnly' });
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect(await ours.open('one')).toBeDefined();
    // This process's number with another start: it is not the one that wrote the file.
    const owner = JSON.stringify({ pid: process.pid, startedAt: 'long ago', store: 'x' });
    fs.writeFileSync(folder.file('two.owner'), owner);
    expect(await ours.open('two')).toBeDefined();
  });

  test.each(['', '{', '{"pid":1}'])('an owner file that holds %j is nobody’s', async (text) => {
    await using folder = testFolder();
    fs.mkdirSync(folder.file(''), { recursive: true });
    fs.writeFileSync(folder.file('one.owner'), text);
    expect(await folder.store().open('one')).toBeDefined();
  });

  test('of many windows that find the same dead owner exactly one replaces it', async () => {
    await using folder = testFolder('memory');
    fs.mkdirSync(folder.file(''), { recursive: true });
    const alive = new Set(Array.from({ length: 8 }, (_, index) => index + 1));
    const stores = [...alive].map((pid) => folder.store({ identity: window(pid, alive) }));
    for (let round = 0; round < 40; round++) {
      const id = `s${round}`;
      const dead = { pid: 99, startedAt: 'x', store: 'x' };
      const bytes = JSON.stringify(dead);
      fs.writeFileSync(folder.file(`${id}.owner`), bytes);
      // Half of the rounds also find that somebody died in the middle of replacing it.
      const about = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
      if (round % 2 === 1) fs.writeFileSync(folder.file(`${id}.owner.taking-${about}`), bytes);
      const results = await Promise.allSettled(stores.map((store) => store.open(id)));
      const opened = results.filter(({ status }) => status === 'fulfilled');
      expect(opened.length).toBeLessThanOrEqual(1);
      // All may have met the dead replacer's file at once; then the next one to ask gets it.
      if (opened.length === 0) await stores[0]?.open(id);
      expect(
        fs
          .readdirSync(folder.file(''))
          .filter((name) => name.startsWith(`${id}.`))
          .sort(),
      ).toEqual([`${id}.jsonl`, `${id}.owner`]);
    }
  });

  test('where files cannot have two names, all of it works all the same', async () => {
    await using folder = testFolder();
    const faulty = new FaultyFileSystem();
    faulty.judge = ({ name }) => (name === 'link' ? 'ENOTSUP' : undefined);
    const [one, two] = [folder.store({ fs: faulty.fs }), folder.store({ fs: faulty.fs })];
    await one.save('a', stateOf());
    await one.save('a', stateOf({ title: 'second' }));
    const log = await one.open('a');
    log.append(said('e1'));
    await expect(two.open('a')).rejects.toMatchObject({ code: 'sessionReadOnly' });
    expect(JSON.parse(fs.readFileSync(folder.file('a.json.bak'), 'utf8'))).toMatchObject({
      state: { title: 'Fix the failing test' },
    });
  });
});
