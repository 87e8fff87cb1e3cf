// What forks are called: told apart from their source and from one another by how they begin.
import { expect, it } from 'vitest';
import { forkTitle } from '../../../src/host/commands/forkTitle.ts';
import { english } from './sessionFixtures.ts';

it('a fork says whose it is, with a number where there is one already', () => {
  expect(forkTitle('Fix it', ['Fix it'], english)).toBe('Fork of Fix it');
  expect(forkTitle('Fix it', ['Fork of Fix it'], english)).toBe('Fork 2 of Fix it');
  const taken = ['Fork of Fix it', 'Fork 2 of Fix it'];
  expect(forkTitle('Fix it', taken, english)).toBe('Fork 3 of Fix it');
  expect(forkTitle('Fork of Fix it', taken, english)).toBe('Fork of Fork of Fix it');
});
