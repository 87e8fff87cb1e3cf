// The user's keys for agents: in the editor's secret storage and nowhere else.
import type { SecretStorage } from 'vscode';
import * as z from 'zod/mini';
import { onFirstUse } from '../../session/onDemand.ts';

const keysSchema = onFirstUse(() => z.record(z.string(), z.string()));

/** Keeps keys, one secret for each agent. */
export class AgentKeys {
  readonly #secrets: Pick<SecretStorage, 'get' | 'store' | 'delete'>;

  constructor(secrets: Pick<SecretStorage, 'get' | 'store' | 'delete'>) {
    this.#secrets = secrets;
  }

  /** The variables set for an agent; empty when there are none. Rejects when the storage is locked. */
  async of(agentId: string): Promise<Readonly<Record<string, string>>> {
    const text = await this.#secrets.get(secretName(agentId));
    if (text === undefined) return {};
    try {
      return keysSchema().parse(JSON.parse(text));
    } catch {
      // Not in a form of ours, and nothing of it may be quoted.
      return {};
    }
  }

  /** Sets one variable of an agent. */
  async set(agentId: string, name: string, value: string): Promise<void> {
    const keys = { ...(await this.of(agentId)), [name]: value };
    await this.#secrets.store(secretName(agentId), JSON.stringify(keys));
  }

  /** Forgets one variable of an agent, or all of them; the names that are gone. */
  async forget(agentId: string, name?: string): Promise<readonly string[]> {
    const keys = await this.of(agentId);
    const gone = Object.keys(keys).filter((one) => name === undefined || one === name);
    const kept = Object.fromEntries(Object.entries(keys).filter(([one]) => !gone.includes(one)));
    if (Object.keys(kept).length === 0) await this.#secrets.delete(secretName(agentId));
    else await this.#secrets.store(secretName(agentId), JSON.stringify(kept));
    return gone;
  }
}

function secretName(agentId: string): string {
  return `roost.keys.${agentId}`;
}
