// The editor's language models for the agent that Roost ships: chosen, counted and asked, with the user's consent.
import * as vscode from 'vscode';
import type {
  LanguageModels,
  ModelContent,
  ModelEnd,
  ModelMessage,
  ModelPart,
  ModelRequest,
  OfferedModel,
} from '../../session/languageModels.ts';

/** Implements {@link LanguageModels} with `vscode.lm`. */
export class EditorLanguageModels implements LanguageModels {
  async choose(wanted: string): Promise<OfferedModel | undefined> {
    const models = await vscode.lm.selectChatModels();
    const model =
      wanted === ''
        ? (models.find(takesTools) ?? models[0])
        : models.find(({ id, family, name }) => [id, family, name].includes(wanted));
    if (model === undefined) return undefined;
    const { id, name, maxInputTokens } = model;
    return { id, name: name === '' ? id : name, maxInputTokens };
  }

  async countTokens(
    modelId: string,
    text: string,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const model = await byId(modelId);
    return model === undefined
      ? undefined
      : withToken(signal, (token) => model.countTokens(text, token));
  }

  async respond(
    { modelId, messages, tools }: ModelRequest,
    onPart: (part: ModelPart) => void,
    signal: AbortSignal,
  ): Promise<ModelEnd> {
    try {
      const model = await byId(modelId);
      if (model === undefined) return { kind: 'gone', message: modelId };
      await withToken(signal, async (token) => {
        const { stream } = await model.sendRequest(
          messages.map(editorMessage),
          {
            justification: vscode.l10n.t('The agent Workspace answers your prompts with it.'),
            tools: tools.map((tool) => ({ ...tool })),
          },
          token,
        );
        for await (const part of stream) {
          signal.throwIfAborted();
          if (part instanceof vscode.LanguageModelTextPart) {
            onPart({ type: 'text', text: part.value });
          } else if (part instanceof vscode.LanguageModelToolCallPart) {
            const { callId, name, input } = part;
            onPart({ type: 'toolCall', callId, name, input: { ...input } });
          }
        }
      });
      signal.throwIfAborted();
      return { kind: 'whole' };
    } catch (thrown) {
      signal.throwIfAborted();
      return failure(thrown);
    }
  }
}

/** What newer editors say about a model; the types are those of the oldest one. */
interface NewerModel {
  readonly capabilities?: { readonly supportsToolCalling?: boolean };
}

/** Whether the agent's tools can be offered to a model; where nothing is said of it, they can. */
function takesTools({ capabilities }: vscode.LanguageModelChat & NewerModel): boolean {
  return capabilities?.supportsToolCalling !== false;
}

async function byId(id: string): Promise<vscode.LanguageModelChat | undefined> {
  return (await vscode.lm.selectChatModels({ id }))[0];
}

/** Runs something with a token that is cancelled when the signal fires. */
async function withToken<T>(
  signal: AbortSignal,
  run: (token: vscode.CancellationToken) => Thenable<T>,
): Promise<T> {
  const source = new vscode.CancellationTokenSource();
  const cancel = (): void => {
    source.cancel();
  };
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  try {
    return await run(source.token);
  } finally {
    signal.removeEventListener('abort', cancel);
    source.dispose();
  }
}

function editorMessage({ role, content }: ModelMessage): vscode.LanguageModelChatMessage {
  return new vscode.LanguageModelChatMessage(
    role === 'user'
      ? vscode.LanguageModelChatMessageRole.User
      : vscode.LanguageModelChatMessageRole.Assistant,
    content.map(editorPart),
  );
}

function editorPart(
  part: ModelContent,
):
  | vscode.LanguageModelTextPart
  | vscode.LanguageModelToolCallPart
  | vscode.LanguageModelToolResultPart {
  switch (part.type) {
    case 'text':
      return new vscode.LanguageModelTextPart(part.text);
    case 'toolCall':
      return new vscode.LanguageModelToolCallPart(part.callId, part.name, { ...part.input });
    case 'toolResult':
      return new vscode.LanguageModelToolResultPart(part.callId, [
        new vscode.LanguageModelTextPart(part.text),
      ]);
  }
}

/** By the editor's own codes; what else a model's maker throws is its own. */
function failure(thrown: unknown): ModelEnd {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (!(thrown instanceof vscode.LanguageModelError)) return { kind: 'failed', message };
  switch (thrown.code) {
    case vscode.LanguageModelError.NoPermissions.name:
      return { kind: 'notAllowed', message };
    case vscode.LanguageModelError.Blocked.name:
      return { kind: 'blocked', message };
    case vscode.LanguageModelError.NotFound.name:
      return { kind: 'gone', message };
    default:
      return { kind: 'failed', message };
  }
}
