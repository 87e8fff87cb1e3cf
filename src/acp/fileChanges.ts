// Notices which files an agent changes, through Roost or by itself, and reports what each was before the first change.
import type { AgentUpdate } from '../session/agentUpdate.ts';
import { isSessionError } from '../session/errors.ts';
import { textBefore, type ShownChange } from '../session/fileChanges.ts';
import type { Logger, WorkspaceFiles, WorkspaceRoots } from '../session/ports.ts';
import { workspacePath } from './workspacePaths.ts';

/** What it works with. */
export interface FileChangesDeps {
  readonly files: WorkspaceFiles;
  readonly roots: WorkspaceRoots;
  readonly logger: Logger;
  readonly report: (agentSessionId: string, update: AgentUpdate) => void;
}

/** The files that one run of an agent changes. */
export class FileChanges {
  readonly #deps: FileChangesDeps;
  readonly #seen = new Set<string>();

  constructor(deps: FileChangesDeps) {
    this.#deps = deps;
  }

  /** To be awaited before Roost writes a file for the agent. Never rejects. */
  async beforeWrite(agentSessionId: string, path: string): Promise<void> {
    await this.#note(agentSessionId, path, (now) => now ?? null);
  }

  /** A tool call may show changes of files, made or not yet. */
  shown(agentSessionId: string, update: AgentUpdate): void {
    if (update.type !== 'toolCall') return;
    for (const content of update.patch.content ?? []) {
      // The schema of a diff has exactly these fields.
      if (content.type === 'diff') void this.#diff(agentSessionId, content);
    }
  }

  async #diff(agentSessionId: string, change: ShownChange): Promise<void> {
    await this.#note(agentSessionId, change.path, (now) => textBefore(change, now));
  }

  async #note(
    agentSessionId: string,
    asked: string,
    before: (now: string | undefined) => string | null,
  ): Promise<void> {
    if (this.#seen.has(asked)) return;
    this.#seen.add(asked);
    try {
      const path = await workspacePath(asked, this.#deps.roots);
      const now = await this.#textNow(path);
      this.#deps.report(agentSessionId, { type: 'fileBefore', path, before: before(now) });
    } catch (error) {
      // Outside the workspace, too large or no text: it is changed all the same, and cannot be shown.
      this.#deps.logger.debug(`what a file was before is not known: ${String(error)}`);
    }
  }

  async #textNow(path: string): Promise<string | undefined> {
    try {
      return await this.#deps.files.readTextFile(path, {});
    } catch (error) {
      if (isSessionError(error) && error.details.cause === 'ENOENT') return undefined;
      throw error;
    }
  }
}
