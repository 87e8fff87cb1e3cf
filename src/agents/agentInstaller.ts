// Installs agents from npm into a folder of Roost's own: whole or not at all, and cleaned up after whoever died over it.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SessionError } from '../session/errors.ts';
import type { InstallOptions } from '../session/agentOffers.ts';
import type { Logger } from '../session/ports.ts';
import type { ProcessOwner, ProcessOwners, RunProgram } from '../session/programs.ts';
import {
  receiptName,
  stagingPrefix,
  type InstalledAgents,
  type InstalledState,
  type Receipt,
} from './installedAgents.ts';
import { findProgram } from './installedProgram.ts';
import { noteOn } from './knownAgents.ts';
import { installFailed, installPackage, nodeProblem } from './npm.ts';
import { launchOf, npmPackageOf, type RegistryAgent } from './registry.ts';

/** What an installer works with. */
export interface InstallerDeps {
  readonly installed: InstalledAgents;
  readonly run: RunProgram;
  readonly owners: ProcessOwners;
  readonly logger: Logger;
  /** The time now, in milliseconds since 1970. */
  readonly now: () => number;
}

/** An installation that goes on now. */
interface RunningInstallation {
  readonly cancel: AbortController;
  readonly listeners: Set<(count: number) => void>;
  readonly done: Promise<Receipt | undefined>;
}

/** Installs and removes agents. */
export class AgentInstaller {
  readonly #deps: InstallerDeps;
  readonly #running = new Map<string, RunningInstallation>();

  constructor(deps: InstallerDeps) {
    this.#deps = deps;
  }

