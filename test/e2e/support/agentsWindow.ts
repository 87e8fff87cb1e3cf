// A person's window for trying agents: a registry and packages on loopback, programs on the PATH, and the list of agents as a hand uses it.
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launchBrowser } from '../../launch/browser.ts';
import { installHost, type HostName } from '../../launch/hosts.ts';
import { root, scratchFolder } from '../../launch/paths.ts';
import { descendantsOf } from '../../launch/processes.ts';
import { startServerHost, type ServerHost } from '../../launch/serverHost.ts';
import { freshVsix } from '../../launch/vsix.ts';
import { openWorkbench } from '../../launch/workbench.ts';
import { PackageServer, packageName } from '../../process/support/packageServer.ts';
import { RegistryServer } from '../../process/support/registryServer.ts';
import { RoostWindow } from './roostWindow.ts';
import { say } from './windowSuite.ts';

const agent = join(root, 'test', 'fixtures', 'agents', 'scripted.mjs');

/** An agent in the settings: the scripted one with these flags. */
export function scripted(name: string, ...args: string[]): object {
  return { name, command: process.execPath, args: [agent, '--name', name, ...args] };
}

/** An agent in the list of the registry. */
export function offered(id: string, name: string, version: string): object {
  const npx = { package: `${packageName}@${version}`, args: ['--name', name] };
  return { id, name, version, distribution: { npx } };
}

/** What is there before the window opens. */
export interface AgentsBefore {
  /** The setting `roost.agents`; files it names may lie in the scratch folder. */
  readonly settings: (scratch: string) => Readonly<Record<string, object>>;
  /** What was made with {@link offered}. */
  readonly registry: readonly object[];
  /** Names of programs on the PATH that are the scripted agent. */
  readonly programs: readonly string[];
}

/** The window, and what it stands on. */
export class AgentsWindow {
  readonly scratch: string;
  /** Where Roost installs agents: a folder for each, and the registry's file. */
  readonly installed: string;
  readonly roost: RoostWindow;
  readonly packages: PackageServer;
  /** Where the window refreshes its list of agents; it reaches nothing until it is told what to answer. */
  readonly registry: RegistryServer;
  readonly #server: ServerHost;
  readonly #browser: Browser;

  private constructor(
    places: Pick<AgentsWindow, 'scratch' | 'installed'>,
    parts: Pick<AgentsWindow, 'roost' | 'packages' | 'registry'>,
    server: ServerHost,
    browser: Browser,
  ) {
    ({ scratch: this.scratch, installed: this.installed } = places);
    ({ roost: this.roost, packages: this.packages, registry: this.registry } = parts);
    this.#server = server;
    this.#browser = browser;
  }

