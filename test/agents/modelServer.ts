// A language model on loopback that does what the prompt says: answers, asks for a command, or talks until it is cut off.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';

/**
 * What a prompt can ask for, as its last line that begins so:
 * `say: TEXT` is answered with the text; `run: COMMAND` is answered with a call of the agent's shell
 * tool and, once there is a result, with `result: ` and the result; `talk:` is answered with words
 * until the agent hangs up.
 */
type Script =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'talk' };

/** One step of an answer, in the terms of neither of the two interfaces. */
type Answer =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly tool: string; readonly args: Record<string, unknown> }
  | { readonly kind: 'endless' };

const part = z.looseObject({ text: z.string().optional() });
const content = z.union([z.string(), z.array(part), z.null()]).optional();

/** OpenAI's chat completions, as far as it is needed. */
const chatRequest = z.looseObject({
  messages: z.array(z.looseObject({ role: z.string(), content })),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })).default([]),
});

/** OpenAI's responses, as far as it is needed. */
const responsesRequest = z.looseObject({
  input: z.array(
    z.looseObject({
      type: z.string().default('message'),
      role: z.string().optional(),
      content,
      output: z.unknown().optional(),
    }),
  ),
  tools: z.array(z.looseObject({ name: z.string().optional() })).default([]),
});

/** One thing that was said to the model, or that a tool gave back. */
interface Said {
  readonly by: 'user' | 'tool' | 'other';
  readonly text: string;
}

/** How long the endless answer waits between words: often enough to be a stream, seldom enough to be cheap. */
const wordMs = 20;

/** A model server; it ends with `dispose`, together with every answer that still runs. */
export class ModelServer implements AsyncDisposable {
  readonly #server: Server;
  /** Paths of the requests that came, in order. */
  readonly requests: string[] = [];
  /** What was not understood; a test that ends with any has found a hole in the script. */
  readonly problems: string[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
        this.problems.push(`${request.url ?? ''}: ${reason}`);
        response.destroy();
      });
    });
  }

  /** Starts a server on a free port of loopback. */
  static async start(): Promise<ModelServer> {
    const model = new ModelServer();
    model.#server.listen(0, '127.0.0.1');
    await once(model.#server, 'listening');
    return model;
  }

  /** The address without a path. */
  get url(): string {
    // A server that listens on a port has an address of this kind.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', this.url).pathname;
    this.requests.push(`${request.method ?? ''} ${path}`);
    if (request.method === 'POST' && path === '/v1/chat/completions') {
      const { messages, tools } = chatRequest.parse(await json(request));
      const said = messages.map((one) => ({ by: speaker(one.role), text: textOf(one.content) }));
      const names = tools.map((tool) => tool.function.name);
      await stream(response, chatEvents(answer(said, names), response));
    } else if (request.method === 'POST' && path === '/v1/responses') {
      const { input, tools } = responsesRequest.parse(await json(request));
      const said = input.map((one): Said => {
        if (one.type === 'function_call_output')
          return { by: 'tool', text: JSON.stringify(one.output) };
        return { by: speaker(one.role ?? ''), text: textOf(one.content) };
      });
      const names = tools.flatMap((tool) => tool.name ?? []);
      await stream(response, responsesEvents(answer(said, names), response));
    } else {
      this.problems.push(`no such path: ${request.method ?? ''} ${path}`);
      response.writeHead(404).end();
    }
  }
}

function speaker(role: string): Said['by'] {
  return role === 'user' || role === 'tool' ? role : 'other';
}

function textOf(given: z.output<typeof content>): string {
  if (typeof given === 'string') return given;
  return (given ?? []).map((one) => one.text ?? '').join('\n');
}

/** What the model does next, by the last thing the user asked for and what tools have given since. */
function answer(said: readonly Said[], tools: readonly string[]): Answer {
  // Agents also have small things done, a title above all; then they offer no tools.
  if (tools.length === 0) return { kind: 'text', text: 'A title' };
  const at = said.findLastIndex(({ by, text }) => by === 'user' && scriptOf(text) !== undefined);
  const script = scriptOf(said[at]?.text ?? '');
  if (script === undefined) return { kind: 'text', text: 'Nothing was asked.' };
  if (script.kind === 'say') return { kind: 'text', text: script.text };
  if (script.kind === 'talk') return { kind: 'endless' };
  const result = said.slice(at + 1).find(({ by }) => by === 'tool');
  if (result !== undefined) return { kind: 'text', text: `result: ${result.text}` };
  return shellCall(tools, script.command);
}

