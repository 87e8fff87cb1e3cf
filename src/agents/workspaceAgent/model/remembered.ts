// What a model is shown of a conversation: what was said and done before, as far as it fits the model's window.
import type { SessionUpdate } from '@agentclientprotocol/sdk';
import type { ModelMessage } from 'ai';

/** A cautious guess: English has more characters in a token, code and other languages have fewer. */
const charactersPerToken = 3;

/** The part of the window that is left to the answer, the tools and the instructions. */
const shareForTheRest = 0.35;

/** What of an earlier tool call a model is told again. */
const mostOfToolCall = 2000;

/** How often messages are counted before they are sent as they are. */
const mostCounts = 4;

/** What of a conversation fits a model's window: guessed by its length, and counted where the model can. */
export class Room {
  readonly #tokens: number;
  readonly #count: ((text: string) => Promise<number | undefined>) | undefined;
  #characters: number;

  /**
   * @param contextTokens the model's window
   * @param count how many tokens a text is for it; `undefined` when it cannot say
   */
  constructor(
    contextTokens: number,
    count: ((text: string) => Promise<number | undefined>) | undefined,
  ) {
    this.#tokens = contextTokens * (1 - shareForTheRest);
    this.#count = count;
    this.#characters = Math.floor(this.#tokens * charactersPerToken);
  }

  /** How many characters fit, as far as is known by now. */
  get characters(): number {
    return this.#characters;
  }

  /** The newest messages that fit, as {@link fitting} has them. */
  async fit(messages: readonly ModelMessage[]): Promise<ReturnType<typeof fitting>> {
    let fit = fitting(messages, this.#characters);
    for (let counts = 0; counts < mostCounts; counts += 1) {
      const text = fit.messages.map(textOf).join('\n');
      const tokens = await this.#count?.(text);
      if (tokens === undefined || tokens <= this.#tokens) break;
      // A little less than what has just been seen to be too much.
      this.#characters = Math.floor(text.length * (this.#tokens / tokens) * 0.95);
      fit = fitting(messages, this.#characters);
    }
    return fit;
  }
}

/** The messages of a remembered conversation; the last is the prompt that is to be answered. */
export function remembered(updates: readonly SessionUpdate[]): ModelMessage[] {
  const said: { role: 'user' | 'assistant'; content: string }[] = [];
  for (const update of updates) {
    const [role, text] = spoken(update);
    if (text === '') continue;
    const last = said.at(-1);
    if (last?.role === role) last.content += text;
    else said.push({ role, content: text });
  }
  return said;
}

function spoken(update: SessionUpdate): readonly ['user' | 'assistant', string] {
  if (update.sessionUpdate === 'user_message_chunk') {
    const { content } = update;
    if (content.type === 'resource_link') return ['user', ` ${content.uri} `];
    return ['user', content.type === 'text' ? content.text : ''];
  }
  if (update.sessionUpdate === 'agent_message_chunk') {
    return ['assistant', update.content.type === 'text' ? update.content.text : ''];
  }
  if (update.sessionUpdate !== 'tool_call') return ['assistant', ''];
  const texts = (update.content ?? []).map((one) =>
    one.type === 'content' && one.content.type === 'text' ? one.content.text : '',
  );
  const shown = texts.join('\n').slice(0, mostOfToolCall);
  return ['assistant', `\n[${update.title}: ${update.status ?? 'done'}]\n${shown}\n`];
}

/**
 * The newest messages that fit, always with the last prompt. The oldest go first; a tool's result goes
 * with the call that it answers.
 * @returns them, and how many were left out
 */
export function fitting(
  messages: readonly ModelMessage[],
  room: number,
): { readonly messages: ModelMessage[]; readonly leftOut: number } {
  const kept = [...messages];
  let length = kept.reduce((sum, message) => sum + lengthOf(message), 0);
  const drop = (at: number): void => {
    const [gone] = kept.splice(at, 1);
    if (gone !== undefined) length -= lengthOf(gone);
  };
  while (length > room) {
    const prompt = kept.findLastIndex(({ role }) => role === 'user');
    if (prompt > 0) {
      drop(0);
    } else if (kept.length > prompt + 3) {
      // Within one long turn: its oldest step, which is a call and its results.
      drop(prompt + 1);
      while (kept[prompt + 1]?.role === 'tool') drop(prompt + 1);
    } else {
      break;
    }
  }
  return { messages: kept, leftOut: messages.length - kept.length };
}

function lengthOf(message: ModelMessage): number {
  return textOf(message).length;
}

function textOf({ content }: ModelMessage): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}
