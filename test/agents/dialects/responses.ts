// OpenAI's responses, as far as agents need them.
import * as z from 'zod';
import { callId, textPieces, tool, type Said } from '../script.ts';
import { textOf, wantsStream, type Dialect } from './dialect.ts';

const part = z.looseObject({ text: z.string().optional() });
const content = z.union([z.string(), z.array(part), z.null()]).optional();

const request = z.looseObject({
  input: z.array(
    z.looseObject({
      type: z.string().default('message'),
      role: z.string().optional(),
      content,
      output: z.unknown().optional(),
    }),
  ),
  tools: z
    .array(z.looseObject({ name: z.string().optional(), parameters: z.unknown().optional() }))
    .default([]),
});

const usage = { input_tokens: 10, output_tokens: 10, total_tokens: 20 };
const id = 'resp-1';

/** `POST …/responses`. */
export const responses: Dialect = {
  matches: (path) => path.endsWith('/responses'),
  streams: (_path, body) => wantsStream(body),
  read(body) {
    const { input, tools } = request.parse(body);
    return {
      said: input.map((one): Said => {
        if (one.type === 'function_call_output') {
          return { by: 'tool', text: JSON.stringify(one.output) };
        }
        return { by: one.role === 'user' ? 'user' : 'other', text: joined(one.content) };
      }),
      tools: tools.flatMap(({ name, parameters }) =>
        name === undefined ? [] : [tool(name, parameters)],
      ),
    };
  },
  async *events(next, gone) {
    const event = (type: string, more: object): { event: string; data: unknown } => ({
      event: type,
      data: { type, ...more },
    });
    yield event('response.created', {
      response: { id, object: 'response', status: 'in_progress' },
    });
    if (next.kind === 'call') {
      const item = {
        type: 'function_call',
        id: 'fc-1',
        call_id: callId(),
        name: next.tool,
        arguments: JSON.stringify(next.args),
        status: 'completed',
      };
      yield event('response.output_item.done', { output_index: 0, item });
    } else {
      const started = { type: 'message', id: 'msg-1', role: 'assistant', content: [] };
      yield event('response.output_item.added', { output_index: 0, item: started });
      let text = '';
      for await (const delta of textPieces(next, gone)) {
        text += delta;
        const place = { item_id: 'msg-1', output_index: 0, content_index: 0 };
        yield event('response.output_text.delta', { ...place, delta });
      }
      const item = { ...started, content: [{ type: 'output_text', text, annotations: [] }] };
      yield event('response.output_item.done', { output_index: 0, item });
    }
    yield event('response.completed', {
      response: { id, object: 'response', status: 'completed', usage },
    });
  },
  whole(next) {
    const text = { type: 'output_text', text: textOf(next), annotations: [] };
    const output = [{ type: 'message', id: 'msg-1', role: 'assistant', content: [text] }];
    return { id, object: 'response', status: 'completed', output, usage };
  },
};

function joined(given: z.output<typeof content>): string {
  if (typeof given === 'string') return given;
  return (given ?? []).map((one) => one.text ?? '').join('\n');
}
