// Who talks beside others works in short slices and pauses; what is long is parsed elsewhere and handed on in pieces.
import { expect, test } from 'vitest';
import { FairShare } from '../../../src/acp/fairShare.ts';
import { LongMessages } from '../../../src/acp/longMessages.ts';
import { deliver } from '../../../src/acp/longText.ts';
import { systemClock } from '../../../src/process/systemClock.ts';
import type { AgentUpdate } from '../../../src/session/agentUpdate.ts';
import { FakeClock } from '../../fakes/fakeClock.ts';

test('a connection that talks alone is not slowed down, beside another one it makes room, until that is silent', async () => {
  const clock = new FakeClock();
  const fairShare = new FairShare(clock);
  const [flood, other] = [fairShare.join(), fairShare.join()];
  flood.talked();
  const alone = flood.sliceMs;
  expect(flood.pauseMs).toBe(0);
  other.talked();
  flood.talked();
  flood.talked();
  expect(flood.sliceMs).toBeLessThan(alone);
  expect(flood.pauseMs).toBeGreaterThan(0);
  await clock.advance(1000);
  flood.talked();
  expect([flood.sliceMs, flood.pauseMs]).toEqual([alone, 0]);
});

test('long messages are parsed in order, what is no JSON is undefined, and the thread ends when there is none', async () => {
  const clock = new FakeClock();
  const messages = new LongMessages(clock);
  const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
  const parsed = await Promise.all([
    messages.parse(encode('{"text":"é𝄞"}')),
    messages.parse(encode('no json')),
    messages.parse(encode('[1,2]').subarray(0, 5)),
  ]);
  expect(parsed).toEqual([{ text: 'é𝄞' }, undefined, [1, 2]]);
  await clock.advance(60_000);
  expect(await messages.parse(encode('"again"'))).toBe('again');
  await clock.advance(60_000);
});

test('a very long text arrives whole, in pieces, in its place, with no character cut in two', async () => {
  const share = new FairShare(systemClock()).join();
  const text = `a${'𝄞'.repeat(200_000)}`;
  const taken: AgentUpdate[] = [];
  const updates: readonly AgentUpdate[] = [
    { type: 'title', title: 'before' },
    { type: 'text', role: 'agent', text },
    { type: 'title', title: 'after' },
  ];
  await deliver(updates, { clock: systemClock(), share }, (update) => void taken.push(update));
  const pieces = taken.flatMap((update) => (update.type === 'text' ? [update.text] : []));
  expect(pieces.length).toBeGreaterThan(3);
  expect(pieces.join('')).toBe(text);
  expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
  expect([taken[0]?.type, taken.at(-1)?.type]).toEqual(['title', 'title']);
});
