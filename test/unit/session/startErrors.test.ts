// What is said about a start that failed: the line of the agent's last words that tells why.
import { describe, expect, it } from 'vitest';
import { endedDuringStart, startTimeout } from '../../../src/session/startErrors.ts';

const where = {
  sessionId: 's',
  cwd: '/folder',
  agent: { id: 'a', name: 'Agent', command: 'agent', args: [], env: {} },
};

function saidAt(stderrTail: string): string {
  return endedDuringStart(where, 'initialize', { exitCode: 1, signal: null, stderrTail }).message;
}

describe('the message of a failed start', () => {
  it('quotes the line that speaks of an error, not what a program prints after it', () => {
    const stack = [
      'node:internal/modules/cjs/loader:1228',
      "Error: Cannot find module '/late.mjs'",
      '    at node:internal/main/run_main_module:33:47 {',
      "  code: 'MODULE_NOT_FOUND'",
      '}',
      '',
      'Node.js v24.21.0',
    ];
    expect(saidAt(stack.join('\n'))).toMatch(
      /exit code 1\. It said: Error: Cannot find module '\/late\.mjs'$/,
    );
  });

  it('quotes the last line when none speaks of an error, and nothing when there is none', () => {
    expect(saidAt('hello\nbye\n')).toMatch(/It said: bye$/);
    expect(saidAt(' \n')).toBe('Agent ended during initialize with exit code 1.');
    expect(startTimeout(where, 'initialize', 5000, 'waiting').message).toMatch(
      /did not answer initialize within 5 s \(agent\)\. It said: waiting$/,
    );
  });
});
