// The table of docs/comparison.md: what rounds come to, what is said where a figure is missing, and that the rest of the page stays.
import { expect, it } from 'vitest';
import { withComparison, type Measured } from '../../bench/peers/comparisonPage.ts';
import type { RoundFigures } from '../../bench/peers/round.ts';

const round = (change: Partial<RoundFigures> = {}): RoundFigures => ({
  activationMs: 20,
  connectMs: 100,
  one: { agents: 2, own: 1, megabytes: 50 },
  leftAfterStop: 0,
  ten: { agents: 20, own: 1, megabytes: 400 },
  afterDeath: { left: 0, of: 21 },
  ...change,
});

const roost: Measured = {
  displayName: 'Roost',
  version: '1.0.0',
  repository: 'this one',
  origin: 'built from this checkout',
  sizeBytes: 1024 * 1000,
  rounds: [round(), round({ connectMs: 300 }), round({ connectMs: 120 })],
};

const {
  leftAfterStop: _,
  ten: __,
  ...few
} = round({
  activationMs: 50,
  connectMs: 60,
  afterDeath: { left: 1, of: 2 },
});
const other: Measured = {
  ...roost,
  displayName: 'Other',
  repository: 'some/where',
  sizeBytes: 1024 * 20_000,
  remark: 'No command ends its session.',
  rounds: [few],
};

const circumstances = {
  day: '2026-01-31',
  editor: 'VS Code 1.139.1',
  machine: 'linux',
  bareConnectMs: 70,
};

const page = `before
<!-- comparison: written by npm run bench:peers -->
old
<!-- end of comparison -->
after`;

const rowOf = (text: string, name: string): string[] =>
  (text.split('\n').find((line) => line.startsWith(`| **${name}**`)) ?? '')
    .split('|')
    .map((cell) => cell.trim())
    .slice(2, -1);

it('has medians of the first client, and ratios to it for the others', () => {
  const text = withComparison(page, [roost, other], circumstances);
  expect(rowOf(text, 'Roost')).toEqual([
    '1,000 KiB',
    '20 ms',
    '120 ms',
    '0 of 2',
    '0 of 21',
    '400 MB',
    '20 + 1 of its own',
  ]);
  expect(rowOf(text, 'Other')).toEqual([
    '20,000 KiB (20)',
    '50 ms (2.5)',
    '60 ms (0.5)',
    '—',
    '1 of 2',
    '—',
    '—',
  ]);
  expect(text).toContain('- **Other** (some/where): built from this checkout. No command ends');
  expect(text).toContain('2026-01-31');
});

it('says why a client has no figures', () => {
  const broken = { ...other, rounds: [], failure: 'Could not be measured: no window.' };
  const text = withComparison(page, [roost, broken], circumstances);
  expect(rowOf(text, 'Other').slice(1)).toEqual(['—', '—', '—', '—', '—', '—']);
  expect(text).toContain('No command ends its session. Could not be measured: no window.');
});

it('replaces what stood between the marks, and nothing else', () => {
  const once = withComparison(page, [roost, other], circumstances);
  expect(once).not.toContain('old');
  expect(once.startsWith('before\n')).toBe(true);
  expect(once.endsWith('\nafter')).toBe(true);
  expect(withComparison(once, [roost, other], circumstances)).toBe(once);
  expect(() => withComparison('no marks', [roost], circumstances)).toThrow('no place');
});
