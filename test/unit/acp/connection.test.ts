// The connection over streams in memory: what it sends, what it settles, and what it shrugs off.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Connection, type SkippedMessage } from '../../../src/acp/connection.ts';
import { RpcError } from '../../../src/acp/rpcError.ts';
import { SessionError } from '../../../src/session/errors.ts';
import { FakeClock, settle } from '../../fakes/fakeClock.ts';

type Handle = (method: string, params: unknown, signal: AbortSignal) => Promise<unknown>;

/** A connection, and its peer as raw lines. */
function wire(handle: Handle = () => Promise.resolve({}), maxMessageBytes = 10_000) {
  const input = new PassThrough();
  const output = new PassThrough({ highWaterMark: 1024 });
  const notifications: unknown[] = [];
  const skipped: SkippedMessage[] = [];
  const failures: Error[] = [];
  const logged: string[] = [];
  const log = (message: string): void => void logged.push(message);
  const connection = new Connection({
    input,
    output,
    clock: new FakeClock(),
    logger: { trace: log, debug: log, info: log, warn: log, error: log },
    maxMessageBytes,
    handlers: {
      onNotification: (method, params) => {
        notifications.push([method, params]);
        if (method === 'explode') throw new Error('a bug in a handler');
      },
      onRequest: handle,
      onSkipped: (message) => void skipped.push(message),
      onMessage: () => undefined,
      onInputEnd: () => undefined,
      onOutputFailed: (error) => void failures.push(error),
    },
  });
  const receive = async (...messages: (object | string)[]): Promise<void> => {
    const lines = messages.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
    input.write(`${lines.join('\n')}\n`);
    await settle();
  };
  const sent = (): unknown[] =>
    String(output.read() ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  return { connection, input, output, notifications, skipped, failures, logged, receive, sent };
}

test('a request is numbered from 0 and settles by the response with its id', async () => {
  const { connection, receive, sent } = wire();
  const first = connection.request('a', { x: 1 });
  const second = connection.request('b', undefined);
  expect(sent()).toEqual([
    { jsonrpc: '2.0', id: 0, method: 'a', params: { x: 1 } },
    { jsonrpc: '2.0', id: 1, method: 'b' },
  ]);
  const settled = Promise.all([
    expect(first).resolves.toBe('yes'),
    expect(second).rejects.toMatchObject({ code: -1, message: 'no', data: [1] }),
  ]);
  await receive({ id: 1, error: { code: -1, message: 'no', data: [1] } }, { id: 0, result: 'yes' });
  await settled;
});

test.each([
  ['no result at all', {}, undefined],
  ['a null result', { result: null }, null],
  ['a null error beside a result', { result: 1, error: null }, 1],
])('a response with %s is a result', async (_, body, expected) => {
  const { connection, receive } = wire();
  const answer = connection.request('a', {});
  await receive({ id: 0, ...body });
  await expect(answer).resolves.toBe(expected);
});

test.each([
  ['a string', 'oops', '"oops"'],
  ['an object without a code', { message: 'oops' }, 'oops'],
])('an error that is %s rejects as an internal error', async (_, error, message) => {
  const { connection, receive } = wire();
  const answer = connection.request('a', {});
  const rejected = expect(answer).rejects.toMatchObject({ code: -32603, message });
  await receive({ id: 0, error });
  await rejected;
});

test('responses that nobody waits for are ignored', async () => {
  const { connection, receive, sent } = wire();
  await receive({ id: 7, result: 1 }, { id: 'x', result: 1 }, { id: null, error: { code: 1 } });
  const answer = connection.request('a', {});
  await receive({ id: 0, result: 1 }, { id: 0, result: 2 });
  await expect(answer).resolves.toBe(1);
  expect(sent()).toHaveLength(1);
});

test('a request that is given up tells the peer, and its late response is ignored', async () => {
  const { connection, receive, sent } = wire();
  const abort = new AbortController();
  const answer = connection.request('a', {}, abort.signal);
  const reason = new Error('enough');
  abort.abort(reason);
  await expect(answer).rejects.toBe(reason);
  expect(sent().at(-1)).toEqual({
    jsonrpc: '2.0',
    method: '$/cancel_request',
    params: { requestId: 0 },
  });
  await receive({ id: 0, result: 1 });
});

test.each([0, '', 'r0', -1, null])('a request with the id %o is answered with it', async (id) => {
  const { receive, sent } = wire((method) => Promise.resolve({ echo: method }));
  await receive({ id, method: 'hello' });
  expect(sent()).toEqual([{ jsonrpc: '2.0', id, result: { echo: 'hello' } }]);
});

test.each([0, 'r0'])('a request with the id %o can be taken back', async (id) => {
  const { receive, sent } = wire((_, __, signal) => {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve({ too: 'late' });
      });
    });
  });
  await receive(
    { id, method: 'ask' },
    { method: '$/cancel_request' },
    { method: '$/cancel_request', params: { requestId: 'other' } },
  );
  expect(sent()).toEqual([]);
  await receive({ method: '$/cancel_request', params: { requestId: id } });
  expect(sent()).toMatchObject([{ id, error: { code: -32800 } }]);
});

