// The values that the configuration of MCP servers leaves to a person: asked for as a question of every session that waits for one, given once in a window. No editor.
import type { ElicitationAsk } from '../../session/agentPort.ts';
import type { McpRequest } from '../../session/provisions.ts';
import { plainLine } from '../plainText.ts';
import type { Translate } from '../translate.ts';
import type { McpInput } from './mcpConfig.ts';

/** A value that is wanted. */
export interface WantedValue {
  /** Where the server is configured: two files may mean different things by one id. */
  readonly from: string;
  readonly server: string;
  readonly id: string;
  /** What the configuration says about it, if anything. */
  readonly input: McpInput | undefined;
}

/** Ends the question of one session, as it was answered in another. */
type End = (value: string | undefined) => void;

/** Asks for values, and remembers them for as long as the window is open. */
export class McpInputs {
  readonly #given = new Map<string, string>();
  /** The sessions that wait for a value: whoever answers one of them has answered all. */
  readonly #waiting = new Map<string, Set<End>>();
  readonly #t: Translate;

  constructor(t: Translate) {
    this.#t = t;
  }

  /** The value; `undefined` when the user does not give one, or the session waits no more. */
  async value(
    wanted: WantedValue,
    { ask, signal }: Pick<McpRequest, 'ask' | 'signal'>,
  ): Promise<string | undefined> {
    const key = JSON.stringify([wanted.from, wanted.id]);
    const given = this.#given.get(key);
    if (given !== undefined) return given;
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting);
    const answered = new AbortController();
    const elsewhere = Promise.withResolvers<string | undefined>();
    const end: End = (value) => {
      elsewhere.resolve(value);
      answered.abort();
    };
    waiting.add(end);
    const answer = await ask(
      questionOf(wanted, this.#t),
      AbortSignal.any([signal, answered.signal]),
    );
    if (answered.signal.aborted) return elsewhere.promise;
    waiting.delete(end);
    if (signal.aborted) return undefined;
    const value = answer.action === 'accept' ? valueIn(answer.content) : undefined;
    if (value !== undefined) this.#given.set(key, value);
    this.#waiting.delete(key);
    for (const other of waiting) other(value);
    return value;
  }
}

/** The form for a value, in the words of an agent's question: its card, row and notification are the same. */
function questionOf({ server, id, input }: WantedValue, t: Translate): ElicitationAsk {
  const { description, default: initial, options, password, type } = input ?? {};
  const picks = type === 'pickString';
  const value = {
    type: 'string',
    title: plainLine(id),
    description: t(
      'The session starts once this is answered. Decline to start it without this server.',
    ),
    ...(picks ? { enum: options } : {}),
    ...(password === true ? { format: 'password' } : {}),
    ...(initial === undefined ? {} : { default: initial }),
  };
  return {
    agentSessionId: undefined,
    mode: 'form',
    toStart: true,
    // What is wanted comes first: rows show the beginning.
    message: t(
      '{0} (for the MCP server {1})',
      plainLine(description ?? id, 300),
      plainLine(server),
    ),
    requestedSchema: {
      type: 'object',
      properties: { value },
      // A text may be empty; a choice is one of those that are offered.
      required: picks ? ['value'] : [],
    },
  };
}

function valueIn(content: Readonly<Record<string, unknown>> | undefined): string {
  const { value } = content ?? {};
  return typeof value === 'string' ? value : '';
}
