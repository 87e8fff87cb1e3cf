// What the shipped agent is told of a language model: the settings, and the key from the editor's store of secrets.
import * as vscode from 'vscode';
import { SessionError } from '../../session/errors.ts';
import type { Disposable } from '../../session/event.ts';
import type { Logger } from '../../session/ports.ts';
import type { Settings } from '../../session/settings.ts';

/** What the model's environment is made from. */
export interface ModelKeyDeps {
  readonly secrets: vscode.SecretStorage;
  readonly settings: () => Settings;
  readonly logger: Logger;
}

/** The key of each server that the user has given one for; it goes to the shipped agent's environment and nowhere else. */
export class ModelKey implements Disposable {
  readonly #deps: ModelKeyDeps;
  readonly #changes: vscode.Disposable;
  #key: { readonly origin: string; readonly value: string } | undefined;

  constructor(deps: ModelKeyDeps) {
    this.#deps = deps;
    this.#changes = deps.secrets.onDidChange(() => void this.load());
  }

  /** Variables of the shipped agent's process, as settings and key are now. */
  env(): Readonly<Record<string, string>> {
    const settings = this.#deps.settings();
    const url = settings['workspaceAgent.url'];
    const tokens = settings['workspaceAgent.contextTokens'];
    // A key is for the server it was given for: another address does not get it.
    const key = this.#key?.origin === originOf(url) ? this.#key?.value : undefined;
    return {
      ROOST_MODEL_SOURCE: settings['workspaceAgent.source'],
      ROOST_MODEL_URL: url,
      ROOST_MODEL: settings['workspaceAgent.model'],
      ...(tokens > 0 ? { ROOST_MODEL_CONTEXT: String(tokens) } : {}),
      ...(key === undefined ? {} : { ROOST_MODEL_KEY: key }),
    };
  }

  /** Reads the key of the server that is set now. Never rejects: without a store of secrets there is no key. */
  async load(): Promise<void> {
    const origin = originOf(this.#deps.settings()['workspaceAgent.url']);
    try {
      const value =
        origin === undefined ? undefined : await this.#deps.secrets.get(secretName(origin));
      this.#key = origin === undefined || value === undefined ? undefined : { origin, value };
    } catch (error) {
      this.#deps.logger.warn(`The model's key could not be read: ${String(error)}`);
    }
  }

  /**
   * Stores the key of the server that is set now, asking for it when none is given; an empty one
   * forgets it. `undefined`: the user changed their mind.
   * @throws SessionError `invalidArgument` when no server is set
   */
  async set(given: string | undefined): Promise<undefined> {
    const origin = originOf(this.#deps.settings()['workspaceAgent.url']);
    if (origin === undefined) {
      throw new SessionError(
        'invalidArgument',
        vscode.l10n.t('Set the address of a model first: roost.workspaceAgent.url.'),
      );
    }
    const key = given ?? (await askKey(origin));
    if (key === undefined) return undefined;
    const { secrets } = this.#deps;
    if (key === '') await secrets.delete(secretName(origin));
    else await secrets.store(secretName(origin), key);
    await this.load();
    return undefined;
  }

  dispose(): void {
    this.#changes.dispose();
  }
}

function askKey(origin: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Key for {0}', origin),
    prompt: vscode.l10n.t('Kept in the editor’s store of secrets. Leave it empty to forget it.'),
    password: true,
    ignoreFocusOut: true,
  });
}

function originOf(url: string): string | undefined {
  return URL.parse(url)?.origin;
}

function secretName(origin: string): string {
  return `roost.model.key ${origin}`;
}
