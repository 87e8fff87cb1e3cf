// The sessions that the search offers by their titles.
import { expect, it } from 'vitest';
import { titleMatches } from '../../../src/host/commands/titleMatches.ts';
import { info } from './sessionFixtures.ts';

it('finds an old title behind any number of newer sessions', () => {
  const newer = Array.from({ length: 300 }, (_, at) =>
    info(`new-${at}`, { lastActivityAt: `2026-02-01T00:00:00.${String(at).padStart(3, '0')}Z` }),
  );
  const old = info('old', { title: 'The Parser', lastActivityAt: '2025-01-01T00:00:00.000Z' });
  const found = titleMatches([...newer, old], 'parser', 200);
  expect(found).toHaveLength(200);
  expect(found.slice(0, 2).map(({ sessionId }) => sessionId)).toEqual(['old', 'new-299']);
  expect(titleMatches([old, ...newer], '', 200).at(0)?.sessionId).toBe('new-299');
});
