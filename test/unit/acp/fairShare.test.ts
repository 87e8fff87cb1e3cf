// Who talks beside others works in short slices and pauses; what is long is parsed elsewhere and handed on in pieces.
import { expect, test } from 'vitest';
import { FairShare } from '../../../src/acp/fairShare.ts';
import { LongMessages, type ParsedMessage } from '../../../src/acp/longMessages.ts';
import { deliver } from '../../../src/acp/longText.ts';
import { systemClock } from '../../../src/process/systemClock.ts';
import type { AgentUpdate } from '../../../src/session/agentUpdate.ts';
import { FakeClock } from '../../fakes/fakeClock.ts';

/** All messages of a line. */
async function parsedBy(messages: LongMessages, parts: Buffer[]): Promise<ParsedMessage[]> {
  const found: ParsedMessage[] = [];
  const bytes = Buffer.concat(parts).length;
  for await (const one of messages.parse({ bytes, parts })) found.push(one);
  return found;
}

test('a connection that talks alone is not slowed down, beside another one it makes room, until that is silent', async () => {
  const clock = new FakeClock();
  const fairShare = new FairShare(clock);
  const [flood, other] = [fairShare.join(), fairShare.join()];
  flood.talked();
  const { sliceMs: alone, outputLength } = flood;
  expect(flood.pauseMs).toBe(0);
  other.talked();
  flood.talked();
  flood.talked();
  expect(flood.sliceMs).toBeLessThan(alone);
  expect(flood.pauseMs).toBeGreaterThan(0);
  expect(flood.outputLength).toBeLessThan(outputLength);
  await clock.advance(1000);
  flood.talked();
  expect([flood.sliceMs, flood.pauseMs, flood.outputLength]).toEqual([alone, 0, outputLength]);
});

test('long messages are parsed in order, what is no JSON is undefined, and the thread ends when there is none', async () => {
  const clock = new FakeClock();
  const messages = new LongMessages(clock);
  const parse = async (text: string, at = 1): Promise<unknown[]> => {
    const bytes = Buffer.from(text);
    const parts = [bytes.subarray(0, at), Buffer.from(bytes.subarray(at))];
    const parsed = await parsedBy(messages, parts);
    return parsed.map(({ message }) => message);
  };
  // Cut in the middle of a character.
  const parsed = await Promise.all([parse('{"text":"é𝄞"}', 10), parse('no json'), parse('[1,2]')]);
  expect(parsed).toEqual([[{ text: 'é𝄞' }], [undefined], [[1, 2]]]);
  await clock.advance(60_000);
  expect(await parse('"again"')).toEqual(['again']);
  await clock.advance(60_000);
});

test('a chunk of text that is very long is given in pieces, everything else in one', async () => {
  const messages = new LongMessages(new FakeClock());
  const parse = async (update: object): Promise<{ update: object; bytes: number }[]> => {
    const params = { sessionId: 's', update, _meta: { kept: true } };
    const line = Buffer.from(JSON.stringify({ method: 'session/update', params }));
    const parsed = await parsedBy(messages, [line]);
    return parsed.map(({ message, bytes }) => {
      expect(message).toMatchObject({ method: 'session/update', params: { _meta: params._meta } });
      return { update: (message as { params: { update: object } }).params.update, bytes };
    });
  };
  const text = `a${'𝄞'.repeat(200_000)}`;
  const chunk = { sessionUpdate: 'agent_thought_chunk', messageId: 'm', content: { type: 'text' } };
  const pieces = await parse({ ...chunk, content: { ...chunk.content, text } });
  const texts = pieces.map(({ update }) => (update as { content: { text: string } }).content.text);
  expect(texts.length).toBeGreaterThan(3);
  expect(texts.join('')).toBe(text);
  expect(texts.every((piece) => piece.isWellFormed())).toBe(true);
  expect(pieces.every(({ update }) => 'messageId' in update)).toBe(true);
  expect(pieces.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(text.length);
  const call = { sessionUpdate: 'tool_call', content: { type: 'text', text } };
  expect(await parse(call)).toMatchObject([{ update: call }]);
  const empty = { ...chunk, content: { type: 'text', text: '' } };
  expect(await parse(empty)).toMatchObject([{ update: empty }]);
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
