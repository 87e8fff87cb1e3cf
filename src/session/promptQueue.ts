// Prompts that wait for their turn: one is with the agent at a time, because agents queue, cancel, reject or swallow a second one.
import * as z from 'zod/mini';
import type { SessionError } from './errors.ts';
import { onFirstUse } from './onDemand.ts';
import type { ContentBlock } from './agentPort.ts';

/** How a turn ended. */
export interface TurnResult {
  readonly stopReason: string;
}

/** One prompt and the promise its sender holds. */
export interface QueuedPrompt {
  readonly promptId: string;
  readonly blocks: readonly ContentBlock[];
  /** It was with the agent before, which wanted a sign-in first. */
  readonly again: boolean;
  readonly done: Promise<TurnResult>;
  resolve(result: TurnResult): void;
  reject(error: SessionError): void;
}

/** First in, first out; waiting prompts can be taken back. */
export class PromptQueue {
  #waiting: QueuedPrompt[] = [];

  /** Adds a prompt at the end. */
  push(promptId: string, blocks: readonly ContentBlock[], again = false): QueuedPrompt {
    const { promise, resolve, reject } = Promise.withResolvers<TurnResult>();
    const prompt: QueuedPrompt = { promptId, blocks, again, done: promise, resolve, reject };
    this.#waiting.push(prompt);
    return prompt;
  }

  /** Takes the oldest prompt out. */
  shift(): QueuedPrompt | undefined {
    return this.#waiting.shift();
  }

  /** Takes one prompt out; its sender is told `cancelled`. The prompt, when it was waiting. */
  remove(promptId: string): QueuedPrompt | undefined {
    const prompt = this.#waiting.find((one) => one.promptId === promptId);
    if (prompt === undefined) return undefined;
    this.#waiting = this.#waiting.filter((one) => one !== prompt);
    prompt.resolve({ stopReason: 'cancelled' });
    return prompt;
  }

  /** Gives a waiting prompt another place, counted from 0 at the oldest. Whether it was waiting. */
  move(promptId: string, to: number): boolean {
    const prompt = this.#waiting.find((one) => one.promptId === promptId);
    if (prompt === undefined) return false;
    const others = this.#waiting.filter((one) => one !== prompt);
    others.splice(Math.max(0, to), 0, prompt);
    this.#waiting = others;
    return true;
  }

  /** Takes all out: their senders are told `cancelled`, because the user ended the session. */
  cancelAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const prompt of waiting) prompt.resolve({ stopReason: 'cancelled' });
  }

  /** Takes all out: their senders get the error that keeps the session from running. */
  rejectAll(error: SessionError): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const prompt of waiting) prompt.reject(error);
  }

  /** The waiting prompts, oldest first. */
  list(): readonly QueuedPrompt[] {
    return this.#waiting;
  }
}

/** The readable part of a prompt: its text blocks, and a word for each attachment. */
export function promptText(blocks: readonly ContentBlock[]): string {
  return blocks
    .map((block) => {
      if (block.type === 'text' && typeof block['text'] === 'string') return block['text'];
      return `[${blockName(block)}]`;
    })
    .join('\n');
}

const addressed = onFirstUse(() => z.catch(z.object({ uri: z.optional(z.string()) }), {}));

/** What an attachment is called: its own name, else the end of its address, else its type. */
function blockName(block: ContentBlock): string {
  if (typeof block['name'] === 'string') return block['name'];
  const { uri } = addressed().parse(block['resource'] ?? block);
  const end = uri === undefined ? '' : (uri.split('/').at(-1) ?? '');
  return end === '' ? block.type : end;
}
