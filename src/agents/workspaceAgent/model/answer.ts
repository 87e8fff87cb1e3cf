// Answers a prompt with a language model, which may use the agent's commands as its tools. Loaded when a model is first used.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { stepCountIs, streamText, type LanguageModel } from 'ai';
import type { SessionUpdate } from '@agentclientprotocol/sdk';
import { describe, Problem } from '../problem.ts';
import type { ToolTurn } from '../toolTurn.ts';
import type { Turn } from '../turn.ts';
import { editorModel, type EditorModelSource } from './editorModel.ts';
import type { ModelEndpoint } from './endpoint.ts';
import { modelTools } from './modelTools.ts';
import { remembered, Room } from './remembered.ts';

/** Calls of tools, one after another, before a turn is ended: a model that goes in circles stops here. */
const mostSteps = 60;

/** What a tool's result may fill of the room for messages. */
const shareOfResult = 0.25;

/** What answering needs. */
export interface AnswerRequest {
  readonly model: ModelEndpoint | EditorModelSource;
  readonly turn: Turn;
  /** A turn for one use of a tool. */
  readonly toolTurn: () => ToolTurn;
  /** The conversation so far, the prompt included. */
  readonly updates: readonly SessionUpdate[];
}

/**
 * Runs the turn to its end.
 * @throws Problem when the model cannot be reached or does not answer; the signal's reason when cancelled
 */
export async function answerWithModel(request: AnswerRequest): Promise<void> {
  const { model, turn } = request;
  const room = new Room(contextTokens(model), counter(model, turn.signal));
  const ending = new AbortController();
  const uses = new ToolUses(request, Math.floor(room.characters * shareOfResult), ending);
  let leftOut = 0;
  const result = streamText({
    model: model.kind === 'endpoint' ? modelAt(model) : editorModel(model),
    instructions: instructions(turn.cwd),
    messages: remembered(request.updates),
    tools: modelTools((run) => uses.use(run)),
    stopWhen: stepCountIs(mostSteps),
    abortSignal: AbortSignal.any([turn.signal, ending.signal]),
    maxRetries: 1,
    prepareStep: async ({ messages }) => {
      const fit = await room.fit(messages);
      leftOut = Math.max(leftOut, fit.leftOut);
      return { messages: fit.messages };
    },
    // Told below, as the part of the stream that it also is.
    onError: () => undefined,
  });
  let toldLeftOut = 0;
  let steps = 0;
  for await (const part of result.stream) {
    if (leftOut > toldLeftOut) {
      toldLeftOut = leftOut;
      await turn.think(
        `The oldest part of this conversation does not fit the model's window of ${contextTokens(model)} tokens and was left out (${leftOut} messages).\n\n`,
      );
    }
    if (part.type === 'text-delta') await turn.say(part.text);
    else if (part.type === 'reasoning-delta') await turn.think(part.text);
    else if (part.type === 'finish-step') steps += 1;
    else if (part.type === 'error') throw uses.fatal ?? unanswered(model, part.error);
    else if (part.type === 'finish' && part.finishReason === 'length') {
      await turn.say('\n\nThe model has stopped here because its answer became too long.');
    }
  }
  turn.signal.throwIfAborted();
  if (uses.fatal !== undefined) throw uses.fatal;
  if (steps >= mostSteps) {
    await turn.say(`\n\nThis turn was ended after ${mostSteps} steps. Write "go on" to continue.`);
  }
}

/** Uses of tools, one at a time, in the order the model asked for them. */
class ToolUses {
  /** What ends the turn, as opposed to what the model is told. */
  fatal: Error | undefined;
  readonly #request: AnswerRequest;
  readonly #mostCharacters: number;
  readonly #ending: AbortController;
  #last: Promise<unknown> = Promise.resolve();

  constructor(request: AnswerRequest, mostCharacters: number, ending: AbortController) {
    this.#request = request;
    this.#mostCharacters = mostCharacters;
    this.#ending = ending;
  }

  use(run: (turn: ToolTurn) => Promise<void>): Promise<string> {
    const used = this.#last.then(() => this.#run(run));
    this.#last = used.catch(() => undefined);
    return used;
  }

  async #run(run: (turn: ToolTurn) => Promise<void>): Promise<string> {
    const turn = this.#request.toolTurn();
    turn.signal.throwIfAborted();
    try {
      await run(turn);
      return this.#shortened(turn.said);
    } catch (error) {
      if (error instanceof Problem) return this.#shortened(`${turn.said}\n${error.message}`);
      this.fatal = error instanceof Error ? error : new Problem(describe(error));
      this.#ending.abort();
      throw error;
    } finally {
      await turn.close();
    }
  }

  #shortened(text: string): string {
    if (text.length <= this.#mostCharacters) return text;
    return `${text.slice(0, this.#mostCharacters)}\n[${text.length - this.#mostCharacters} more characters are left out]`;
  }
}

function modelAt({ baseUrl, model, apiKey }: ModelEndpoint): LanguageModel {
  const provider = createOpenAICompatible({
    name: 'endpoint',
    baseURL: baseUrl,
    ...(apiKey === undefined || apiKey === '' ? {} : { apiKey }),
  });
  return provider.chatModel(model);
}

/** How much the model can be shown, in tokens. */
function contextTokens(model: AnswerRequest['model']): number {
  return model.kind === 'endpoint' ? model.contextTokens : model.model.maxInputTokens;
}

/** Models of the editor count their tokens themselves. */
function counter(
  model: AnswerRequest['model'],
  signal: AbortSignal,
): ((text: string) => Promise<number | undefined>) | undefined {
  if (model.kind === 'endpoint') return undefined;
  const { models, client } = model;
  return (text) => models.count(client, model.model.id, text, signal);
}

function unanswered(model: AnswerRequest['model'], error: unknown): Problem {
  // It says what to do already.
  if (error instanceof Problem) return error;
  const which =
    model.kind === 'endpoint'
      ? `\`${model.model}\` at ${model.baseUrl}`
      : `\`${model.model.name}\``;
  return new Problem(`The model ${which} did not answer: ${describe(error)}`);
}

function instructions(cwd: string): string {
  return [
    'You are Workspace, a coding agent inside an editor.',
    `You work in the folder ${cwd} with the tools you are given; paths may be relative to it.`,
    'Look before you change: read what you are about to edit. Make the smallest change that does what was asked.',
    'The user is asked before a file is changed or a command is run, and may refuse; then say what you would have done and stop.',
    'Answer in short Markdown. Name files by their paths.',
  ].join('\n');
}
