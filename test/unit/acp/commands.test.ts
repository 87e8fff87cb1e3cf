// Small decisions of the protocol room: how a command line is run and what is kept of output.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { programFor } from '../../../src/acp/commandLine.ts';
import { OutputBuffer } from '../../../src/acp/outputBuffer.ts';

describe('how a command is run', () => {
  const linux = { platform: 'linux', shell: '/bin/bash' } as const;

  test('with arguments it is a program', () => {
    expect(programFor('a b', ['c d'], linux)).toEqual({ command: 'a b', args: ['c d'] });
  });

  test.each([
    ['/bin/bash', '/bin/bash'],
    ['/usr/bin/zsh', '/usr/bin/zsh'],
    ['/usr/bin/fish', '/bin/sh'],
    ['/opt/nu', '/bin/sh'],
    ['/opt/rush', '/bin/sh'],
    [undefined, '/bin/sh'],
  ])('without, it is a line for a shell that understands it: %s → %s', (shell, command) => {
    expect(programFor('a && b', [], { platform: 'linux', shell })).toEqual({
      command,
      args: ['-c', 'a && b'],
    });
  });

  test('on Windows it is a line for PowerShell', () => {
    const { command, args } = programFor('a; b', [], { platform: 'win32', shell: undefined });
    expect([command, args.at(-1)]).toEqual(['powershell.exe', 'a; b']);
  });
});

describe('what is kept of output', () => {
  test('is its end, within the limit and at a whole character', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { maxLength: 20 }),
        fc.integer({ min: 0, max: 60 }),
        (pieces, limit) => {
          const buffer = new OutputBuffer(limit);
          for (const piece of pieces) buffer.push(piece);
          const all = pieces.join('');
          const { output, truncated } = buffer.read();
          expect(all.endsWith(output)).toBe(true);
          expect(Buffer.byteLength(output)).toBeLessThanOrEqual(limit);
          expect(truncated).toBe(Buffer.byteLength(all) > limit);
          // No more than one character less than would have fitted.
          if (truncated) expect(Buffer.byteLength(output)).toBeGreaterThan(limit - 4);
          else expect(output).toBe(all);
        },
      ),
    );
  });

  test('is the same after many small pieces', () => {
    const buffer = new OutputBuffer(1e6);
    for (let i = 0; i < 5000; i += 1) buffer.push(`${i} `);
    const all = Array.from({ length: 5000 }, (_, i) => `${i} `).join('');
    expect(buffer.read()).toEqual({ output: all, truncated: false });
  });
});
