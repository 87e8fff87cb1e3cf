// Which language model the agent has: one that its user has set, one of the editor, one that Ollama serves on this machine, or none.
import * as z from 'zod/mini';
import type { EditorModelSource } from './editorModel.ts';

/** A model behind an interface like that of OpenAI. */
export interface ModelEndpoint {
  readonly kind: 'endpoint';
  /** Up to and including `/v1`, or whatever stands before `/chat/completions`. */
  readonly baseUrl: string;
  readonly model: string;
  /** Sent as a bearer token; never told to anybody else. */
  readonly apiKey: string | undefined;
  /** How much the model can be shown, in tokens. */
  readonly contextTokens: number;
}

/** Where Ollama listens unless told otherwise. */
const ollamaDefault = '127.0.0.1:11434';

/** Ollama is on this machine: it answers at once, or is not there. */
const ollamaDeadlineMs = 500;

/** Shown to a model whose window is not known; what the small ones have. */
const usualContextTokens = 16_000;

const ollamaModels = z.looseObject({ models: z.array(z.looseObject({ name: z.string() })) });

/**
 * The model of this process, by its environment: `ROOST_MODEL_SOURCE` (`auto`, `editor`, `endpoint`,
 * `none`), `ROOST_MODEL_URL`, `ROOST_MODEL`, `ROOST_MODEL_KEY`, `ROOST_MODEL_CONTEXT`. Looked for anew
 * each time: a server may have been started since. Without any, `undefined`.
 * @param editor finds a model of the editor, the one that is wanted or any; absent where the editor offers none
 */
export async function findModel(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  editor: ((wanted: string) => Promise<EditorModelSource | undefined>) | undefined,
): Promise<ModelEndpoint | EditorModelSource | undefined> {
  const source = env['ROOST_MODEL_SOURCE'] ?? 'none';
  if (source === 'none') return undefined;
  const baseUrl = env['ROOST_MODEL_URL'] ?? '';
  const wanted = env['ROOST_MODEL'] ?? '';
  const given = Number(env['ROOST_MODEL_CONTEXT'] ?? '');
  const contextTokens = given > 0 ? given : usualContextTokens;
  if (baseUrl !== '' && source !== 'editor') {
    const apiKey = env['ROOST_MODEL_KEY'];
    const model = wanted === '' ? 'default' : wanted;
    return { kind: 'endpoint', baseUrl, model, apiKey, contextTokens };
  }
  if (source === 'endpoint') return undefined;
  const ofEditor = await editor?.(wanted);
  if (ofEditor !== undefined || source === 'editor') return ofEditor;
  const ollama = ollamaUrl(env['OLLAMA_HOST']);
  if (ollama === undefined) return undefined;
  const names = await ollamaNames(ollama, signal);
  const model = names.includes(wanted) ? wanted : names[0];
  if (model === undefined) return undefined;
  return { kind: 'endpoint', baseUrl: `${ollama}/v1`, model, apiKey: undefined, contextTokens };
}

/** Ollama's address as its own variable has it; only on this machine, where nothing leaves it. */
function ollamaUrl(host: string | undefined): string | undefined {
  const written = host === undefined || host === '' ? ollamaDefault : host;
  const url = URL.parse(written.includes('://') ? written : `http://${written}`);
  // Listening on all addresses is reached on loopback, too.
  if (url?.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  const here = ['127.0.0.1', 'localhost', '[::1]'].includes(url?.hostname ?? '');
  return here ? url?.origin : undefined;
}

async function ollamaNames(url: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const response = await fetch(`${url}/api/tags`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ollamaDeadlineMs)]),
    });
    const { models } = ollamaModels.parse(await response.json());
    return models.map(({ name }) => name);
  } catch {
    signal.throwIfAborted();
    return [];
  }
}
