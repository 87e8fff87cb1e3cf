// A running VS Code server: started on loopback with its own data folder, ended with everything it started itself.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { InstalledHost } from './hosts.ts';
import { scratchFolder } from './paths.ts';
import { descendantsOf, signal, waitForEnd, type RunningProcess } from './processes.ts';

/** How to start a server. */
export interface ServerHostOptions {
  readonly host: InstalledHost;
  /** Where the server keeps settings, storage and extensions. Left in place afterwards; without it, a scratch folder is used and removed. */
  readonly dataFolder?: string;
  /** A port to listen on again, for a restart that the browser should take for the same place. Any free one by default. */
  readonly port?: number;
  /** An extension to install before the start. */
  readonly vsix?: string;
  /** Whether folders are opened untrusted until the user trusts them. Off by default. */
  readonly workspaceTrust?: boolean;
  /** Settings of the machine, over those that keep the window quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /**
   * Whether windows know that they belong to a test: only those load what their address names (`payload`). They also show no
   * toasts and, on the oldest host, no dialogs. On by default; off, a window is what a person has.
   */
  readonly testDriver?: boolean;
  /** Added to the environment of the server and of its extension hosts. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whose home folder the server and its extensions see: one of the server's own, so that no test reads or changes what a person has there, or the person's. */
  readonly home?: 'own' | 'user';
  /** Out of reach of the terminal's Ctrl-C, so that only `dispose` ends it, and in order. Off by default. */
  readonly detached?: boolean;
}

/** A VS Code server that runs. */
export interface ServerHost {
  readonly pid: number;
  readonly port: number;
  readonly dataFolder: string;
  /** The address that shows VS Code with this folder or `.code-workspace` file open. */
  urlOf(folder: string, payload?: readonly (readonly [string, string])[]): string;
  /** How the server names a file to its own window. */
  uriOf(file: string): string;
  /** The processes that run extensions now, one for each window that is open or was left less than the grace time ago. */
  extensionHosts(): RunningProcess[];
  /** What the server printed last, for an error message. */
  tail(): string;
  /** Settles when the server has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Ends the server and its own processes (extension hosts, terminals' host, watchers) and resolves when they have exited. */
  dispose(): Promise<void>;
}

const run = promisify(execFile);

/** Time that an extension host has after its server's end to run its extensions' `deactivate` (VS Code itself gives 5 s). */
const farewellMs = 10_000;

/** Keeps a fresh window free of greetings, updates, experiments and the chat view. */
const quiet = {
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.banner': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

/** Starts a server and resolves when it listens. Throws with its last output when it ends before. */
export async function startServerHost(options: ServerHostOptions): Promise<ServerHost> {
  const dataFolder = options.dataFolder ?? scratchFolder('server');
  const forget = (): void => {
    if (options.dataFolder === undefined) {
      rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 });
    }
  };
  try {
    const token = prepare(dataFolder, options);
    if (options.vsix !== undefined) {
      await installVsix(options.host, dataFolder, options.vsix);
    }
    return await listen(options, dataFolder, token, forget);
  } catch (error) {
    forget();
    throw error;
  }
}

/** Installs an extension into the server's data folder; a running server loads it at the next window. */
export async function installVsix(
  host: InstalledHost,
  dataFolder: string,
  vsix: string,
): Promise<void> {
  await run(
    host.node,
    [serverMain(host), ...common(dataFolder), '--install-extension', vsix, '--force'],
    { cwd: host.folder, env: environment({}) },
  );
}

function serverMain(host: InstalledHost): string {
  return join(host.folder, 'out', 'server-main.js');
}

function common(dataFolder: string): string[] {
  return [
    '--accept-server-license-terms',
    '--server-data-dir',
    dataFolder,
    '--telemetry-level',
    'off',
  ];
}

