// The agents Roost comes with knowledge of: the bundled copy of the registry, and notes on what the registry does not say.
import * as z from 'zod/mini';
import type { AgentDefinition } from '../session/agentPort.ts';
import notesData from './agentNotes.json' with { type: 'json' };
import { launchOf, parseRegistry, programOf, type RegistryAgent } from './registry.ts';
import registryData from './registry.json' with { type: 'json' };

const noteSchema = z.strictObject({
  /** The program's name on the PATH. */
  command: z.string().check(z.minLength(1)),
  /** The oldest Node it runs on, where it needs one. */
  minNode: z.optional(z.string()),
  /** What an installation takes on disk. */
  megabytes: z.optional(z.number()),
  /** Another program that it cannot do without. */
  needs: z.optional(z.string()),
  signIn: z.strictObject({
    /** Variables that it takes a key from. */
    keys: z.array(z.string()),
    /** Arguments that make its program sign somebody in, in a terminal. */
    terminal: z.optional(z.array(z.string())),
  }),
  /** What its sessions can do besides being opened. */
  sessions: z.array(z.enum(['load', 'resume', 'list', 'close', 'fork'])),
  /** What surprises people who use it. */
  quirks: z.array(z.string()),
});

/** What is known of an agent besides its entry in the registry. */
export type AgentNote = z.output<typeof noteSchema>;

let notes: Readonly<Record<string, AgentNote>> | undefined;
let bundled: readonly RegistryAgent[] | undefined;

/** What is known of an agent; `undefined` for one that only the public registry knows. */
export function noteOn(agentId: string): AgentNote | undefined {
  notes ??= z.record(z.string(), noteSchema).parse(notesData);
  return Object.hasOwn(notes, agentId) ? notes[agentId] : undefined;
}

/** The bundled copy of the registry. */
export function bundledAgents(): readonly RegistryAgent[] {
  bundled ??= parseRegistry(registryData)?.agents ?? [];
  return bundled;
}

/** How an agent is started where its program is on the user's PATH; `undefined` when that name is not known. */
export function pathDefinition(agent: RegistryAgent): AgentDefinition | undefined {
  const command = noteOn(agent.id)?.command ?? programOf(agent);
  if (command === undefined) return undefined;
  return { id: agent.id, name: agent.name, command, ...launchOf(agent) };
}
