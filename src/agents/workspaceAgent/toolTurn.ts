// A turn as a tool of the model sees it: what a command says goes to the model, and what it asks goes to the user.
import { Turn, type OpenToolCall, type ToolCallStart } from './turn.ts';

/** Runs one command for a model. Calls and questions are shown as ever; what is said is kept. */
export class ToolTurn extends Turn {
  readonly #said: string[] = [];

  /** Everything that was said, and what commands have printed. */
  get said(): string {
    return this.#said.join('').trim();
  }

  override say(markdown: string): Promise<void> {
    this.signal.throwIfAborted();
    this.#said.push(markdown);
    return Promise.resolve();
  }

  override async toolCall(start: ToolCallStart): Promise<OpenToolCall> {
    const call = await super.toolCall(start);
    return {
      toolCallId: call.toolCallId,
      update: async (change) => {
        const { rawOutput } = change;
        if (typeof rawOutput === 'object' && rawOutput !== null && 'output' in rawOutput) {
          if (typeof rawOutput.output === 'string') this.#said.push(`${rawOutput.output}\n`);
        }
        await call.update(change);
      },
    };
  }
}
