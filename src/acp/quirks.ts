// What is known to be wrong with particular agents, as data: each entry says why it is there.
import type { AgentDefinition } from '../session/agentPort.ts';

/** Deviations from what the protocol lets a client expect. */
export interface Quirks {
  /** `false`: the capability to read and write files through the editor is not offered. */
  readonly files: boolean;
  /** A conversation younger than this must not be loaded, in milliseconds. */
  readonly minLoadAgeMs: number;
  /** The replay of a load goes on after its response. */
  readonly replaysAfterLoad: boolean;
  /** A mode in which a new conversation starts though it does not ask its user, and the one that does. */
  readonly asking: { readonly insteadOf: string; readonly mode: string } | undefined;
  /** Modes that promise to ask, in which files are written through the client without asking. */
  readonly writesUnasked: readonly string[];
}

interface QuirkEntry extends Partial<Quirks> {
  /**
   * Matched against the agent's id, its command and each of its arguments and, once it has introduced
   * itself, against the name it gives.
   */
  readonly match: RegExp;
  readonly reason: string;
}

const none: Quirks = {
  files: true,
  minLoadAgeMs: 0,
  replaysAfterLoad: false,
  asking: undefined,
  writesUnasked: [],
};

/** A program of gemini-cli: by its path, its package or its name. */
const gemini = /(^|[\\/@])gemini(-cli)?(@[^\\/]*)?(\.(c?js|mjs|cmd|exe))?$/;

const table: readonly QuirkEntry[] = [
  {
    match: gemini,
    files: false,
    reason:
      'gemini-cli (seen in 0.61): with the capability on, creating a new file always fails, because it does not recognise the "not found" error of the read before; without it, it asks and writes by itself.',
  },
  {
    match: gemini,
    minLoadAgeMs: 60_000,
    reason:
      'gemini-cli (seen in 0.61): the file of a conversation is named by the minute it was created in; loading it within that minute fails and overwrites the stored history.',
  },
  {
    match: gemini,
    replaysAfterLoad: true,
    reason:
      'gemini-cli (seen in 0.61): answers a load after the first replayed message and sends the others later, when they could be taken for the next turn.',
  },
  {
    match: /^@(agentclientprotocol|zed-industries)\/claude-agent-acp$/,
    asking: { insteadOf: 'auto', mode: 'default' },
    reason:
      'claude-agent-acp (seen in 0.101): starts in "auto", in which a model decides what the user is asked; its user can still choose that.',
  },
  {
    match: /^@agentclientprotocol\/codex-acp$/,
    asking: { insteadOf: 'agent', mode: 'read-only' },
    reason:
      'codex-acp (seen in 2.6): starts in "agent", in which a model reviews what would have been asked and edits are not asked about; "read-only" asks the user before either.',
  },
  {
    match: /^qwen-code$/,
    asking: { insteadOf: 'auto', mode: 'default' },
    reason:
      'qwen-code (seen in 0.24): starts in "auto", in which files are written without asking; "default" asks.',
  },
  {
    match: /^Kimi Code CLI$/,
    writesUnasked: ['default'],
    reason:
      'kimi-code (seen in 2.1): its mode "default" promises manual approvals, but files of the workspace are written through the client without a request for permission.',
  },
];

/**
 * What to do differently for an agent.
 * @param introduced the name it has given itself, once it has
 */
export function quirksOf(
  agent: Pick<AgentDefinition, 'id' | 'command' | 'args'>,
  introduced?: string,
): Quirks {
  const names = [agent.id, agent.command, ...agent.args, introduced ?? ''];
  let quirks = none;
  for (const { match, reason: _, ...entry } of table) {
    if (names.some((name) => match.test(name))) quirks = { ...quirks, ...entry };
  }
  return quirks;
}