/** Lays settings and the connection token into the data folder; returns the token. */
function prepare(dataFolder: string, options: ServerHostOptions): string {
  const machine = join(dataFolder, 'data', 'Machine');
  mkdirSync(machine, { recursive: true });
  const settings = { ...quiet, ...options.settings };
  writeFileSync(join(machine, 'settings.json'), JSON.stringify(settings, undefined, 2));
  mkdirSync(homeIn(dataFolder), { recursive: true });
  const token = randomBytes(16).toString('hex');
  writeFileSync(join(dataFolder, 'token'), token, { mode: 0o600 });
  return token;
}

function homeIn(dataFolder: string): string {
  return join(dataFolder, 'home');
}

/** The variables that name a home folder. */
function homeVariables(folder: string): Readonly<Record<string, string>> {
  return process.platform === 'win32' ? { USERPROFILE: folder } : { HOME: folder };
}

/** The environment of a user's own shell: without what npm and a surrounding VS Code put into ours. */
function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|VSCODE_|ELECTRON_|VITEST|NODE_OPTIONS$|NODE_ENV$|INIT_CWD$)/.test(name),
  );
  return { ...Object.fromEntries(own), ...extra };
}

async function listen(
  options: ServerHostOptions,
  dataFolder: string,
  token: string,
  forget: () => void,
): Promise<ServerHost> {
  const home = options.home === 'user' ? {} : homeVariables(homeIn(dataFolder));
  const child = spawn(
    options.host.node,
    [
      serverMain(options.host),
      ...common(dataFolder),
      '--host=127.0.0.1',
      `--port=${options.port ?? 0}`,
      `--connection-token-file=${join(dataFolder, 'token')}`,
      ...(options.testDriver === false ? [] : ['--enable-smoke-test-driver']),
      ...(options.workspaceTrust === true ? [] : ['--disable-workspace-trust']),
    ],
    {
      cwd: options.host.folder,
      env: environment({ ...home, ...options.env }),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: options.detached === true,
    },
  );
  let said = '';
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      said += String(error);
      resolve();
    });
    child.once('exit', () => {
      resolve();
    });
  });
  const port = new Promise<number>((resolve) => {
    const hear = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-20_000);
      const heard = /Extension host agent listening on (\d+)/.exec(said)?.[1];
      if (heard !== undefined) {
        resolve(Number(heard));
      }
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
  });
  const bound = await Promise.race([port, ended]);
  if (bound === undefined || child.pid === undefined) {
    throw new Error(`VS Code server ${options.host.version} ended before it listened.\n${said}`);
  }
  const pid = child.pid;
  const authority = `127.0.0.1:${bound}`;
  return {
    pid,
    port: bound,
    dataFolder,
    urlOf: (folder, payload) => {
      const query = new URLSearchParams({ tkn: token });
      query.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', folder);
      if (payload !== undefined) {
        query.set('payload', JSON.stringify(payload));
      }
      return `http://${authority}/?${query.toString()}`;
    },
    uriOf: (file) => `vscode-remote://${authority}${file}`,
    extensionHosts: () => descendantsOf(pid).filter((one) => isOwn(one, 'extensionHost')),
    tail: () => said,
    ended,
    dispose: async () => {
      await end(child, pid, ended);
      forget();
    },
  };
}

/** Whether a process is one of the server's own helpers, of a certain kind or of any. */
function isOwn(one: RunningProcess, kind = ''): boolean {
  return one.command.includes('bootstrap-fork') && one.command.includes(`--type=${kind}`);
}

/** The helpers notice their server's end and leave by themselves; only those that do not are killed. */
async function end(child: ChildProcess, pid: number, ended: Promise<void>): Promise<void> {
  const own = descendantsOf(pid).filter((one) => isOwn(one));
  child.kill('SIGTERM');
  for (const one of await waitForEnd(own, farewellMs)) {
    signal(one.pid, 'SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
  }
  await ended;
  await waitForEnd(own, farewellMs);
}
