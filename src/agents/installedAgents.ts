// The agents that Roost has installed for the user: one folder each, and a receipt in it that says what is there.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { AgentDefinition } from '../session/agentPort.ts';

/** The name of the receipt in an agent's folder. Written last: without it nothing counts as installed. */
export const receiptName = 'agent.json';

/** What the names of folders that are being filled, or emptied, begin with. */
export const stagingPrefix = 'staging-';

/** The receipt of an installation. */
export const receiptSchema = z.looseObject({
  format: z.literal(1),
  id: z.string(),
  name: z.string().check(z.minLength(1)),
  version: z.string().check(z.minLength(1)),
  /** The program, relative to the agent's folder, with `/` between. */
  program: z.string().check(z.regex(/^(?!\/)(?!.*\.\.)/)),
  /** Whether `node` runs the program, or the system does. */
  runBy: z.enum(['node', 'system']),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  installedAt: z.string(),
});

/** What {@link receiptSchema} yields. */
export type Receipt = z.output<typeof receiptSchema>;

/** What is in an agent's folder. `broken`: an installation or a removal did not get to its end. */
export type InstalledState =
  | { readonly kind: 'none' }
  | { readonly kind: 'broken' }
  | { readonly kind: 'whole'; readonly receipt: Receipt; readonly definition: AgentDefinition };

const idPattern = /^[a-z][a-z0-9-]{0,63}$/;

/** Reads what is installed. Small files are read in place, because an agent is looked up in place. */
export class InstalledAgents {
  /** One folder for each agent. */
  readonly root: string;
  readonly #read = new Map<string, { readonly changed: number; readonly receipt: Receipt }>();

  constructor(root: string) {
    this.root = root;
  }

  /** What is there of one agent now, also when another window has just changed it. */
  look(agentId: string): InstalledState {
    if (!idPattern.test(agentId)) return { kind: 'none' };
    const folder = join(this.root, agentId);
    const receipt = this.#receipt(join(folder, receiptName), agentId);
    if (receipt === undefined) return { kind: existsSync(folder) ? 'broken' : 'none' };
    const program = join(folder, ...receipt.program.split('/'));
    if (!existsSync(program)) return { kind: 'broken' };
    const { id, name, args, env } = receipt;
    const definition =
      receipt.runBy === 'node'
        ? { id, name, command: 'node', args: [program, ...args], env }
        : { id, name, command: program, args, env };
    return { kind: 'whole', receipt, definition };
  }

  /** The ids of all agents that something is there of. */
  async ids(): Promise<readonly string[]> {
    try {
      const entries = await readdir(this.root, { withFileTypes: true });
      return entries
        .filter((entry) => entry.isDirectory() && idPattern.test(entry.name))
        .map(({ name }) => name);
    } catch {
      // Nothing was ever installed.
      return [];
    }
  }

  #receipt(file: string, agentId: string): Receipt | undefined {
    try {
      const changed = statSync(file).mtimeMs;
      const known = this.#read.get(agentId);
      if (known?.changed === changed) return known.receipt;
      const receipt = receiptSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
      if (receipt.id !== agentId) return undefined;
      this.#read.set(agentId, { changed, receipt });
      return receipt;
    } catch {
      // Missing, torn or of another kind: in every case not something to start a program from.
      return undefined;
    }
  }
}
