// A disk that refuses at every single call: nothing is lost, nothing doubled.
import * as fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { SessionStore, TranscriptLog } from '../../../src/session/storePort.ts';
import type { TranscriptChange } from '../../../src/session/transcript.ts';
import {
  FaultyFileSystem,
  type Fate,
  type FileCall,
} from '../../fixtures/storage/faultyFileSystem.ts';
import { stateOf } from '../../fixtures/storage/stateOf.ts';
import { built, more, said, testFolder } from '../../fixtures/storage/storeFixture.ts';

/** Does it until the disk lets it, as the domain's retries do. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      expect(error).toMatchObject({ name: 'SessionError', code: 'storageFailed' });
      if (attempt === 30) throw error;
    }
  }
}

const changes: readonly TranscriptChange[] = [
  said('e1'),
  more('e1', ' and more'),
  said('e2', 'x'.repeat(2000)),
  more('e1', ', still more'),
  more('e2', 'y'),
  said('e1', 'replaced'),
  more('e1', '!'),
];

/** A session's life: two saves, a transcript, closed, opened again, deleted, brought back. */
async function life(store: SessionStore, onSaved: (title: string) => Promise<void>): Promise<void> {
  await insist(() => store.save('one', stateOf({ title: 'first' })));
  await onSaved('first');
  let log: TranscriptLog = await insist(() => store.open('one'));
  for (const change of changes.slice(0, 4)) log.append(change);
  await insist(() => log.sync());
  await insist(() => store.save('one', stateOf({ title: 'second' })));
  await onSaved('second');
  for (const change of changes.slice(4, 6)) log.append(change);
  await insist(() => log.close());
  log = await insist(() => store.open('one'));
  for (const change of changes.slice(6)) log.append(change);
  await insist(() => log.close());
  await insist(() => store.delete('one'));
  await insist(() => store.undoDelete('one'));
}

async function livesThrough(judge: (call: FileCall) => Fate): Promise<number> {
  await using folder = testFolder('memory');
  const faulty = new FaultyFileSystem();
  faulty.judge = judge;
  const witness = folder.store();
  await life(folder.store({ fs: faulty.fs }), async (title) => {
    // What a save has reported is what another window reads.
    expect(await witness.load('one')).toMatchObject({ kind: 'whole', state: { title } });
  });
  const later = folder.store();
  expect(await later.list()).toMatchObject([{ kind: 'whole', state: { title: 'second' } }]);
  expect(await later.readTranscript('one')).toEqual(built(changes));
  expect((await later.readSlice('one', { limit: 9 })).entries).toEqual(built(changes));
  const left = fs.readdirSync(folder.file(''));
  // A backup that could not be made does not hold up the head; what could not be removed is swept later.
  const spare = /\.bak$|\.tmp$|^one\.owner/;
  expect(left.filter((name) => !spare.test(name)).sort()).toEqual(['one.json', 'one.jsonl']);
  return faulty.calls;
}

describe('every call in turn', () => {
  // A call that writes nothing fails with ENOSPC instead of being short.
  test.each(['short', 'EIO'])('fails once with %s', async (fate) => {
    let calls = Infinity;
    for (let failing = 0; failing < calls; failing++) {
      calls = await livesThrough(({ index }) => (index === failing ? fate : undefined));
    }
    expect(calls).toBeGreaterThan(60);
  });

  test('and the nine after it', async () => {
    let calls = Infinity;
    for (let failing = 0; failing < calls; failing += 2) {
      calls = await livesThrough(({ index, name }) =>
        // Closing a file does not fail ten times in a row on any disk.
        index >= failing && index < failing + 10 && name !== 'close' ? 'ENOSPC' : undefined,
      );
    }
  });
});
