// What a prompt is made of on the host's side: attachments, drafts, matches, edits in their file, and what a search finds.
import { describe, expect, it } from 'vitest';
import type { Draft } from '../../../src/chatProtocol/composing.ts';
import { draftOf, promptBlocks } from '../../../src/host/panel/panelAttached.ts';
import { PanelDrafts } from '../../../src/host/panel/panelDrafts.ts';
import { editSides, isWhole } from '../../../src/host/panel/panelEditSides.ts';
import { entryView } from '../../../src/host/panel/panelEntries.ts';
import { entriesWith } from '../../../src/host/panel/panelFind.ts';
import { bestMatches } from '../../../src/host/panel/panelMatches.ts';
import { promptText } from '../../../src/session/promptQueue.ts';
import type { TranscriptEntry } from '../../../src/session/transcript.ts';

const at = '2026-01-01T00:00:00.000Z';
const draft: Draft = {
  text: 'Look at @src and @a.ts',
  attached: [
    { type: 'link', icon: 'folder', name: 'src', uri: 'file:///w/src' },
    { type: 'link', icon: 'file', name: 'a.ts', uri: 'file:///w/a.ts' },
    { type: 'text', icon: 'selection', name: 'a.ts:1-2', uri: 'file:///w/a.ts#L1-L2', text: 'x' },
    { type: 'image', name: 'image/png', mimeType: 'image/png', data: 'AAAA' },
  ],
};

describe('a draft', () => {
  it('is a prompt, and the prompt is the draft again', () => {
    expect(draftOf(promptBlocks(draft))).toEqual(draft);
  });

  it('is shown in the transcript without the names of what is beside it', () => {
    const blocks = promptBlocks(draft);
    const attachments = blocks.filter(({ type }) => type !== 'text');
    const text = promptText(blocks);
    expect(text).toContain('[src]\n[a.ts]\n[a.ts:1-2]');
    const view = entryView({ id: 'u', at, type: 'user', text, blocks: attachments });
    expect(view).toMatchObject({ text: draft.text });
  });

  it('is kept for each session, forgotten when empty, and without attachments when huge', async () => {
    const stored = new Map<string, unknown>();
    const memory = {
      get: (key: string) => stored.get(key),
      update: (key: string, value: unknown) =>
        Promise.resolve(void stored.set(key, structuredClone(value))),
    };
    const drafts = new PanelDrafts(memory);
    const image = { type: 'image', name: 'i', mimeType: 'image/png', data: 'A'.repeat(600_000) };
    await drafts.set('a', draft);
    await drafts.set('b', { text: 'b', attached: [image as Draft['attached'][number]] });
    await drafts.set('c', { text: 'c', attached: [] });
    await drafts.set('c', { text: '', attached: [] });
    const next = new PanelDrafts(memory);
    expect(next.get('a')).toEqual(draft);
    expect(next.get('b')).toEqual({ text: 'b', attached: [] });
    expect(next.get('c')).toBeUndefined();
    await next.forget('a');
    expect(new PanelDrafts(memory).get('a')).toBeUndefined();
  });

  it('of another shape is none', () => {
    expect(new PanelDrafts({ get: () => 'x', update: () => Promise.resolve() }).get('a')).toBe(
      undefined,
    );
  });
});

describe('paths that fit', () => {
  const paths = ['src/list.ts', 'list', 'test/unit/playlist.test.ts', 'lib/is/t.ts', 'README.md'];

  it('come by name, then beginning, then middle, then letters in order', () => {
    expect(bestMatches(paths, 'LIST', 10)).toEqual([
      'list',
      'src/list.ts',
      'test/unit/playlist.test.ts',
      'lib/is/t.ts',
    ]);
    // Before anything is typed: the topmost.
    const offered = ['src/deep/a.ts', 'src/b.ts', 'package.json', 'README.md'];
    expect(bestMatches(offered, '', 3)).toEqual(['README.md', 'package.json', 'src/b.ts']);
    expect(bestMatches(paths, 'unit/', 10)).toEqual(['test/unit/playlist.test.ts']);
    expect(bestMatches(paths, 'zz', 10)).toEqual([]);
    expect(bestMatches(paths, 'list', 2)).toHaveLength(2);
  });
});

describe('the sides of an edit', () => {
  const part = { oldText: 'b', newText: 'B' };

  it('are in their file where the part is there once', () => {
    expect(editSides(part, 'a\nb\nc', true)).toEqual({ before: 'a\nb\nc', after: 'a\nB\nc' });
    expect(editSides(part, 'a\nB\nc', false)).toEqual({ before: 'a\nb\nc', after: 'a\nB\nc' });
  });

  it('say when the file is not what the agent saw, and only of what is not done yet', () => {
    const alone = { before: 'b', after: 'B' };
    expect(editSides(part, 'x', true)).toEqual({ ...alone, outdated: true });
    expect(editSides(part, 'x', false)).toEqual(alone);
    expect(editSides({ oldText: '', newText: 'n' }, 'x', true)).toMatchObject({ outdated: true });
  });

  it('of a whole file show what would be lost of it as it is by now', () => {
    const all = { oldText: 'a\nb', newText: 'c' };
    expect([isWhole(all, 'a\r\nb'), isWhole(all, 'a\nb\n'), isWhole(part, 'a b')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(editSides(all, 'a\nb\nmine', true, true)).toEqual({ before: 'a\nb\nmine', after: 'c' });
  });

  it('are of the same lines whatever ends them in the file', () => {
    expect(editSides(part, 'a\r\nb\r\nc', true)).toEqual({ before: 'a\nb\nc', after: 'a\nB\nc' });
    const whole = { oldText: 'a\nb', newText: 'a\nB' };
    expect(editSides(whole, 'a\r\nb', true)).toEqual({ before: 'a\nb', after: 'a\nB' });
  });

  it.each([
    ['twice', 'b b'],
    ['no file', undefined],
  ])('are the part alone where it is there %s', (_, file) => {
    expect(editSides(part, file, true)).toEqual({ before: 'b', after: 'B' });
  });

  it('of a new file begin with nothing', () => {
    const made = { oldText: undefined, newText: 'n' };
    expect(editSides(made, undefined, true)).toEqual({ before: '', after: 'n' });
    // A file that is there already is what would be lost.
    expect(editSides(made, 'precious', true)).toEqual({ before: 'precious', after: 'n' });
  });
});

describe('a search', () => {
  const entries: TranscriptEntry[] = [
    { id: '1', at, type: 'user', text: 'Needle' },
    { id: '2', at, type: 'agent', text: 'hay' },
    {
      id: '3',
      at,
      type: 'toolCall',
      toolCallId: 'c',
      title: 'Run',
      kind: 'execute',
      status: 'completed',
      terminals: [{ terminalId: 't', output: 'a NEEDLE', truncated: false }],
    },
  ];

  it('finds what is shown, whatever the case, oldest first', () => {
    expect(entriesWith(entries, 'needle')).toEqual({ hits: ['1', '3'], more: false });
  });

  it('says when there is more than it names', () => {
    const many = Array.from({ length: 2001 }, (_, id) => ({
      ...{ id: String(id), at, type: 'agent' as const },
      text: 'x',
    }));
    const { hits, more } = entriesWith(many, 'x');
    expect([hits.length, more]).toEqual([2000, true]);
  });
});
