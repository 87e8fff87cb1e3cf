// Files of a session's folders, read and written through the client where it offers that.
import { mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { methods, type AgentContext, type ClientCapabilities } from '@agentclientprotocol/sdk';
import { describe, isNotFound, Problem } from './problem.ts';

/** Lines of a file, counted from 1. */
export interface LineRange {
  readonly line: number;
  readonly limit: number;
}

/** What {@link WorkspaceFiles} works with. */
export interface FilesOptions {
  readonly client: AgentContext;
  readonly capabilities: ClientCapabilities;
  readonly sessionId: string;
  /** Absolute; relative paths start here. */
  readonly cwd: string;
  /** Further folders of the session. */
  readonly additional: readonly string[];
}

/**
 * File access for one session. Through the client, unsaved text is what is read, and the client
 * decides what is out of bounds. Without one, nothing outside of the session's folders is touched,
 * links resolved.
 */
export class WorkspaceFiles {
  readonly #options: FilesOptions;

  constructor(options: FilesOptions) {
    this.#options = options;
  }

  /** A path as the user wrote it (relative, absolute or a `file:` address) made absolute. */
  resolve(written: string): string {
    const path = written.startsWith('file://') ? fileURLToPath(written) : written;
    return isAbsolute(path) ? path : resolve(this.#options.cwd, path);
  }

  /** A path as it is shown: relative to the session's folder when it lies inside. */
  show(path: string): string {
    const inside = relative(this.#options.cwd, path);
    return inside === '' || inside.startsWith('..') || isAbsolute(inside)
      ? path
      : inside.split(sep).join('/');
  }

  /**
   * The text of a file, or of some of its lines.
   * @throws Problem when there is no such file or it may not be read
   */
  async read(path: string, signal: AbortSignal, range?: LineRange): Promise<string> {
    const text = await this.readIfThere(path, signal, range);
    if (text === undefined) throw new Problem(`There is no file \`${this.show(path)}\`.`);
    return text;
  }

  /** As {@link read}, with `undefined` for a file that is not there. */
  async readIfThere(
    path: string,
    signal: AbortSignal,
    range?: LineRange,
  ): Promise<string | undefined> {
    const { client, capabilities, sessionId } = this.#options;
    if (capabilities.fs?.readTextFile !== true) {
      await this.#assertInside(path);
      if (!(await isThere(path))) return undefined;
      const text = await readFile(path, { encoding: 'utf8', signal });
      return range === undefined ? text : cut(text, range);
    }
    try {
      const { content } = await client.request(
        methods.client.fs.readTextFile,
        { sessionId, path, ...range },
        { cancellationSignal: signal, stopWaitingOnCancel: true },
      );
      return content;
    } catch (error) {
      signal.throwIfAborted();
      // Clients differ in how they say that a file is missing; the disk is the same for both.
      if (isNotFound(error) || !(await isThere(path))) return undefined;
      throw new Problem(`\`${this.show(path)}\` was not read: ${describe(error)}`);
    }
  }

  /**
   * Creates or replaces a file, and the folders it needs.
   * @throws Problem when that is refused
   */
  async write(path: string, content: string): Promise<void> {
    const { client, capabilities, sessionId } = this.#options;
    try {
      if (capabilities.fs?.writeTextFile === true) {
        await client.request(methods.client.fs.writeTextFile, { sessionId, path, content });
      } else {
        await this.#assertInside(path);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content);
      }
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem(`\`${this.show(path)}\` was not written: ${describe(error)}`);
    }
  }

  async #assertInside(path: string): Promise<void> {
    const target = await realPathOf(path);
    for (const folder of [this.#options.cwd, ...this.#options.additional]) {
      const inside = relative(await realPathOf(folder), target);
      if (
        inside === '' ||
        (!inside.startsWith(`..${sep}`) && inside !== '..' && !isAbsolute(inside))
      ) {
        return;
      }
    }
    throw new Problem(`\`${path}\` is outside of this session's folder.`);
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The path with the links of all folders that exist resolved; what is not there yet stays as it is. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPathOf(parent), path.slice(parent.length));
  }
}

function cut(text: string, { line, limit }: LineRange): string {
  return text
    .split('\n')
    .slice(line - 1, line - 1 + limit)
    .join('\n');
}