function scriptOf(text: string): Script | undefined {
  const match = [...text.matchAll(/^(say|run|talk):[ \t]*(.*)$/gmu)].at(-1);
  const [, kind, rest = ''] = match ?? [];
  if (kind === 'say') return { kind, text: rest.trim() };
  if (kind === 'run') return { kind, command: rest.trim() };
  return kind === 'talk' ? { kind } : undefined;
}

/** A call of whichever shell tool the agent has, asking for the rights that make it ask the user. */
function shellCall(tools: readonly string[], command: string): Answer {
  const escalated = {
    sandbox_permissions: 'require_escalated',
    justification: 'the test needs it',
  };
  const shapes: Readonly<Record<string, Record<string, unknown>>> = {
    bash: { command, description: 'Runs what was asked for' },
    exec_command: { cmd: command, ...escalated },
    shell_command: { command, ...escalated },
    shell: { command: ['/bin/sh', '-c', command], ...escalated },
  };
  for (const [tool, args] of Object.entries(shapes)) {
    if (tools.includes(tool)) return { kind: 'call', tool, args };
  }
  return { kind: 'text', text: `no shell among ${tools.join(', ')}` };
}

async function stream(
  response: ServerResponse,
  events: AsyncIterable<{ readonly event?: string; readonly data: unknown }>,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  for await (const { event, data } of events) {
    const line = typeof data === 'string' ? data : JSON.stringify(data);
    response.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${line}\n\n`);
  }
  response.end();
}

/** Words until the agent hangs up. */
async function* words(response: ServerResponse): AsyncIterable<string> {
  for (let word = 1; !response.destroyed; word += 1) {
    yield `word-${word} `;
    await new Promise((resolve) => setTimeout(resolve, wordMs));
  }
}

async function* textPieces(next: Answer, response: ServerResponse): AsyncIterable<string> {
  if (next.kind === 'endless') yield* words(response);
  if (next.kind === 'text') yield* next.text.match(/[^]{1,12}/gu) ?? [];
}

async function* chatEvents(
  next: Answer,
  response: ServerResponse,
): AsyncIterable<{ data: unknown }> {
  const chunk = (delta: object, finish_reason: string | null = null): { data: unknown } => ({
    data: {
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 0,
      model: 'lab-model',
      choices: [{ index: 0, delta, finish_reason }],
    },
  });
  yield chunk({ role: 'assistant', content: '' });
  for await (const text of textPieces(next, response)) yield chunk({ content: text });
  if (next.kind === 'call') {
    const { tool: name, args } = next;
    const call = { name, arguments: JSON.stringify(args) };
    yield chunk({ tool_calls: [{ index: 0, id: callId(), type: 'function', function: call }] });
  }
  yield chunk({}, next.kind === 'call' ? 'tool_calls' : 'stop');
  yield {
    data: {
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 0,
      model: 'lab-model',
      choices: [],
      usage: { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 },
    },
  };
  yield { data: '[DONE]' };
}

async function* responsesEvents(
  next: Answer,
  response: ServerResponse,
): AsyncIterable<{ event: string; data: unknown }> {
  const event = (type: string, more: object): { event: string; data: unknown } => ({
    event: type,
    data: { type, ...more },
  });
  const id = 'resp-1';
  yield event('response.created', { response: { id, object: 'response', status: 'in_progress' } });
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
    let whole = '';
    for await (const delta of textPieces(next, response)) {
      whole += delta;
      const place = { item_id: 'msg-1', output_index: 0, content_index: 0 };
      yield event('response.output_text.delta', { ...place, delta });
    }
    const item = { ...started, content: [{ type: 'output_text', text: whole, annotations: [] }] };
    yield event('response.output_item.done', { output_index: 0, item });
  }
  const usage = { input_tokens: 10, output_tokens: 10, total_tokens: 20 };
  yield event('response.completed', {
    response: { id, object: 'response', status: 'completed', usage },
  });
}

let calls = 0;

/** Tool calls of one agent are told apart by their ids, over all its turns. */
function callId(): string {
  calls += 1;
  return `call_${calls}`;
}
