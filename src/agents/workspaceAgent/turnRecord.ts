// What one turn leaves behind for the history: chunks joined, each tool call once, in the order it was seen.
import type { SessionUpdate, ToolCall, ToolCallContent } from '@agentclientprotocol/sdk';

/** The history keeps this much of one message; the rest was for the moment. */
const mostCharacters = 256 * 1024;

type Chunk = Extract<
  SessionUpdate,
  { sessionUpdate: 'agent_message_chunk' | 'agent_thought_chunk' }
>;

/** Gathers the updates of one turn. */
export class TurnRecord {
  #updates: SessionUpdate[] = [];

  /** Adds an update; what is already there is brought up to date instead of repeated. */
  add(update: SessionUpdate): void {
    const { sessionUpdate } = update;
    if (sessionUpdate === 'agent_message_chunk' || sessionUpdate === 'agent_thought_chunk') {
      this.#addChunk(update);
    } else if (sessionUpdate === 'tool_call') {
      this.#updates.push(update);
    } else if (sessionUpdate === 'tool_call_update') {
      const at = this.#updates.findIndex(
        (one) => one.sessionUpdate === 'tool_call' && one.toolCallId === update.toolCallId,
      );
      const known = this.#updates[at];
      if (known?.sessionUpdate !== 'tool_call') return;
      const given = Object.entries(update).filter(
        ([, value]) => value !== undefined && value !== null,
      );
      // A patch with its absent fields left out is a part of the call it patches.
      const patch = Object.fromEntries(given) as Partial<ToolCall>;
      this.#updates[at] = { ...known, ...patch, sessionUpdate: 'tool_call' };
    } else if (sessionUpdate === 'plan') {
      this.#updates = this.#updates.filter((one) => one.sessionUpdate !== 'plan');
      this.#updates.push(update);
    } else {
      this.#updates.push(update);
    }
  }

  /** Everything so far, and starts anew. */
  take(): SessionUpdate[] {
    const taken = this.#updates.map((update) =>
      update.sessionUpdate === 'tool_call' ? { ...update, content: lasting(update) } : update,
    );
    this.#updates = [];
    return taken;
  }

  #addChunk(update: Chunk): void {
    const last = this.#updates.at(-1);
    if (
      last?.sessionUpdate === update.sessionUpdate &&
      last.messageId === update.messageId &&
      last.content.type === 'text' &&
      update.content.type === 'text'
    ) {
      const text = (last.content.text + update.content.text).slice(0, mostCharacters);
      this.#updates[this.#updates.length - 1] = { ...update, content: { type: 'text', text } };
    } else {
      this.#updates.push(update);
    }
  }
}

/** Content that still means something later: a terminal is gone by then, its output is not. */
function lasting(call: ToolCall): ToolCallContent[] {
  const kept = (call.content ?? []).filter((one) => one.type !== 'terminal');
  const output =
    typeof call.rawOutput === 'object' && call.rawOutput !== null && 'output' in call.rawOutput
      ? call.rawOutput.output
      : undefined;
  if (typeof output !== 'string' || output === '') return kept;
  return [...kept, { type: 'content', content: { type: 'text', text: output } }];
}
