// The editor's own language models, as the agent that Roost ships may use them: the port, and what goes through it.

/** A model to use. */
export interface OfferedModel {
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** How much it can be shown, in tokens of its own. */
  readonly maxInputTokens: number;
}

/** A use of a tool that the model asks for. */
export interface ModelToolCall {
  readonly type: 'toolCall';
  readonly callId: string;
  readonly name: string;
  /** An object, as the tool's schema says if the model keeps to it. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** A part of a message. */
export type ModelContent =
  | { readonly type: 'text'; readonly text: string }
  | ModelToolCall
  | { readonly type: 'toolResult'; readonly callId: string; readonly text: string };

/** One message; what tools answered is the user's. */
export interface ModelMessage {
  readonly role: 'user' | 'assistant';
  readonly content: readonly ModelContent[];
}

/** A tool that the model may ask for. */
export interface ModelTool {
  readonly name: string;
  readonly description: string;
  /** JSON schema of its input. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

/** What a model is asked. */
export interface ModelRequest {
  readonly modelId: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ModelTool[];
}

/** A part of a model's answer, in the order it comes. */
export type ModelPart = { readonly type: 'text'; readonly text: string } | ModelToolCall;

/**
 * How an answer ended. `notAllowed`: the user did not let Roost use the model; `gone`: it is not there
 * any more; `blocked`: its maker refuses, for a quota or for what was asked; `failed`: anything else.
 */
export type ModelEnd =
  | { readonly kind: 'whole' }
  | {
      readonly kind: 'notAllowed' | 'gone' | 'blocked' | 'failed';
      /** What the model's maker says about it. */
      readonly message: string;
    };

/** The language models of the editor. */
export interface LanguageModels {
  /**
   * The model to use now: the one whose id, family or name is wanted, else the first that can use tools; `undefined` without
   * any, or when the one that is wanted is not there. Asks nobody for consent.
   */
  choose(wanted: string): Promise<OfferedModel | undefined>;
  /** How many tokens a text is for a model; `undefined` when the model is gone. */
  countTokens(modelId: string, text: string, signal: AbortSignal): Promise<number | undefined>;
  /**
   * Asks a model, after its user's consent the first time. Rejects only with the signal's reason, when
   * it fires.
   */
  respond(
    request: ModelRequest,
    onPart: (part: ModelPart) => void,
    signal: AbortSignal,
  ): Promise<ModelEnd>;
}