test('a request that fails is answered with its error, a bug with an internal one', async () => {
  const { receive, sent, logged } = wire((method) =>
    Promise.reject(
      method === 'known' ? new RpcError(-32602, 'wrong', { at: 1 }) : new Error('a bug'),
    ),
  );
  await receive({ id: 1, method: 'known' }, { id: 2, method: 'unknown' });
  expect(sent()).toEqual([
    { jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'wrong', data: { at: 1 } } },
    { jsonrpc: '2.0', id: 2, error: { code: -32603, message: 'a bug' } },
  ]);
  expect(logged).toEqual(['A request of the agent could not be answered.']);
});

test('a handler with a bug does not keep the next message from arriving', async () => {
  const { receive, notifications, logged } = wire();
  await receive({ method: 'explode' }, { method: 'next', params: [1] });
  expect(notifications).toEqual([
    ['explode', undefined],
    ['next', [1]],
  ]);
  expect(logged).toEqual(['A message of the agent could not be handled.']);
});

test('what is no message is ignored and never answered', async () => {
  const { receive, notifications, sent } = wire();
  await receive(
    'words',
    '{"half":',
    '[]',
    '[{"method":"batched"}]',
    '7',
    'null',
    '{}',
    '{"id":{}}',
  );
  await receive('{"id":{},"method":"odd id"}', { method: 'fine' });
  expect(notifications).toEqual([['fine', undefined]]);
  expect(sent()).toEqual([]);
});

test('too many requests at once are refused, not piled up', async () => {
  const release = Promise.withResolvers<unknown>();
  const { receive, sent } = wire(() => release.promise);
  await receive(...Array.from({ length: 1001 }, (_, id) => ({ id, method: 'ask' })));
  expect(sent()).toMatchObject([{ id: 1000, error: { code: -32603 } }]);
  release.resolve(1);
  await settle();
});

test('messages that are too long are settled by what they were', async () => {
  const { connection, receive, sent, skipped } = wire(undefined, 100);
  const answer = connection.request('a', {});
  const idLast = connection.request('b', {});
  const rejected = Promise.all([
    expect(answer).rejects.toMatchObject({ code: 'messageTooLarge' }),
    expect(idLast).rejects.toMatchObject({ code: 'messageTooLarge' }),
  ]);
  sent();
  const long = 'x'.repeat(200);
  await receive(
    { jsonrpc: '2.0', id: 0, result: { long, id: 9, method: 'inside' } },
    { jsonrpc: '2.0', result: { long, id: 9 }, id: 1 },
    { jsonrpc: '2.0', id: 'r', method: 'ask', params: { long } },
    { jsonrpc: '2.0', method: 'tell', params: { long, id: 3 } },
    'z'.repeat(300),
  );
  await rejected;
  expect(sent()).toMatchObject([{ id: 'r', error: { code: -32600 } }]);
  expect(skipped.map(({ method, bytes }) => [method, bytes > 200])).toEqual([
    ['tell', true],
    [undefined, true],
  ]);
});

test('closing rejects what waits and what is asked later, and withdraws what is worked on', async () => {
  const signals: AbortSignal[] = [];
  const { connection, receive, sent } = wire((_, __, signal) => {
    signals.push(signal);
    return new Promise(() => undefined);
  });
  await receive({ id: 0, method: 'ask' });
  const waiting = connection.request('a', {});
  const error = new SessionError('agentExited', 'gone');
  connection.close(error);
  connection.close(new SessionError('internal', 'a second reason'));
  await expect(waiting).rejects.toBe(error);
  await expect(connection.request('b', {})).rejects.toBe(error);
  connection.notify('c', {});
  expect(signals[0]?.aborted).toBe(true);
  expect(sent()).toHaveLength(1);
});

test('a peer that does not read is told of, once, instead of filling memory', () => {
  const { connection, output, failures } = wire();
  const megabyte = 'x'.repeat(1024 * 1024);
  for (let i = 0; i < 80; i += 1) connection.notify('tell', { megabyte });
  expect(failures).toHaveLength(1);
  expect(output.writableLength).toBeLessThan(70 * 1024 * 1024);
});

test('an output that breaks is told of, once', async () => {
  const { connection, output, failures } = wire();
  output.destroy(new Error('EPIPE'));
  await settle();
  connection.notify('tell', {});
  expect(failures.map((error) => error.message)).toEqual(['EPIPE']);
});
