// The small parts: the tail of an output, the protocol with the guard, Windows quoting, and merging environments.
import { describe, expect, it } from 'vitest';
import { childEnvironment } from '../../../src/process/environment.ts';
import {
  LineReader,
  parseToGuard,
  toLine,
  type ToGuard,
} from '../../../src/process/guardProtocol.ts';
import { OutputTail } from '../../../src/process/outputTail.ts';
import { systemClock } from '../../../src/process/systemClock.ts';
import { batchLaunch } from '../../../src/process/windowsCommand.ts';

describe('an output tail', () => {
  it('is everything while that is little', () => {
    const tail = new OutputTail(10);
    expect(tail.text()).toBe('');
    for (const piece of ['ab', '', 'cd']) tail.push(Buffer.from(piece));
    expect(tail.text()).toBe('abcd');
    expect(tail.text()).toBe('abcd');
  });

  it('is the end however the output was cut', () => {
    const all = Array.from({ length: 500 }, (_, index) => String(index % 10)).join('');
    for (const size of [1, 3, 7, 10, 11, 64, 500]) {
      const tail = new OutputTail(10);
      for (let at = 0; at < all.length; at += size)
        tail.push(Buffer.from(all.slice(at, at + size)));
      expect(tail.text()).toBe(all.slice(-10));
    }
  });

  it('begins with a whole character and has no colours', () => {
    const tail = new OutputTail(7);
    tail.push(Buffer.from('xxxxéé\u001b[0mö'));
    expect(tail.text()).not.toContain('\ufffd');
    expect(tail.text()).toBe('ö');
  });
});

describe('the protocol with the guard', () => {
  const target = { markers: ['m'], groups: [{ pid: 5, start: 6 }], known: [], since: 1 };
  const messages: ToGuard[] = [
    { type: 'host', entry: 'e', since: 4 },
    { type: 'begin', runId: '1', group: { pid: 5, start: 6 }, polite: true },
    { type: 'gone', runId: '1' },
    { type: 'ask', id: 1, what: 'reap', target, politeMs: 0 },
    { type: 'bye' },
  ];

  it('carries every message, however it is cut', () => {
    const text = messages.map(toLine).join('');
    for (const size of [1, 5, 1000]) {
      const reader = new LineReader();
      const found: unknown[] = [];
      for (let at = 0; at < text.length; at += size) {
        found.push(...reader.push(text.slice(at, at + size)).map(parseToGuard));
      }
      expect(found).toEqual(messages);
    }
  });

  it('makes nothing of what it does not understand', () => {
    const lines = [
      '',
      'garbage',
      'null',
      '1',
      '{"type":"new"}',
      '{"type":"host"}',
      '{"type":"host","entry":"","since":1}',
      '{"type":"begin","runId":"1","group":{"pid":1,"start":1}}',
      '{"type":"ask","id":1,"what":"format","target":{},"politeMs":0}',
    ];
    const found = new LineReader().push(`${lines.join('\n')}\n`).map(parseToGuard);
    expect(found.filter((message) => message !== undefined)).toEqual([]);
  });

  it('never takes an empty marker, which would be everybody’s', () => {
    const ask = {
      type: 'ask',
      id: 1,
      what: 'reap',
      politeMs: 0,
      target: { ...target, markers: ['', 'm', 3] },
    };
    expect(parseToGuard(ask)).toMatchObject({ target: { markers: ['m'] } });
  });
});

describe('a batch file on Windows', () => {
  it('is run by cmd.exe with arguments that stay arguments', () => {
    const program = batchLaunch(
      'C:\\Program Files\\x\\agent.cmd',
      ['plain', 'a b', 'x"y&z', 'end\\'],
      {
        ComSpec: 'C:\\Windows\\cmd.exe',
      },
    );
    expect(program).toEqual({
      file: 'C:\\Windows\\cmd.exe',
      args: [
        '/d',
        '/s',
        '/c',
        '"^"C:\\Program^ Files\\x\\agent.cmd^" ^^^"plain^^^" ^^^"a^^^ b^^^" ^^^"x\\^^^"y^^^&z^^^" ^^^"end\\\\^^^""',
      ],
      verbatimArguments: true,
    });
  });
});

describe('a child’s environment', () => {
  it('is the user’s, with what is added, and our marker above all', () => {
    const user = { PATH: '/bin', HOME: '/h', ROOST_OWNER: 'old' };
    expect(childEnvironment(user, { HOME: '/x', ROOST_OWNER: 'forged' }, 'mark', 'linux')).toEqual({
      PATH: '/bin',
      HOME: '/x',
      ROOST_OWNER: 'mark',
    });
  });

  it('has one PATH on Windows, however it is written', () => {
    expect(childEnvironment({ Path: 'a' }, { PATH: 'b' }, 'm', 'win32')).toEqual({
      Path: 'b',
      ROOST_OWNER: 'm',
    });
    expect(childEnvironment({ Path: 'a' }, { PATH: 'b' }, 'm', 'linux')).toEqual({
      Path: 'a',
      PATH: 'b',
      ROOST_OWNER: 'm',
    });
  });
});

describe('the system’s clock', () => {
  it('is never early and can be told to forget', async () => {
    const clock = systemClock();
    const begin = clock.monotonic();
    clock
      .after(1, () => {
        throw new Error('was to be forgotten');
      })
      .dispose();
    await new Promise<void>((resolve) => clock.after(20, resolve));
    expect(clock.monotonic() - begin).toBeGreaterThanOrEqual(20);
  });

  it('does not fire waits of months at once', async () => {
    const clock = systemClock();
    const fired: number[] = [];
    const waits = [2 ** 31, 1e12, Infinity].map((ms) => clock.after(ms, () => fired.push(ms)));
    await new Promise<void>((resolve) => clock.after(10, resolve));
    for (const wait of waits) wait.dispose();
    expect(fired).toEqual([]);
  });
});