  static async open(
    hostName: HostName,
    { settings, registry: listed, programs }: AgentsBefore,
    lay: (installed: string) => void,
  ): Promise<AgentsWindow> {
    const scratch = scratchFolder('agents');
    const folder = join(scratch, 'workspace');
    const bin = join(scratch, 'bin');
    const dataFolder = join(scratch, 'server');
    const installed = join(dataFolder, 'data', 'User', 'globalStorage', 'roost.roost', 'agents');
    cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
    mkdirSync(bin);
    for (const name of programs) {
      writeFileSync(join(bin, name), `#!/bin/sh\nexec '${process.execPath}' '${agent}' "$@"\n`);
      chmodSync(join(bin, name), 0o755);
    }
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(installed, 'registry.json'), JSON.stringify({ agents: listed }));
    lay(installed);
    const packages = await PackageServer.start(join(scratch, 'packed'), ['1.0.0', '1.1.0']);
    const registry = await RegistryServer.start();
    const browser = await launchBrowser(say);
    const server = await startServerHost({
      host: await installHost(hostName, say),
      dataFolder,
      vsix: await freshVsix(say),
      // The oldest host shows a test no dialog.
      testDriver: false,
      settings: { 'roost.agents': settings(scratch), 'roost.registry.url': registry.url },
      env: {
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
        // A shell that cannot be asked: the PATH above is the user's.
        SHELL: '/bin/true',
        npm_config_registry: packages.url,
        npm_config_cache: join(scratch, 'cache'),
      },
    });
    const { page } = await openWorkbench(browser, server, folder);
    const roost = new RoostWindow(page);
    await roost.openSideBar();
    return new AgentsWindow({ scratch, installed }, { roost, packages, registry }, server, browser);
  }

  /** Ends it with all that it stands on. */
  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.dispose();
    await this.packages[Symbol.asyncDispose]();
    await this.registry[Symbol.asyncDispose]();
    rmSync(this.scratch, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The command lines of everything below the server. */
  commands(): string[] {
    return descendantsOf(this.#server.pid).map(({ command }) => command);
  }

  /** A row of whatever list is open. */
  choice(text: string | RegExp): Locator {
    return this.roost.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: text })
      .first();
  }

  /** A row of the list of agents by its whole name, and by what stands beside that. */
  row(name: string, beside?: RegExp): Locator {
    const { page } = this.roost;
    const row = page
      .locator('.quick-input-widget')
      .filter({ has: page.locator('.quick-input-title', { hasText: 'New Session With' }) })
      .locator('.monaco-list-row', {
        has: page.locator('.label-name', { hasText: new RegExp(`^\\s*${name}$`) }),
      });
    return beside === undefined
      ? row
      : row.filter({ has: page.locator('.label-description', { hasText: beside }) });
  }

  /** A row of the open list of agents, found as a person finds it: the list is longer than what it shows. */
  async find(name: string, beside?: RegExp): Promise<Locator> {
    await this.roost.page.locator('.quick-input-widget input[type="text"]').fill(name);
    return this.row(name, beside);
  }

  /** Chooses from the list of agents, found as a person finds it: the list is longer than what it shows. */
  async newSession(name: string, beside?: RegExp): Promise<void> {
    const input = this.roost.page.locator('.quick-input-widget input[type="text"]');
    await this.roost.commandDoing('Roost: New Session With…', async (patience) => {
      await this.row('Workspace').waitFor(patience);
      await input.fill(name, patience);
      await this.row(name, beside).click(patience);
    });
  }

  /**
   * Leaves the list without a choice, and waits for it to be gone: what opens next is the same widget. The key closes one thing
   * at a time, and notifications before the list.
   */
  async leaveList(): Promise<void> {
    const { page } = this.roost;
    const deadline = Date.now() + 120_000;
    for (;;) {
      await page.keyboard.press('Escape');
      try {
        await page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: 2000 });
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  /** Text of the conversation; what a screen reader is told of it stands elsewhere. */
  said(text: string | RegExp): Locator {
    return this.roost.panel.getByRole('log').getByText(text);
  }
}

/** Opens a window before the tests of the block it is called in, hands it out, and ends it after them. */
export function inAgentsWindow(
  hostName: HostName,
  before: AgentsBefore,
  lay: (installed: string) => void,
  opened: (window: AgentsWindow) => void,
): void {
  let window: AgentsWindow | undefined;

  beforeAll(async () => {
    window = await AgentsWindow.open(hostName, before, lay);
    opened(window);
  });

  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    await window?.roost.picture(`failed-agents-${hostName}-${task.name.slice(0, 20)}`);
  });

  afterAll(() => window?.close());
}

/** An agent that was installed in some window before. */
export interface LaidAgent {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** How it is started, besides its name. */
  readonly flags?: readonly string[];
  /** Without the receipt, which an installation writes last. */
  readonly half?: boolean;
}

/** Lays an agent into the folder of the installed ones. */
export function layAgent(installed: string, { flags = [], half, ...laid }: LaidAgent): void {
  const { id, name, version } = laid;
  const home = join(installed, id);
  cpSync(agent, join(home, version, 'agent.mjs'));
  if (half === true) return;
  const args = ['--name', name, ...flags];
  const program = { program: `${version}/agent.mjs`, runBy: 'node', args };
  const receipt = { format: 1, ...laid, ...program, env: {}, installedAt: '' };
  writeFileSync(join(home, 'agent.json'), JSON.stringify(receipt));
}
