// The `roost.*` settings as one frozen, checked snapshot, and what an untrusted workspace may not set.
import * as vscode from 'vscode';
import { Emitter, type Disposable, type Event } from '../session/event.ts';
import type { Logger } from '../session/ports.ts';
import { permissionSettings, type Inspected } from './permissionSettings.ts';
import {
  parseSettings,
  settingTable,
  isDefault,
  type SettingName,
  type Settings,
} from '../session/settings.ts';

/** Settings that name programs or places: a workspace that is not trusted has no say in them. */
export const restrictedSettings = [
  'agents',
  'defaultAgent',
  'persistence.directory',
  'permissions.mode',
  'permissions.byAgent',
  'workspaceAgent.source',
  'workspaceAgent.url',
] as const satisfies readonly SettingName[];

/** The settings now, and when they change. */
export class HostSettings implements Disposable {
  readonly #logger: Logger;
  readonly #changes: Emitter<Settings>;
  readonly #store: Disposable[] = [];
  #current: Settings;
  #problems = '';

  constructor(deps: { readonly logger: Logger }) {
    this.#logger = deps.logger;
    this.#changes = new Emitter<Settings>((error) => {
      deps.logger.error('A listener for changed settings failed', error);
    });
    this.#current = this.#read();
    const reread = (): void => {
      this.#current = this.#read();
      this.#changes.fire(this.#current);
    };
    this.#store.push(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('roost')) reread();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(reread),
      this.#changes,
    );
  }

  /** The snapshot; the same object until something changed. */
  get current(): Settings {
    return this.#current;
  }

  /** Fires with the new snapshot. */
  readonly onDidChange: Event<Settings> = (listener) => this.#changes.event(listener);

  dispose(): void {
    for (const held of this.#store.splice(0)) held.dispose();
  }

  #read(): Settings {
    const configuration = vscode.workspace.getConfiguration('roost');
    const { settings, problems } = parseSettings((name) => rawSetting(configuration, name));
    // The same problem is not told again each time another setting changes.
    if (problems.join('\n') !== this.#problems) {
      this.#problems = problems.join('\n');
      for (const problem of problems) this.#logger.warn(`Setting ignored: ${problem}`);
    }
    return settings;
  }
}

/** A setting's value as the editor has it; nothing from the workspace where it may not be trusted. */
function rawSetting(configuration: vscode.WorkspaceConfiguration, name: SettingName): unknown {
  if (name === 'permissions.mode' || name === 'permissions.byAgent') {
    const value = configuration.get<unknown>(name);
    // The default is the strictest, so nobody has set anything that would count.
    if (isDefault(name, value)) return value;
    // A wrong value is handed on, to be reported.
    if (!settingTable[name].schema().safeParse(value).success) return value;
    const { mode, byAgent } = permissions(configuration);
    return name === 'permissions.mode' ? mode : byAgent;
  }
  const restricted: readonly SettingName[] = restrictedSettings;
  if (vscode.workspace.isTrusted || !restricted.includes(name)) {
    return configuration.get<unknown>(name);
  }
  // The manifest restricts these settings too; this holds where an editor does not heed that.
  const inspected = configuration.inspect<unknown>(name);
  return inspected?.globalValue ?? inspected?.defaultValue;
}

function permissions(
  configuration: vscode.WorkspaceConfiguration,
): ReturnType<typeof permissionSettings> {
  const by = (name: SettingName): Inspected => {
    const inspected = configuration.inspect<unknown>(name);
    return {
      user: inspected?.globalValue,
      workspace: inspected?.workspaceFolderValue ?? inspected?.workspaceValue,
    };
  };
  return permissionSettings(by('permissions.mode'), by('permissions.byAgent'));
}

/**
 * The restricted settings that this workspace sets although it is not trusted. The editor hides such
 * values from extensions, so the files are looked at; good enough for a notice, nothing else goes by it.
 */
export async function settingsHeldBack(): Promise<readonly string[]> {
  if (vscode.workspace.isTrusted) return [];
  const files = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) =>
    vscode.Uri.joinPath(uri, '.vscode', 'settings.json'),
  );
  if (vscode.workspace.workspaceFile?.scheme === 'file') files.push(vscode.workspace.workspaceFile);
  const texts = await Promise.all(
    files.map(async (file) => {
      try {
        return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
      } catch {
        // No such file: then it sets nothing.
        return '';
      }
    }),
  );
  return restrictedSettings
    .map((name) => `roost.${name}`)
    .filter((name) => texts.some((text) => text.includes(`"${name}"`)));
}
