// What is known to be wrong with particular agents, as data: each entry says why it is there.
import type { AgentDefinition } from '../session/ports.ts';

/** Deviations from what the protocol lets a client expect. */
export interface Quirks {
  /** `false`: the capability to read and write files through the editor is not offered. */
  readonly files: boolean;
  /** A conversation younger than this must not be loaded, in milliseconds. */
  readonly minLoadAgeMs: number;
}

interface QuirkEntry extends Partial<Quirks> {
  /** Matched against the agent's id, its command and each of its arguments, before it has said who it is. */
  readonly match: RegExp;
  readonly reason: string;
}

const none: Quirks = { files: true, minLoadAgeMs: 0 };

const table: readonly QuirkEntry[] = [
  {
    match: /(^|[\\/@])gemini(-cli)?(@[^\\/]*)?(\.(c?js|mjs|cmd|exe))?$/,
    files: false,
    reason:
      'gemini-cli (seen in 0.61): with the capability on, creating a new file always fails, because it does not recognise the "not found" error of the read before; without it, it asks and writes by itself.',
  },
  {
    match: /(^|[\\/@])gemini(-cli)?(@[^\\/]*)?(\.(c?js|mjs|cmd|exe))?$/,
    minLoadAgeMs: 60_000,
    reason:
      'gemini-cli (seen in 0.61): the file of a conversation is named by the minute it was created in; loading it within that minute fails and overwrites the stored history.',
  },
];

/** What to do differently for an agent. */
export function quirksOf(agent: Pick<AgentDefinition, 'id' | 'command' | 'args'>): Quirks {
  const names = [agent.id, agent.command, ...agent.args];
  let quirks = none;
  for (const { match, files, minLoadAgeMs } of table) {
    if (!names.some((name) => match.test(name))) continue;
    quirks = {
      files: files ?? quirks.files,
      minLoadAgeMs: minLoadAgeMs ?? quirks.minLoadAgeMs,
    };
  }
  return quirks;
}
