// Prompts that wait for their turn: one is with the agent at a time, because agents queue, cancel, reject or swallow a second one.
import type { SessionError } from './errors.ts';
import type { ContentBlock } from './ports.ts';

/** How a turn ended. */
export interface TurnResult {
  readonly stopReason: string;
}

/** One prompt and the promise its sender holds. */
export interface QueuedPrompt {
  readonly promptId: string;
  readonly blocks: readonly ContentBlock[];
  readonly done: Promise<TurnResult>;
  resolve(result: TurnResult): void;
  reject(error: SessionError): void;
}

/** First in, first out; waiting prompts can be taken back. */
export class PromptQueue {
  #waiting: QueuedPrompt[] = [];

  /** Adds a prompt at the end. */
  push(promptId: string, blocks: readonly ContentBlock[]): QueuedPrompt {
    const { promise, resolve, reject } = Promise.withResolvers<TurnResult>();
    const prompt: QueuedPrompt = { promptId, blocks, done: promise, resolve, reject };
    this.#waiting.push(prompt);
    return prompt;
  }

  /** Takes the oldest prompt out. */
  shift(): QueuedPrompt | undefined {
    return this.#waiting.shift();
  }

  /** Takes one prompt out; its sender is told `cancelled`. Whether it was waiting. */
  remove(promptId: string): boolean {
    const prompt = this.#waiting.find((one) => one.promptId === promptId);
    if (prompt === undefined) return false;
    this.#waiting = this.#waiting.filter((one) => one !== prompt);
    prompt.resolve({ stopReason: 'cancelled' });
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
      const name = block['name'] ?? block['uri'] ?? block.type;
      return `[${typeof name === 'string' ? name : block.type}]`;
    })
    .join('\n');
}
