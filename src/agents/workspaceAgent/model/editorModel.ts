// One of the editor's language models in the form that answering asks its models in.
import type { AgentContext } from '@agentclientprotocol/sdk';
import type { LanguageModel } from 'ai';
import type {
  ModelContent,
  ModelEnd,
  ModelMessage,
  ModelTool,
  OfferedModel,
} from '../../../session/languageModels.ts';
import { describe, Problem } from '../problem.ts';
import type { EditorModels } from './editorModels.ts';

/** A model of the editor, and the way to it. */
export interface EditorModelSource {
  readonly kind: 'editor';
  readonly models: EditorModels;
  readonly client: AgentContext;
  readonly model: OfferedModel;
}

type Model = Extract<Exclude<LanguageModel, string>, { readonly specificationVersion: 'v4' }>;
type CallOptions = Parameters<Model['doStream']>[0];
type StreamPart =
  Awaited<ReturnType<Model['doStream']>>['stream'] extends ReadableStream<infer P> ? P : never;
type Prompt = CallOptions['prompt'];

/** The model, for `streamText`. */
export function editorModel(source: EditorModelSource): Model {
  return {
    specificationVersion: 'v4',
    provider: 'editor',
    modelId: source.model.id,
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Problem('This model only streams.')),
    doStream: (options) =>
      Promise.resolve({
        stream: new ReadableStream<StreamPart>({
          start: (controller) => stream(source, options, controller),
        }),
      }),
  };
}

const unknownUsage = {
  inputTokens: {
    total: undefined,
    noCache: undefined,
    cacheRead: undefined,
    cacheWrite: undefined,
  },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};

async function stream(
  { models, client, model }: EditorModelSource,
  { prompt, tools, abortSignal }: CallOptions,
  controller: ReadableStreamDefaultController<StreamPart>,
): Promise<void> {
  controller.enqueue({ type: 'stream-start', warnings: [] });
  let texts = 0;
  let speaking = false;
  let calls = 0;
  const endText = (): void => {
    if (speaking) controller.enqueue({ type: 'text-end', id: String(texts) });
    speaking = false;
  };
  try {
    const end = await models.respond(
      client,
      { modelId: model.id, messages: editorMessages(prompt), tools: editorTools(tools) },
      (part) => {
        if (part.type === 'text') {
          if (!speaking) controller.enqueue({ type: 'text-start', id: String((texts += 1)) });
          speaking = true;
          controller.enqueue({ type: 'text-delta', id: String(texts), delta: part.text });
          return;
        }
        endText();
        calls += 1;
        controller.enqueue({
          type: 'tool-call',
          toolCallId: part.callId,
          toolName: part.name,
          input: JSON.stringify(part.input),
        });
      },
      abortSignal ?? new AbortController().signal,
    );
    endText();
    if (end.kind === 'whole') {
      const unified = calls > 0 ? 'tool-calls' : 'stop';
      controller.enqueue({
        type: 'finish',
        usage: unknownUsage,
        finishReason: { unified, raw: undefined },
      });
    } else {
      controller.enqueue({ type: 'error', error: refusal(model, end) });
    }
  } catch (error) {
    controller.enqueue({ type: 'error', error });
  }
  controller.close();
}

/** Why there is no answer, and what to do. */
function refusal(
  { name }: OfferedModel,
  end: Exclude<ModelEnd, { readonly kind: 'whole' }>,
): Problem {
  switch (end.kind) {
    case 'notAllowed':
      return new Problem(
        `You have not allowed Roost to use the model \`${name}\`. Send your message again to be asked, or set another model with \`roost.workspaceAgent.source\`.`,
      );
    case 'gone':
      return new Problem(
        `The model \`${name}\` is not there any more. Send your message again to use another one.`,
      );
    case 'blocked':
    case 'failed':
      return new Problem(`The model \`${name}\` did not answer: ${describe(end.message)}`);
  }
}

/** The editor's messages know no system: what it would say comes first, as the user's. */
function editorMessages(prompt: Prompt): ModelMessage[] {
  return prompt.map((message): ModelMessage => {
    switch (message.role) {
      case 'system':
        return { role: 'user', content: [{ type: 'text', text: message.content }] };
      case 'user':
        return {
          role: 'user',
          content: message.content.flatMap((part): ModelContent[] =>
            part.type === 'text' ? [{ type: 'text', text: part.text }] : [],
          ),
        };
      case 'assistant':
        return {
          role: 'assistant',
          content: message.content.flatMap((part): ModelContent[] => {
            if (part.type === 'text') return [{ type: 'text', text: part.text }];
            if (part.type !== 'tool-call') return [];
            const { toolCallId: callId, toolName: name, input } = part;
            return [{ type: 'toolCall', callId, name, input: inputOf(input) }];
          }),
        };
      case 'tool':
        return {
          role: 'user',
          content: message.content.flatMap((part): ModelContent[] =>
            part.type === 'tool-result'
              ? [{ type: 'toolResult', callId: part.toolCallId, text: outputOf(part.output) }]
              : [],
          ),
        };
    }
  });
}

function inputOf(input: unknown): Readonly<Record<string, unknown>> {
  return typeof input === 'object' && input !== null ? { ...input } : {};
}

function outputOf(output: object): string {
  if ('value' in output && typeof output.value === 'string') return output.value;
  return JSON.stringify(output);
}

function editorTools(tools: CallOptions['tools']): ModelTool[] {
  return (tools ?? []).flatMap((tool) =>
    tool.type === 'function'
      ? [
          {
            name: tool.name,
            description: tool.description ?? '',
            inputSchema: { ...tool.inputSchema },
          },
        ]
      : [],
  );
}
