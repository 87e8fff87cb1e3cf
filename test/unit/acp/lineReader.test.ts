// Lines out of bytes: whatever way the bytes are cut, however long a line is, in slices that let the event loop run.
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  LineReader,
  LineSplitter,
  type LongLine,
  type OversizedLine,
  type Taken,
} from '../../../src/acp/lineReader.ts';
import { FairShare } from '../../../src/acp/fairShare.ts';
import type { Clock } from '../../../src/session/clock.ts';
import { FakeClock, settle } from '../../fakes/fakeClock.ts';

/** Splits `bytes`, given in pieces of the lengths `cuts`, again and again. */
function split(
  bytes: Buffer,
  cuts: readonly number[],
  maxBytes = 1e6,
  longBytes = Infinity,
): (string | LongLine | OversizedLine)[] {
  const splitter = new LineSplitter(maxBytes, longBytes);
  const lines: (string | LongLine | OversizedLine)[] = [];
  const take = (): void => {
    for (let line = splitter.next(); line !== undefined; line = splitter.next()) lines.push(line);
  };
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const length = cuts[i % cuts.length] ?? 1;
    splitter.push(bytes.subarray(at, at + length));
    at += length;
    take();
  }
  const rest = splitter.rest();
  if (rest !== undefined) lines.push(rest);
  return lines;
}

test('lines are the same whatever way their bytes are cut, characters split between chunks too', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\n', ' ')),
      ),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
      (texts, cuts) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
        // Lone surrogates cannot be encoded: what is compared went through UTF-8 once.
        expect(split(bytes, cuts)).toEqual(texts.map((text) => Buffer.from(text).toString()));
      },
    ),
    { numRuns: 50 },
  );
});

test('a line that is too long keeps its ends and leaves its neighbours alone, whatever the cuts', () => {
  const long = 'a'.repeat(4096) + 'b'.repeat(20_000) + 'c'.repeat(512);
  const bytes = Buffer.from(`before\n${long}\nafter\n`);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1 }), (cuts) => {
      expect(split(bytes, cuts, 10_000)).toEqual([
        'before',
        { bytes: long.length, head: 'a'.repeat(4096), tail: 'c'.repeat(512) },
        'after',
      ]);
    }),
    { numRuns: 30 },
  );
});

test('a line of exactly the limit is taken, one byte more is not', () => {
  expect(split(Buffer.from('12345\n'), [100], 5)).toEqual(['12345']);
  expect(split(Buffer.from('12345\n'), [1], 5)).toEqual(['12345']);
  expect(split(Buffer.from('123456\n'), [100], 5)).toMatchObject([{ bytes: 6 }]);
  expect(split(Buffer.from('123456'), [2], 5)).toMatchObject([{ bytes: 6 }]);
});

test('a long line comes as its bytes, in parts, whatever the cuts', () => {
  const bytes = Buffer.from('short\n123456\nlast one');
  for (const cuts of [[100], [1], [7, 3]]) {
    const [short, ...long] = split(bytes, cuts, 100, 5);
    expect(short).toBe('short');
    const whole = long.map((line) => {
      if (typeof line === 'string' || !('parts' in line)) throw new Error('not a long line');
      expect(Buffer.concat(line.parts)).toHaveLength(line.bytes);
      return Buffer.concat(line.parts).toString();
    });
    expect(whole).toEqual(['123456', 'last one']);
  }
  expect(split(Buffer.from('123456\n'), [3], 5, 4)).toMatchObject([{ bytes: 6 }]);
});

test('bytes given before the last ones were taken are not lost', () => {
  const splitter = new LineSplitter(100);
  splitter.push(Buffer.from('a\nb'));
  splitter.push(Buffer.from('c\n'));
  expect([splitter.next(), splitter.next(), splitter.next()]).toEqual(['a', 'bc', undefined]);
});

/** A clock that is moved in the middle of a slice. */
class StepClock extends FakeClock {
  time = 0;
  override monotonic(): number {
    return this.time;
  }
}

/** A reader over a stream that the test writes to. */
function reader(
  onLine: (line: string) => Taken,
  clock: Clock = new FakeClock(),
  from?: Promise<void>,
) {
  const stream = new PassThrough();
  const ended = Promise.withResolvers<undefined>();
  const oversized: OversizedLine[] = [];
  new LineReader(
    stream,
    {
      ...{ maxBytes: 100, share: new FairShare(clock).join(), clock },
      ...(from === undefined ? {} : { from }),
    },
    {
      onLine,
      onLongLine: () => 'continue',
      onOversized: (line) => void oversized.push(line),
      onEnd: () => {
        ended.resolve(undefined);
      },
    },
  );
  return { stream, ended: ended.promise, oversized };
}

test('every line is given before the end, an unfinished last one too, empty ones left out', async () => {
  const lines: string[] = [];
  const { stream, ended, oversized } = reader((line) => {
    lines.push(line);
    return 'continue';
  });
  stream.write('a\n\n\r');
  stream.write('\nb\n');
  stream.end(`${'x'.repeat(200)}\nc`);
  await ended;
  expect(lines).toEqual(['a', '\r', 'b', 'c']);
  expect(oversized).toMatchObject([{ bytes: 200 }]);
});

