// Trying a command before it becomes an agent: what it offers, why it is refused, and nothing left of it.
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failure, isAlive, scripted } from './acpAgents.ts';
import { never, useAgentPlaces } from './support/agentPlace.ts';

const { place, parts } = useAgentPlaces();

describe('a command that is tried', () => {
  const options = { cwd: tmpdir(), signal: never, deadlineMs: 20_000 };

  it('is taken when it offers nothing optional, and when it floods its errors', async () => {
    const { directory } = parts();
    const bare = await directory.tryCommand(scripted('--caps', 'none'), options);
    expect(Object.values(bare.can)).not.toContain(true);
    const loud = await directory.tryCommand(
      scripted('--flood-stderr', '3000000', '--name', 'loud'),
      options,
    );
    expect(loud.name).toBe('loud');
  });

  it.each([
    ['speaks a newer protocol', scripted('--protocol', '2'), 'protocolVersion'],
    ['is no agent', { ...scripted(), args: ['-e', '1'] }, 'exitedDuringStart'],
    ['is not there', { ...scripted(), command: 'roost-no-such-command' }, 'commandNotFound'],
  ])('and %s is refused by name', async (_what, agent, code) => {
    const { directory } = parts();
    expect((await failure(directory.tryCommand(agent, options))).code).toBe(code);
  });

  it('and never answers is ended with everything it started', async () => {
    const { directory } = parts();
    const late = { ...options, deadlineMs: 1500 };
    const log = join(place().folder, 'log');
    const silent = scripted('--silent-at', 'initialize', '--log', log, '--ignore-eof');
    expect((await failure(directory.tryCommand(silent, late))).code).toBe('startTimeout');
    // The fixture's own first line.
    const { started } = JSON.parse(readFileSync(log, 'utf8').split('\n')[0] ?? '') as {
      started: number;
    };
    expect(isAlive(started)).toBe(false);
  });
});
