// Lets the agent that Roost ships use the editor's language models: requests of ours beside the protocol, answered over its own streams.
import * as z from 'zod/mini';
import { onFirstUse } from '../session/onDemand.ts';
import type { LanguageModels, ModelPart } from '../session/languageModels.ts';
import type { Answer } from './clientRequests.ts';
import type { LinkOptions, LinkServices } from './linkOptions.ts';
import { RpcError, rpcCodes } from './rpcError.ts';

/** What of a link decides whether its agent may ask, and who answers. */
export interface ModelLink {
  readonly agent: Pick<LinkOptions['agent'], 'usesEditorModels'>;
  readonly services: Pick<LinkServices, 'models'>;
}

/** What is said in `_meta` of the client's capabilities to an agent that may ask for models. */
export function modelsMeta(options: ModelLink): Readonly<Record<string, true>> {
  return modelsOf(options) === undefined ? {} : { 'roost.languageModels': true };
}

type Models = NonNullable<LinkServices['models']>;

type Notify = (method: string, params: unknown) => void;

function modelsOf({ agent, services }: ModelLink): Models | undefined {
  return agent.usesEditorModels === true ? services.models : undefined;
}

const text = z.string();
const anyObject = z.record(z.string(), z.unknown());

const schemas = onFirstUse(() => {
  const content = z.discriminatedUnion('type', [
    z.object({ type: z.literal('text'), text }),
    z.object({ type: z.literal('toolCall'), callId: text, name: text, input: anyObject }),
    z.object({ type: z.literal('toolResult'), callId: text, text }),
  ]);
  return {
    choose: z.object({ wanted: text }),
    count: z.object({ modelId: text, text }),
    respond: z.object({
      requestId: text,
      modelId: text,
      messages: z.array(
        z.object({ role: z.enum(['user', 'assistant']), content: z.array(content) }),
      ),
      tools: z.array(z.object({ name: text, description: text, inputSchema: anyObject })),
    }),
  };
});

/**
 * The answers by method; none for an agent that may not ask.
 * @param stopping fires when the agent is being stopped
 * @param notify sends a notification
 */
export function modelAnswers(
  options: ModelLink,
  stopping: AbortSignal,
  notify: Notify,
): readonly (readonly [string, Answer])[] {
  const models = modelsOf(options);
  if (models === undefined) return [];
  return [
    [
      '_roost/lm/choose',
      async (params) => {
        const { wanted } = parse(schemas().choose, params);
        return { model: (await (await models()).choose(wanted)) ?? null };
      },
    ],
    [
      '_roost/lm/count',
      async (params, signal) => {
        const { modelId, text: counted } = parse(schemas().count, params);
        return { tokens: (await (await models()).countTokens(modelId, counted, signal)) ?? null };
      },
    ],
    [
      '_roost/lm/respond',
      async (params, signal) =>
        respond(await models(), params, AbortSignal.any([signal, stopping]), notify),
    ],
  ];
}

/** The parts are numbered and counted, so that the agent knows when it has all of them. */
async function respond(
  models: LanguageModels,
  params: unknown,
  signal: AbortSignal,
  notify: Notify,
): Promise<unknown> {
  const { requestId, ...request } = parse(schemas().respond, params);
  let parts = 0;
  const onPart = (part: ModelPart): void => {
    notify('_roost/lm/part', { requestId, index: parts, part });
    parts += 1;
  };
  const end = await models.respond(request, onPart, signal);
  return { parts, end };
}

function parse<T extends z.ZodMiniType>(schema: T, params: unknown): z.infer<T> {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  throw new RpcError(rpcCodes.invalidParams, `Invalid params: ${z.prettifyError(parsed.error)}`);
}