test('a broken stream ends like any other', async () => {
  const lines: string[] = [];
  const { stream, ended } = reader((line) => {
    lines.push(line);
    return 'continue';
  });
  stream.write('a\n');
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  stream.destroy(new Error('broken'));
  await ended;
  expect(lines).toEqual(['a']);
});

test('after a yield everything that waits runs before the next line', async () => {
  const order: string[] = [];
  const { stream, ended } = reader((line) => {
    order.push(line);
    void Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => order.push(`after ${line}`));
    return 'yield';
  });
  stream.end('a\nb\n');
  await ended;
  expect(order).toEqual(['a', 'after a', 'b', 'after b']);
});

test('after a slice of time the event loop runs, and the stream stands still until all is given', async () => {
  let given = 0;
  let turns = 0;
  const paused: boolean[] = [];
  const clock = new StepClock();
  const { stream, ended } = reader(() => {
    // Three lines of 3 ms fill a slice of 8.
    if (given >= 3) paused.push(stream.isPaused());
    given += 1;
    clock.time += 3;
    return 'continue';
  }, clock);
  const turn = (): void => {
    turns += 1;
    if (given < 30) setImmediate(turn);
  };
  stream.end('x\n'.repeat(30));
  setImmediate(turn);
  await ended;
  expect(given).toBe(30);
  expect(paused).toEqual(Array(27).fill(true));
  expect(turns).toBeGreaterThanOrEqual(10);
});

test('whoever writes faster than is taken finds the stream standing still, whoever writes little does not', async () => {
  const paused: boolean[] = [];
  const { stream, ended } = reader(() => {
    paused.push(stream.isPaused());
    return 'continue';
  });
  stream.write('little\n');
  stream.write('more\n');
  await settle();
  expect(paused).toEqual([false, false]);
  for (let chunk = 0; chunk < 8; chunk += 1) stream.write('much\n'.repeat(4000));
  await settle();
  expect(paused[2]).toBe(true);
  stream.end();
  await ended;
  expect(paused).toHaveLength(2 + 8 * 4000);
});

test('in the middle of a long line others that talk are waited for, and the line still comes whole', async () => {
  const clock = new FakeClock();
  const fairShare = new FairShare(clock);
  const [flood, other] = [fairShare.join(), fairShare.join()];
  const stream = new PassThrough({ highWaterMark: 1024 * 1024 });
  const lengths: number[] = [];
  new LineReader(
    stream,
    { maxBytes: 1e6, longBytes: 1000, share: flood, clock },
    {
      onLine: () => 'continue',
      onLongLine: ({ bytes }) => {
        lengths.push(bytes);
        return 'continue';
      },
      onOversized: () => undefined,
      onEnd: () => undefined,
    },
  );
  flood.talked();
  other.talked();
  stream.write('x'.repeat(100_000));
  await settle();
  expect(stream.isPaused()).toBe(true);
  await clock.advance(flood.pauseMs);
  expect(stream.isPaused()).toBe(false);
  stream.write('x'.repeat(100_000) + '\n');
  await settle();
  expect(lengths).toEqual([200_000]);
});

test('beside others that talk a slice is as long in many small pieces as in one', async () => {
  const clock = new StepClock();
  const fairShare = new FairShare(clock);
  const [flood, other] = [fairShare.join(), fairShare.join()];
  const stream = new PassThrough();
  let given = 0;
  new LineReader(
    stream,
    { maxBytes: 100, share: flood, clock },
    {
      onLine: () => {
        given += 1;
        flood.talked();
        clock.time += flood.sliceMs * 0.6;
        return 'continue';
      },
      onLongLine: () => 'continue',
      onOversized: () => undefined,
      onEnd: () => undefined,
    },
  );
  flood.talked();
  other.talked();
  const piece = async (): Promise<boolean> => {
    stream.write('piece\n');
    await settle();
    return stream.isPaused();
  };
  expect([await piece(), await piece()]).toEqual([false, true]);
  clock.time += flood.pauseMs;
  await clock.advance(flood.pauseMs);
  expect([stream.isPaused(), given]).toEqual([false, 2]);
  // One that has rested meanwhile begins anew.
  expect(await piece()).toBe(false);
  clock.time += flood.pauseMs;
  expect(await piece()).toBe(false);
  stream.end();
});

test('nothing is given before the time, and what came till then is given in order', async () => {
  const lines: string[] = [];
  const from = Promise.withResolvers<undefined>();
  const { stream, ended } = reader(
    (line) => {
      lines.push(line);
      return 'continue';
    },
    new FakeClock(),
    from.promise,
  );
  stream.write('early\n');
  stream.end('and last\n');
  await settle();
  expect(lines).toEqual([]);
  from.resolve(undefined);
  await ended;
  expect(lines).toEqual(['early', 'and last']);
});
