// A language model on loopback that does what the prompt says: answers, asks for a tool, or talks until it is cut off.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import { chat } from './dialects/chat.ts';
import type { Dialect, StreamEvent } from './dialects/dialect.ts';
import { gemini } from './dialects/gemini.ts';
import { messages } from './dialects/messages.ts';
import { responses } from './dialects/responses.ts';
import { answer, type Asked } from './script.ts';

const dialects: readonly Dialect[] = [chat, responses, messages, gemini];

/** What agents ask besides, and what is enough for them, by the end of the path. */
const asides: readonly (readonly [method: string, path: RegExp, answer: unknown])[] = [
  ['GET', /\/api\/tags$/u, { models: [{ name: 'lab-model' }] }],
  ['GET', /\/models$/u, { object: 'list', data: [{ id: 'lab-model', object: 'model' }] }],
  ['POST', /\/count_tokens$/u, { input_tokens: 10 }],
  ['POST', /:countTokens$/u, { totalTokens: 10 }],
  ['HEAD', /^\/$/u, undefined],
];

/** A model server; it ends with `dispose`, together with every answer that still runs. */
export class ModelServer implements AsyncDisposable {
  readonly #server: Server;
  /** Paths of the requests that came, in order. */
  readonly requests: string[] = [];
  /** What requests named as their key, each once. */
  readonly keys: string[] = [];
  /** What was not understood; a test that ends with any has found a hole in the script. */
  readonly problems: string[] = [];
  /** What the model was asked, in order. */
  readonly asked: Asked[] = [];
  /** Where the files are that prompts have written: some tools take absolute paths alone. */
  folder = '';

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
    const { method = '' } = request;
    const path = new URL(request.url ?? '/', this.url).pathname;
    this.requests.push(`${method} ${path}`);
    const key = request.headers.authorization;
    if (key !== undefined && !this.keys.includes(key)) this.keys.push(key);
    const dialect = method === 'POST' ? dialects.find((one) => one.matches(path)) : undefined;
    if (dialect !== undefined) {
      const body: unknown = await json(request);
      const asked = dialect.read(body);
      this.asked.push(asked);
      const next = answer(asked, this.folder);
      if (dialect.streams(path, body)) {
        await stream(
          response,
          dialect.events(next, () => response.destroyed),
        );
      } else {
        tell(response, dialect.whole(next));
      }
      return;
    }
    const aside = asides.find(([way, end]) => way === method && end.test(path));
    if (aside !== undefined) {
      tell(response, aside[2]);
    } else {
      this.problems.push(`no such path: ${method} ${path}`);
      response.writeHead(404).end();
    }
  }
}

function tell(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function stream(response: ServerResponse, events: AsyncIterable<StreamEvent>): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  for await (const { event, data } of events) {
    const line = typeof data === 'string' ? data : JSON.stringify(data);
    response.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${line}\n\n`);
  }
  response.end();
}
