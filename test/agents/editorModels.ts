// Language models of an editor that do what the prompt says, as the model server does, and refuse when they are told to.
import type {
  LanguageModels,
  ModelContent,
  ModelEnd,
  ModelPart,
  ModelRequest,
  OfferedModel,
} from '../../src/session/languageModels.ts';
import { answer, callId, textPieces, tool, type Said } from './script.ts';

/** Implements the port with one model. */
export class ScriptedModels implements LanguageModels {
  readonly model: OfferedModel;
  /** What it was asked, in order. */
  readonly asked: ModelRequest[] = [];
  /** Answers whose end nobody waited for. */
  cancelled = 0;
  /** Instead of an answer, from now on. */
  refusal: Exclude<ModelEnd, { readonly kind: 'whole' }> | undefined;

  constructor(maxInputTokens = 16_000) {
    this.model = { id: 'lab', name: 'Lab Model', maxInputTokens };
  }

  choose(wanted: string): Promise<OfferedModel | undefined> {
    const fits = wanted === '' || wanted === this.model.id;
    return Promise.resolve(fits ? this.model : undefined);
  }

  /** Counts more than anybody would guess: a token for each two characters. */
  countTokens(_modelId: string, text: string): Promise<number> {
    return Promise.resolve(Math.ceil(text.length / 2));
  }

  async respond(
    request: ModelRequest,
    onPart: (part: ModelPart) => void,
    signal: AbortSignal,
  ): Promise<ModelEnd> {
    this.asked.push(request);
    if (this.refusal !== undefined) return this.refusal;
    const said = request.messages.flatMap(({ role, content }) =>
      content.map((part): Said => ({ by: speaker(role, part), text: textOf(part) })),
    );
    const tools = request.tools.map(({ name, inputSchema }) => tool(name, inputSchema));
    const next = answer({ said, tools }, '');
    if (next.kind === 'call') {
      onPart({ type: 'toolCall', callId: callId(), name: next.tool, input: next.args });
      return { kind: 'whole' };
    }
    const hear = (): void => {
      this.cancelled += 1;
    };
    signal.addEventListener('abort', hear, { once: true });
    for await (const text of textPieces(next, () => signal.aborted)) onPart({ type: 'text', text });
    signal.removeEventListener('abort', hear);
    signal.throwIfAborted();
    return { kind: 'whole' };
  }
}

function speaker(role: 'user' | 'assistant', { type }: ModelContent): Said['by'] {
  if (role === 'assistant') return 'other';
  return type === 'toolResult' ? 'tool' : 'user';
}

function textOf(part: ModelContent): string {
  return part.type === 'toolCall' ? '' : part.text;
}
