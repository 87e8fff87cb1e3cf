// Where this window keeps its sessions, where other windows keep theirs, and which folder it kept them in before.
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type * as vscode from 'vscode';
import type { Logger } from '../../session/ports.ts';

/** Name under which a workspace remembers the folders that its sessions were last kept in, newest first. */
const lastFolderKey = 'storage.directory';

/** Name under which it remembers folders whose sessions the user wants to leave where they are. */
const leftFoldersKey = 'storage.left';

/** Name under which all windows together remember the folders that a setting named: of those nothing else tells. */
const namedFoldersKey = 'storage.named';

/** What of the extension's context says where things are. */
export interface StorageContext {
  /** Absent where no folder is open. */
  readonly storageUri: Pick<vscode.Uri, 'fsPath'> | undefined;
  readonly globalStorageUri: Pick<vscode.Uri, 'fsPath'>;
  readonly workspaceState: Memory;
  readonly globalState: Memory;
}

type Memory = Pick<vscode.Memento, 'get' | 'update'>;

/** The folders of one window. */
export class StorageFolders {
  readonly #context: StorageContext;
  readonly #logger: Logger;
  /** The folder in use until the window is reloaded. */
  readonly current: string;

  /** @param configured the setting `persistence.directory` */
  constructor(context: StorageContext, configured: string, logger: Logger) {
    this.#context = context;
    this.#logger = logger;
    this.current = this.wanted(configured);
  }

  /** The folder that a value of the setting means; a path that is not absolute means none. */
  wanted(configured: string): string {
    const path = configured.trim().replace(/^~(?=$|[\\/])/, homedir());
    if (path === '') return this.own;
    if (isAbsolute(path)) return path;
    this.#logger.warn(`roost.persistence.directory is ignored: "${path}" is not an absolute path.`);
    return this.own;
  }

  /** The workspace's storage folder, or the one for all windows when no folder is open. */
  get own(): string {
    const { storageUri, globalStorageUri } = this.#context;
    return storageUri === undefined ? globalStorageUri.fsPath : ofAllWindows(storageUri.fsPath);
  }

  /** Folders other than the current one that held sessions of this workspace and are not left alone on purpose. */
  earlier(): readonly string[] {
    const left = listIn(this.#memory, leftFoldersKey);
    const before = [...listIn(this.#memory, lastFolderKey), this.own, this.#given];
    return [...new Set(before)].filter((one) => one !== this.current && !left.includes(one));
  }

  /** Remembers the current folder, so that a change of it is noticed when the window opens the next time. */
  async remember(): Promise<void> {
    const before = listIn(this.#memory, lastFolderKey).filter((one) => one !== this.current);
    // The last few: one that still has sessions is offered again until they are moved or left.
    await this.#memory.update(lastFolderKey, [this.current, ...before].slice(0, 8));
    const { globalState } = this.#context;
    const named = listIn(globalState, namedFoldersKey);
    if (this.current === this.own || named.includes(this.current)) return;
    await globalState.update(namedFoldersKey, [this.current, ...named].slice(0, 64));
  }

  /** The user wants the sessions in a folder left there. */
  async leave(directory: string): Promise<void> {
    const left = [...listIn(this.#memory, leftFoldersKey), directory];
    await this.#memory.update(leftFoldersKey, left.slice(-32));
  }

  /** Where the stores of other windows may be. */
  places(): {
    readonly current: string;
    readonly workspaces: string;
    readonly name: string;
    readonly others: readonly string[];
  } {
    const { storageUri, globalStorageUri, globalState } = this.#context;
    const shared = globalStorageUri.fsPath;
    const beside = storageUri?.fsPath;
    return {
      current: this.current,
      workspaces:
        beside === undefined
          ? join(dirname(dirname(shared)), 'workspaceStorage')
          : dirname(dirname(beside)),
      name: basename(beside ?? shared),
      others: [
        ...[shared, this.own],
        ...listIn(this.#memory, lastFolderKey),
        ...listIn(globalState, namedFoldersKey),
      ],
    };
  }

  /** The storage folder as the editor names it. */
  get #given(): string {
    return (this.#context.storageUri ?? this.#context.globalStorageUri).fsPath;
  }

  /** A window without a folder is not always the same one for the editor, which forgets its own state. */
  get #memory(): Memory {
    const { storageUri, workspaceState, globalState } = this.#context;
    return storageUri === undefined ? globalState : workspaceState;
  }
}

/**
 * The storage folder that all windows of a workspace have together. While one is open, or its host not yet
 * dead, the editor gives the next one a folder of its own, for the sake of extensions that cannot share:
 * its name is the workspace's with a number after it. Sessions in there would be in no later window's list.
 */
function ofAllWindows(given: string): string {
  const workspace = dirname(given);
  const [, id] = /^(-?[\da-f]+)-[1-9]$/i.exec(basename(workspace)) ?? [];
  return id === undefined ? given : join(dirname(workspace), id, basename(given));
}

function listIn(memory: Memory, key: string): readonly string[] {
  const value = memory.get<unknown>(key);
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
