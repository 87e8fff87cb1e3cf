// Anthropic's messages, as far as agents need them.
import * as z from 'zod';
import { callId, textPieces, tool, type Said } from '../script.ts';
import { textOf, wantsStream, type Dialect } from './dialect.ts';

const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  content: z.unknown().optional(),
});
const content = z.union([z.string(), z.array(block)]);

const request = z.looseObject({
  messages: z.array(z.looseObject({ role: z.string(), content })),
  tools: z
    .array(z.looseObject({ name: z.string(), input_schema: z.unknown().optional() }))
    .default([]),
});

/** Claude Code joins messages of the same id, so each has one of its own. */
const head = (): object => ({
  id: `msg_${callId()}`,
  type: 'message',
  role: 'assistant',
  model: 'lab-model',
  stop_sequence: null,
});
const usage = { input_tokens: 10, output_tokens: 10 };

/** `POST …/messages`. */
export const messages: Dialect = {
  matches: (path) => path.endsWith('/messages'),
  streams: (_path, body) => wantsStream(body),
  read(body) {
    const parsed = request.parse(body);
    return {
      said: parsed.messages.flatMap((one) => saidIn(one.role, one.content)),
      tools: parsed.tools.map(({ name, input_schema }) => tool(name, input_schema)),
    };
  },
  async *events(next, gone) {
    const event = (type: string, more: object): { event: string; data: unknown } => ({
      event: type,
      data: { type, ...more },
    });
    const message = { ...head(), content: [], stop_reason: null, usage };
    yield event('message_start', { message });
    if (next.kind === 'call') {
      const content_block = { type: 'tool_use', id: callId(), name: next.tool, input: {} };
      yield event('content_block_start', { index: 0, content_block });
      const delta = { type: 'input_json_delta', partial_json: JSON.stringify(next.args) };
      yield event('content_block_delta', { index: 0, delta });
    } else {
      yield event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
      for await (const text of textPieces(next, gone)) {
        yield event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
      }
    }
    yield event('content_block_stop', { index: 0 });
    const stop_reason = next.kind === 'call' ? 'tool_use' : 'end_turn';
    yield event('message_delta', { delta: { stop_reason, stop_sequence: null }, usage });
    yield event('message_stop', {});
  },
  whole(next) {
    const text = [{ type: 'text', text: textOf(next) }];
    return { ...head(), content: text, stop_reason: 'end_turn', usage };
  },
};

function saidIn(role: string, given: z.output<typeof content>): Said[] {
  const by = role === 'user' ? 'user' : 'other';
  if (typeof given === 'string') return [{ by, text: given }];
  return given.map((one) => {
    if (one.type === 'tool_result') return { by: 'tool', text: JSON.stringify(one.content) };
    return { by, text: one.text ?? '' };
  });
}
