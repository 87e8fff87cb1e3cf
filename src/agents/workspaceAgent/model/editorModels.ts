// The editor's language models, asked through the client: only Roost offers them, and only to this agent.
import { randomUUID } from 'node:crypto';
import type { AgentContext, ClientCapabilities } from '@agentclientprotocol/sdk';
import * as z from 'zod/mini';
import type {
  ModelEnd,
  ModelPart,
  ModelRequest,
  OfferedModel,
} from '../../../session/languageModels.ts';

const text = z.string();
const partSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text }),
  z.object({
    type: z.literal('toolCall'),
    callId: text,
    name: text,
    input: z.record(z.string(), z.unknown()),
  }),
]);

/** What comes with `_roost/lm/part`. */
export const arrivingPartSchema = z.object({
  requestId: text,
  index: z.int(),
  part: partSchema,
});

const modelSchema = z.object({ id: text, name: text, maxInputTokens: z.number() });

const choiceSchema = z.object({ model: z.nullable(modelSchema) });
const countSchema = z.object({ tokens: z.nullable(z.number()) });
const endSchema = z.object({
  parts: z.int(),
  end: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('whole') }),
    z.object({ kind: z.enum(['notAllowed', 'gone', 'blocked', 'failed']), message: text }),
  ]),
});

/** Whether the client lets this agent use the editor's models. */
export function offersModels({ _meta: meta }: ClientCapabilities): boolean {
  return meta?.['roost.languageModels'] === true;
}

/** Asks the client for models; answers of several sessions may come at the same time. */
export class EditorModels {
  readonly #waiting = new Map<string, PartsInOrder>();

  /** The one that is wanted by id, family or name, else any; `undefined` when there is none. */
  async choose(
    client: AgentContext,
    wanted: string,
    signal: AbortSignal,
  ): Promise<OfferedModel | undefined> {
    const answer = await ask(client, '_roost/lm/choose', { wanted }, signal);
    return choiceSchema.parse(answer).model ?? undefined;
  }

  /** The tokens of a text; `undefined` where the model cannot say. */
  async count(
    client: AgentContext,
    modelId: string,
    counted: string,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    try {
      const answer = await ask(client, '_roost/lm/count', { modelId, text: counted }, signal);
      return countSchema.parse(answer).tokens ?? undefined;
    } catch {
      // A guess will have to do.
      signal.throwIfAborted();
      return undefined;
    }
  }

  /** Asks a model; every part of its answer has been handed over before this resolves. */
  async respond(
    client: AgentContext,
    request: ModelRequest,
    onPart: (part: ModelPart) => void,
    signal: AbortSignal,
  ): Promise<ModelEnd> {
    const requestId = randomUUID();
    const arriving = new PartsInOrder(onPart);
    this.#waiting.set(requestId, arriving);
    try {
      const answer = await ask(client, '_roost/lm/respond', { requestId, ...request }, signal);
      const { parts, end } = endSchema.parse(answer);
      await arriving.until(parts, signal);
      return end;
    } finally {
      this.#waiting.delete(requestId);
    }
  }

  /** A part has come; one that nobody waits for any more is dropped. */
  take({ requestId, index, part }: z.infer<typeof arrivingPartSchema>): void {
    this.#waiting.get(requestId)?.take(index, part);
  }
}

function ask(
  client: AgentContext,
  method: string,
  params: object,
  signal: AbortSignal,
): Promise<unknown> {
  const options = { cancellationSignal: signal, stopWaitingOnCancel: true };
  return client.request(method, params, options);
}

/** Hands out parts by their numbers, whatever order they are heard in: also after the response to the request. */
class PartsInOrder {
  readonly #onPart: (part: ModelPart) => void;
  readonly #early = new Map<number, ModelPart>();
  #next = 0;
  #last = Infinity;
  readonly #all = Promise.withResolvers<undefined>();

  constructor(onPart: (part: ModelPart) => void) {
    this.#onPart = onPart;
  }

  take(index: number, part: ModelPart): void {
    this.#early.set(index, part);
    for (;;) {
      const next = this.#early.get(this.#next);
      if (next === undefined) break;
      this.#early.delete(this.#next);
      this.#next += 1;
      this.#onPart(next);
    }
    this.#check();
  }

  /** Resolves when so many have been handed out; rejects with the signal's reason. */
  async until(parts: number, signal: AbortSignal): Promise<void> {
    this.#last = parts;
    this.#check();
    const cancelled = (): void => {
      this.#all.reject(signal.reason);
    };
    signal.addEventListener('abort', cancelled);
    try {
      await this.#all.promise;
    } finally {
      signal.removeEventListener('abort', cancelled);
    }
  }

  #check(): void {
    if (this.#next >= this.#last) this.#all.resolve(undefined);
  }
}
