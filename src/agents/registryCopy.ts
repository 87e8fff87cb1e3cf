// The registry as Roost knows it: the bundled copy, and a newer one that the user asked for.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SessionError } from '../session/errors.ts';
import type { Logger } from '../session/ports.ts';
import { bundledAgents } from './knownAgents.ts';
import { mergeRegistries, parseRegistry, type RegistryAgent } from './registry.ts';

/** Where the public registry is. */
const publicRegistry = 'https://cdn.agentclientprotocol.com/registry/v1/latest/registry.json';

/** More than any registry; an answer without end is not read to its end. */
const mostBytes = 8 * 1024 * 1024;

const deadlineMs = 20_000;

/** What a copy works with. */
export interface RegistryCopyDeps {
  /** Absolute path of the file that a refreshed copy is kept in. */
  readonly file: string;
  readonly logger: Logger;
  /** The address to ask, read at each refresh; empty for the public one. */
  readonly url: () => string;
}

/** The registry, never fetched unless somebody asks. */
export class RegistryCopy {
  readonly #deps: RegistryCopyDeps;
  #agents: readonly RegistryAgent[] | undefined;

  constructor(deps: RegistryCopyDeps) {
    this.#deps = deps;
  }

  /** All agents, the newer entry of each. Never rejects: what cannot be read is not there. */
  async agents(): Promise<readonly RegistryAgent[]> {
    this.#agents ??= mergeRegistries(bundledAgents(), await this.#kept());
    return this.#agents;
  }

  /**
   * Fetches the registry and keeps it; how many agents are new in it, and how many are newer.
   * @throws SessionError `registryUnreachable`: then everything is as it was
   */
  async refresh(
    signal: AbortSignal,
  ): Promise<{ readonly added: number; readonly updated: number } | undefined> {
    const before = await this.agents();
    const { file, logger } = this.#deps;
    const url = this.#deps.url() || publicRegistry;
    let text: string;
    try {
      text = await fetchText(url, AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]));
    } catch (error) {
      if (signal.aborted) return undefined;
      throw unreachable(url, error instanceof Error ? reasonOf(error) : String(error), error);
    }
    const parsed = parseRegistry(parseJson(text));
    if (parsed === undefined) throw unreachable(url, 'it answered with something else', undefined);
    for (const problem of parsed.problems) logger.warn(`The registry, left out: ${problem}`);
    await keep(file, text);
    this.#agents = mergeRegistries(bundledAgents(), parsed.agents);
    const known = new Map(before.map(({ id, version }) => [id, version]));
    return {
      added: this.#agents.filter(({ id }) => !known.has(id)).length,
      updated: this.#agents.filter(({ id, version }) => (known.get(id) ?? version) !== version)
        .length,
    };
  }

  async #kept(): Promise<readonly RegistryAgent[]> {
    try {
      return parseRegistry(parseJson(await readFile(this.#deps.file, 'utf8')))?.agents ?? [];
    } catch {
      // It was never refreshed.
      return [];
    }
  }
}

async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal, redirect: 'follow' });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  // The standard stream, which Node's types do not say that it is.
  const body = (response.body ?? []) as AsyncIterable<Uint8Array>;
  for await (const piece of body) {
    bytes += piece.byteLength;
    if (bytes > mostBytes) throw new Error('its answer is too long');
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

/** Written aside and moved, so that nobody ever reads half of it. A failure leaves the copy in memory. */
async function keep(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    const fresh = `${file}.${randomUUID()}`;
    await writeFile(fresh, text);
    await rename(fresh, file);
  } catch (error) {
    throw new SessionError('storageFailed', 'The list of agents could not be kept.', {
      hint: 'The agents it names can be used until the window is closed.',
      details: { file },
      cause: error,
    });
  }
}

/** `fetch` says only that it failed; why is in the cause. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function unreachable(url: string, why: string, cause: unknown): SessionError {
  return new SessionError(
    'registryUnreachable',
    `The list of agents at ${url} could not be read: ${why}.`,
    {
      hint: 'The list that Roost has stays as it is. Another address can be set in "roost.registry.url".',
      cause,
    },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
