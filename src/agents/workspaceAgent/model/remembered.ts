// What a model is shown of a conversation: what was said and done before, as far as it fits the model's window.
import type { SessionUpdate } from '@agentclientprotocol/sdk';
import type { ModelMessage } from 'ai';

/** A cautious guess: English has more characters in a token, code and other languages have fewer. */
const charactersPerToken = 3;

/** The part of the window that is left to the answer, the tools and the instructions. */
const shareForTheRest = 0.35;

/** What of an earlier tool call a model is told again. */
const mostOfToolCall = 2000;

/** How many characters of messages fit a window of so many tokens. */
export function roomFor(contextTokens: number): number {
  return Math.floor(contextTokens * charactersPerToken * (1 - shareForTheRest));
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

function lengthOf({ content }: ModelMessage): number {
  return typeof content === 'string' ? content.length : JSON.stringify(content).length;
}