  /**
   * Installs the pinned package of an agent, in place of an older or a broken one; `undefined` when it
   * was cancelled. Until the end, and after any failure, what was there before is what is there.
   * @throws SessionError `installFailed`
   */
  async install(agent: RegistryAgent, options: InstallOptions): Promise<Receipt | undefined> {
    const running = this.#running.get(agent.id) ?? this.#begin(agent);
    const { signal, onFetched } = options;
    const cancel = (): void => {
      running.cancel.abort();
    };
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
    if (onFetched !== undefined) running.listeners.add(onFetched);
    try {
      return await running.done;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** One installation, whoever else asks for it meanwhile: all of them hear of it, and each can cancel it. */
  #begin(agent: RegistryAgent): RunningInstallation {
    const cancel = new AbortController();
    const listeners = new Set<(count: number) => void>();
    const onFetched = (count: number): void => {
      for (const listener of listeners) listener(count);
    };
    const done = this.#install(agent, { signal: cancel.signal, onFetched }).finally(() => {
      this.#running.delete(agent.id);
    });
    const running = { cancel, listeners, done };
    this.#running.set(agent.id, running);
    return running;
  }

  /** What is there of an agent, told apart from what somebody is still putting there. */
  async look(agentId: string): Promise<InstalledState | { readonly kind: 'installing' }> {
    const state = this.#deps.installed.look(agentId);
    if (state.kind !== 'broken') return state;
    for (const name of await this.#unfinished(agentId)) {
      if (await this.#isOwned(this.#folder(agentId, name))) return { kind: 'installing' };
    }
    return state;
  }

  /** Takes an agent away, with everything that was half there. @throws SessionError `installFailed` */
  async remove(agentId: string): Promise<void> {
    const folder = this.#folder(agentId);
    try {
      // Without its receipt it does not count any more, however far the rest gets.
      await rm(join(folder, receiptName), { force: true });
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      throw installFailed(`${agentId} could not be removed: ${messageOf(error)}`, {
        hint: 'End its sessions and try again.',
        cause: error,
      });
    }
  }

  /** Why the user's Node may be too old for an agent, in words; `undefined` when it is not. */
  async nodeProblem(agent: RegistryAgent): Promise<string | undefined> {
    return nodeProblem(this.#deps.run, agent);
  }

  #folder(agentId: string, ...rest: string[]): string {
    return join(this.#deps.installed.root, agentId, ...rest);
  }

  async #install(agent: RegistryAgent, options: InstallOptions): Promise<Receipt | undefined> {
    const wanted = npmPackageOf(agent);
    if (wanted === undefined) {
      throw installFailed(`${agent.name} is not published as a package that Roost can install.`, {
        hint: 'Install it yourself; it is found on your PATH.',
      });
    }
    const { logger, owners } = this.#deps;
    const staging = this.#folder(agent.id, `${stagingPrefix}${randomUUID()}`);
    logger.info(`Installing ${agent.id} ${wanted.version} …`);
    try {
      await this.#clean(agent.id);
      await mkdir(staging, { recursive: true, mode: 0o700 });
      await writeFile(join(staging, ownerName), JSON.stringify(owners.self()));
      await writeFile(join(staging, 'package.json'), JSON.stringify({ private: true }));
      const whole = await installPackage(this.#deps, {
        agent,
        wanted,
        folder: staging,
        ...options,
      });
      if (!whole) {
        logger.info(`Installing ${agent.id} was cancelled.`);
        return undefined;
      }
      const program = await findProgram(staging, wanted, noteOn(agent.id)?.command);
      if (program === undefined) {
        throw installFailed(
          `The package ${wanted.name} ${wanted.version} has no program to start.`,
          {},
        );
      }
      await this.#moveIn(agent.id, wanted.version, staging);
      const receipt: Receipt = {
        format: 1,
        id: agent.id,
        name: agent.name,
        version: wanted.version,
        program: `${wanted.version}/${program.path}`,
        runBy: program.runBy,
        args: [...launchOf(agent).args],
        env: { ...launchOf(agent).env },
        installedAt: new Date(this.#deps.now()).toISOString(),
      };
      const before = this.#deps.installed.look(agent.id);
      await this.#writeReceipt(receipt);
      await this.#dropOthers(agent.id, [
        wanted.version,
        ...(before.kind === 'whole' ? [before.receipt.version] : []),
      ]);
      logger.info(`Installed ${agent.id} ${wanted.version}.`);
      return receipt;
    } catch (error) {
      if (error instanceof SessionError) throw error;
      throw installFailed(`${agent.name} could not be installed: ${messageOf(error)}`, {
        cause: error,
      });
    } finally {
      await rm(staging, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) => {
        logger.warn(`${staging} could not be removed: ${messageOf(error)}`);
      });
      await this.#dropIfEmpty(agent.id);
    }
  }

  /** The staged folder becomes the version's; one that was there, broken or not, makes way. */
  async #moveIn(agentId: string, version: string, staging: string): Promise<void> {
    await rm(join(staging, ownerName), { force: true });
    const place = this.#folder(agentId, version);
    const old = this.#folder(agentId, `${stagingPrefix}${randomUUID()}`);
    const hadOne = await rename(place, old).then(
      () => true,
      () => false,
    );
    await rename(staging, place);
    if (hadOne) await rm(old, { recursive: true, force: true, maxRetries: 3 });
  }

  async #writeReceipt(receipt: Receipt): Promise<void> {
    const file = this.#folder(receipt.id, receiptName);
    const fresh = `${file}.${randomUUID()}`;
    await writeFile(fresh, `${JSON.stringify(receipt, undefined, 2)}\n`, {
      mode: 0o600,
      flush: true,
    });
    await rename(fresh, file);
  }

  /** Removes what died half-way: folders whose owner is gone. */
  async #clean(agentId: string): Promise<void> {
    for (const name of await this.#unfinished(agentId)) {
      const folder = this.#folder(agentId, name);
      if (await this.#isOwned(folder)) continue;
      this.#deps.logger.info(`Removing what an unfinished installation left: ${folder}`);
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  /** Versions that nothing points to any more. The one before stays: another window may still start it. */
  async #dropOthers(agentId: string, keep: readonly string[]): Promise<void> {
    for (const entry of await readdir(this.#folder(agentId), { withFileTypes: true })) {
      if (!entry.isDirectory() || keep.includes(entry.name)) continue;
      if (entry.name.startsWith(stagingPrefix)) continue;
      await rm(this.#folder(agentId, entry.name), { recursive: true, force: true }).catch(() => {
        this.#deps.logger.warn(`An old version stays: ${this.#folder(agentId, entry.name)}`);
      });
    }
  }

  async #dropIfEmpty(agentId: string): Promise<void> {
    const rest = await readdir(this.#folder(agentId)).catch(() => ['?']);
    if (rest.length === 0) await rm(this.#folder(agentId), { recursive: true, force: true });
  }

  async #unfinished(agentId: string): Promise<readonly string[]> {
    const names = await readdir(this.#folder(agentId)).catch(() => []);
    return names.filter((name) => name.startsWith(stagingPrefix));
  }

  async #isOwned(folder: string): Promise<boolean> {
    try {
      const owner = parseOwner(await readFile(join(folder, ownerName), 'utf8'));
      return owner !== undefined && (await this.#deps.owners.isAlive(owner));
    } catch {
      // No owner was written: nobody is at work there.
      return false;
    }
  }
}

/** The file in an unfinished folder that says who is at work there. */
const ownerName = 'owner.json';

function parseOwner(text: string): ProcessOwner | undefined {
  const raw: unknown = JSON.parse(text);
  if (typeof raw !== 'object' || raw === null || !('pid' in raw) || !('startedAt' in raw)) {
    return undefined;
  }
  const { pid, startedAt } = raw;
  return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
