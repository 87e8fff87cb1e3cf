// OpenAI's chat completions, as far as agents need them.
import * as z from 'zod';
import { callId, textPieces, tool, type Answer, type Said } from '../script.ts';
import { textOf, wantsStream, type Dialect } from './dialect.ts';

const part = z.looseObject({ text: z.string().optional() });
const content = z.union([z.string(), z.array(part), z.null()]).optional();

const toolSchema = z.looseObject({ name: z.string(), parameters: z.unknown().optional() });

const request = z.looseObject({
  messages: z.array(z.looseObject({ role: z.string(), content })),
  tools: z.array(z.looseObject({ function: toolSchema })).default([]),
});

const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 };
const head = { id: 'chatcmpl-1', created: 0, model: 'lab-model' };

/** `POST …/chat/completions`. */
export const chat: Dialect = {
  matches: (path) => path.endsWith('/chat/completions'),
  streams: (_path, body) => wantsStream(body),
  read(body) {
    const { messages, tools } = request.parse(body);
    return {
      said: messages.map((one) => ({ by: speaker(one.role), text: joined(one.content) })),
      tools: tools.map((one) => tool(one.function.name, one.function.parameters)),
    };
  },
  async *events(next, gone) {
    const chunk = (delta: object, finish_reason: string | null = null): { data: unknown } => ({
      data: {
        ...head,
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta, finish_reason }],
      },
    });
    yield chunk({ role: 'assistant', content: '' });
    for await (const text of textPieces(next, gone)) yield chunk({ content: text });
    const calls = toolCalls(next);
    if (calls !== undefined) yield chunk({ tool_calls: calls });
    yield chunk({}, calls === undefined ? 'stop' : 'tool_calls');
    yield { data: { ...head, object: 'chat.completion.chunk', choices: [], usage } };
    yield { data: '[DONE]' };
  },
  whole(next) {
    const calls = toolCalls(next);
    const message = {
      role: 'assistant',
      content: textOf(next),
      ...(calls === undefined ? {} : { tool_calls: calls }),
    };
    const finish_reason = calls === undefined ? 'stop' : 'tool_calls';
    const choices = [{ index: 0, message, finish_reason }];
    return { ...head, object: 'chat.completion', choices, usage };
  },
};

function toolCalls(next: Answer): object[] | undefined {
  if (next.kind !== 'call') return undefined;
  const call = { name: next.tool, arguments: JSON.stringify(next.args) };
  return [{ index: 0, id: callId(), type: 'function', function: call }];
}

function speaker(role: string): Said['by'] {
  return role === 'user' || role === 'tool' ? role : 'other';
}

function joined(given: z.output<typeof content>): string {
  if (typeof given === 'string') return given;
  return (given ?? []).map((one) => one.text ?? '').join('\n');
}
