// Words in transcripts: in any case, in pieces, everywhere a person may have seen them.
import { describe, expect, it } from 'vitest';
import { fileBeforeCode, fileBeforeNotice } from '../../../src/session/fileChanges.ts';
import { TranscriptSearch } from '../../../src/session/transcriptSearch.ts';
import type { TranscriptChange } from '../../../src/session/transcript.ts';
import { fakeDomain } from '../../fakes/domain.ts';

const at = '2026-01-01T00:00:00.000Z';

function search(words: string, changes: readonly TranscriptChange[], limit = 10): string[] {
  const found = new TranscriptSearch(words, limit);
  for (const change of changes) found.apply(change);
  return found.hits.map(({ entryId, snippet }) => `${entryId}: ${snippet}`);
}

describe('a search in a transcript', () => {
  it('finds words in any case, the first place in each entry', () => {
    expect(
      search('NEEDLE', [
        { id: '1', at, type: 'user', text: 'Where is the needle?  The\nneedle!' },
        { id: '2', at, type: 'agent', text: 'no' },
        { id: '3', at, type: 'notice', code: 'x', text: `${'long '.repeat(20)}Needle` },
      ]),
    ).toEqual([
      '1: Where is the needle? The needle!',
      '3: …long long long long long long long long Needle',
    ]);
  });

  it('leaves out what files were: nobody has said it', () => {
    const { text, data } = fileBeforeNotice({ path: '/work/needle.ts', before: null });
    expect(
      search('needle', [
        { id: '1', at, type: 'notice', code: fileBeforeCode, text, data },
        { id: '2', at, type: 'agent', text: 'Wrote needle.ts.' },
      ]),
    ).toEqual(['2: Wrote needle.ts.']);
  });

  it('finds words that came in pieces', () => {
    expect(
      search('needle', [
        { id: '1', at, type: 'agent', text: 'a nee' },
        { id: '1', type: 'append', text: 'd' },
        { id: '1', type: 'append', text: 'le b' },
        { id: '2', at, type: 'agent', text: 'nee' },
        { id: '3', type: 'append', text: 'dle' },
      ]),
    ).toEqual(['1: a needle b']);
  });

  it('shows what follows the words though it came later, and that something stood before', () => {
    const ends = ['a nee', 'dle', ' in the ', 'hay', 'stack'.repeat(40)];
    const [first, second] = [ends, [`${'long '.repeat(40)}nee`, 'dle', '.']].map((pieces, entry) =>
      pieces.map((text, index): TranscriptChange =>
        index === 0
          ? { id: `${entry}`, at, type: 'agent', text }
          : { id: `${entry}`, type: 'append', text },
      ),
    );
    const found = search('needle', [...(first ?? []), ...(second ?? [])], 2);
    expect(found).toEqual([
      `0: a needle in the hay${'stack'.repeat(14).slice(0, 69)}…`,
      `1: …${'long '.repeat(8)}needle.`,
    ]);
  });

  it('looks into tool calls, their diffs and their output, and into plans', () => {
    const call = {
      at,
      type: 'toolCall',
      toolCallId: 't',
      kind: 'edit',
      status: 'completed',
    } as const;
    const terminal = { terminalId: 't1', output: 'say nee', truncated: false };
    expect(
      search('needle', [
        { ...call, id: '1', title: 'Edit needle.ts' },
        { ...call, id: '2', title: '', content: [{ type: 'diff', path: '/a', newText: 'needle' }] },
        { ...call, id: '3', title: '', terminals: [terminal] },
        { id: '3', type: 'append', terminalId: 't1', text: 'dle' },
        { id: '4', at, type: 'plan', entries: [{ content: 'Find the needle', status: 'pending' }] },
      ]),
    ).toEqual(['1: Edit needle.ts', '2: needle', '3: say needle', '4: Find the needle']);
  });

  it('stops when it has enough', () => {
    const entries = [1, 2, 3].map(
      (id) => ({ id: `${id}`, at, type: 'user', text: 'needle' }) as const,
    );
    expect(search('needle', entries, 2)).toHaveLength(2);
  });
});

describe('a search in all sessions', () => {
  it('tells what it finds as it goes, archived sessions too, and ends when it is told to', async () => {
    const { manager, agents } = fakeDomain();
    for (const prompt of ['a needle', 'nothing', 'NEEDLES']) {
      const { sessionId } = await manager.create();
      await manager.prompt(sessionId, prompt);
      if (prompt === 'NEEDLES') await manager.setArchived(sessionId, true);
    }
    expect(agents.links).toHaveLength(3);
    const found: string[] = [];
    const progress: number[] = [];
    const cancel = new AbortController();
    await manager.search('needle', {
      signal: cancel.signal,
      onHits: ({ sessionId }, hits) => found.push(`${sessionId} ${hits[0]?.snippet ?? ''}`),
      onProgress: (done, total) => progress.push(done, total),
    });
    expect(found.sort()).toEqual(['session-1 a needle', 'session-3 NEEDLES']);
    expect(progress.slice(-2)).toEqual([3, 3]);
    await manager.search('needle', {
      signal: AbortSignal.abort(),
      onHits: () => {
        throw new Error('told after its end');
      },
      onProgress: () => undefined,
    });
  });

  it('tells nothing of what it was reading when it was ended, and reads nothing more', async () => {
    const { manager, store } = fakeDomain();
    for (const prompt of ['a needle', 'another needle', 'one more needle', 'the last needle']) {
      const { sessionId } = await manager.create();
      await manager.prompt(sessionId, prompt);
    }
    const cancel = new AbortController();
    const read: string[] = [];
    store.search = async (sessionId) => {
      read.push(sessionId);
      // The others of those that are read at the same time have begun by then.
      await Promise.resolve();
      cancel.abort();
      return [{ entryId: 'e1', type: 'user', snippet: 'a needle' }];
    };
    await manager.search('needle', {
      signal: cancel.signal,
      onHits: () => {
        throw new Error('told after its end');
      },
      onProgress: (done) => {
        if (done > 0) throw new Error('counted after its end');
      },
    });
    expect(read).toHaveLength(3);
  });
});
