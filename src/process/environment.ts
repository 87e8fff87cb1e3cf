// The environment children get: the user's own, as their login shell has it, without what the editor put there.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import * as z from 'zod/mini';
import type { Clock } from '../session/clock.ts';
import type { Logger } from '../session/ports.ts';
import { markerName } from './ownerMarker.ts';

/** Names and values. */
export type Environment = Readonly<Record<string, string>>;

/** What {@link UserEnvironment} is given. */
export interface UserEnvironmentOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  /** This process's own environment. */
  readonly base: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  /** How long the shell may take; rc files can be slow, or wait for somebody. */
  readonly deadlineMs?: number;
  /** Told of the shell's process while it runs, so that it is ended when this process dies. */
  readonly onShell?: (pid: number) => { dispose(): void };
}

/** As long as the editor itself gives the shell. */
const defaultDeadlineMs = 10_000;

/** Between being told that the terminal is gone and being killed: time for what an rc file runs to give back its locks. */
const farewellMs = 2000;

/** More than any environment; a shell that prints without end is not listened to. */
const mostOutput = 4 * 1024 * 1024;

/** The user's environment, found out once. */
export class UserEnvironment {
  readonly #options: UserEnvironmentOptions;
  #found: Promise<Environment> | undefined;
  #source = 'not asked yet';

  constructor(options: UserEnvironmentOptions) {
    this.#options = options;
  }

  /** Where the environment came from, in words for a person. */
  get source(): string {
    return this.#source;
  }

  /** The environment. Never rejects: without the shell's answer it is this process's own. */
  get(): Promise<Environment> {
    this.#found ??= this.#find();
    return this.#found;
  }

  async #find(): Promise<Environment> {
    const { base, logger, platform = process.platform } = this.#options;
    const own = clean(definedOnly(base));
    const shell = base['SHELL'] ?? userShell();
    const command = shellCommand(shell);
    if (
      platform === 'win32' ||
      base['VSCODE_CLI'] === '1' ||
      base['VSCODE_RESOLVING_ENVIRONMENT']
    ) {
      // Windows has one environment for all; an editor started from a terminal has the terminal's.
      this.#source = 'this process';
      return own;
    }
    if (command === undefined) {
      this.#source = `this process; the shell "${shell}" is not one that can be asked`;
      logger.warn(`The environment is ${this.#source}.`);
      return own;
    }
    const answer = await askShell({ shell, ...command }, this.#options);
    if ('failed' in answer) {
      this.#source = `this process; ${shell} could not be asked: ${answer.failed}`;
      logger.warn(`The environment is ${this.#source}. Agents may miss entries of your PATH.`);
      return own;
    }
    this.#source = `login shell ${shell}`;
    return clean(answer.environment);
  }
}

/**
 * A child's environment: the user's, with what the agent's definition adds, and our marker, which
 * neither of them may set.
 */
export function childEnvironment(
  user: Environment,
  added: Environment,
  marker: string,
  platform: NodeJS.Platform = process.platform,
): Environment {
  const merged: Record<string, string> = {};
  const names = new Map<string, string>();
  for (const [name, value] of [...Object.entries(user), ...Object.entries(added)]) {
    // Windows ignores case in names: `PATH` of a setting replaces the system's `Path`.
    const key = platform === 'win32' ? name.toUpperCase() : name;
    const actual = names.get(key) ?? name;
    names.set(key, actual);
    merged[actual] = value;
  }
  merged[markerName] = marker;
  return merged;
}

/**
 * Variables the editor sets for itself: an Electron started by an agent would be a bare Node, and Node
 * programs of the editor would take themselves for part of it.
 */
const internal = /^(?:ELECTRON_.+|VSCODE_(?!PORTABLE$).+|ROOST_OWNER)$/;

/** What a shell says about itself rather than about the user. */
const transient = new Set(['_', 'SHLVL', 'PWD', 'OLDPWD']);

function clean(environment: Environment): Environment {
  const kept = Object.entries(environment).filter(
    ([name]) => !internal.test(name) && !transient.has(name),
  );
  return Object.fromEntries(kept);
}

function definedOnly(environment: NodeJS.ProcessEnv): Environment {
  const kept = Object.entries(environment).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept.map(([name, value]) => [name, value ?? '']));
}

function userShell(): string {
  try {
    return userInfo().shell ?? '/bin/sh';
  } catch {
    // No entry for this user, as in some containers.
    return '/bin/sh';
  }
}

interface ShellCommand {
  readonly args: readonly string[];
  /** How this shell runs a quoted program. */
  readonly call: (program: string, script: string) => string;
}

const posixCall = (program: string, script: string): string =>
  `'${program.replaceAll("'", String.raw`'\''`)}' -p '${script}'`;

/** How a shell is asked, interactive and as a login shell: both kinds of rc files set the PATH. */
function shellCommand(shell: string): ShellCommand | undefined {
  const name = basename(shell);
  if (/^(?:bash|zsh|fish|sh|dash|ksh|ash)$/.test(name)) {
    return { args: ['-i', '-l', '-c'], call: posixCall };
  }
  if (/^t?csh$/.test(name)) return { args: ['-ic'], call: posixCall };
  if (name === 'nu') {
    return {
      args: ['-i', '-l', '-c'],
      call: (program, script) => `^${posixCall(program, script)}`,
    };
  }
  if (name.startsWith('pwsh')) {
    const call = (program: string, script: string): string =>
      `& '${program.replaceAll("'", "''")}' -p '${script.replaceAll('"', String.raw`\"`)}'`;
    return { args: ['-Login', '-Command'], call };
  }
  return undefined;
}

const environmentSchema = z.record(z.string(), z.string());

/** Runs the shell once, in a group of its own, and reads the environment between two separators. */
async function askShell(
  how: ShellCommand & { readonly shell: string },
  options: UserEnvironmentOptions,
): Promise<{ readonly environment: Environment } | { readonly failed: string }> {
  const { base, clock, deadlineMs = defaultDeadlineMs } = options;
  // Rc files print greetings; only what stands between the separators is the answer.
  const mark = randomUUID().replaceAll('-', '');
  const script = `"${mark}"+JSON.stringify(process.env)+"${mark}"`;
  const { promise, resolve } = Promise.withResolvers<string | { readonly failed: string }>();
  // No marker in its environment: an ssh-agent that an rc file starts is the user's and outlives us.
  const child = spawn(how.shell, [...how.args, how.call(process.execPath, script)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: '/',
    env: { ...base, ELECTRON_RUN_AS_NODE: '1', VSCODE_RESOLVING_ENVIRONMENT: '1' },
  });
  const watch = child.pid === undefined ? undefined : options.onShell?.(child.pid);
  const timer = clock.after(deadlineMs, () => {
    resolve({ failed: `no answer within ${deadlineMs / 1000} s` });
    // As when a person closes the terminal. Killed at once, a version manager's lock would stay behind,
    // and every shell that the user opens later would wait for it.
    signalGroup(child, 'SIGHUP');
    // The shell is the first to go; what it ran may stay. A group's number is nobody else's while it has a
    // member, and numbers do not come round within this time.
    clock.after(farewellMs, () => {
      signalGroup(child, 'SIGKILL');
    });
  });
  // An answer does not end the shell: what its rc files started in the background is the user's.
  child.on('exit', () => {
    timer.dispose();
    watch?.dispose();
  });
  let output = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (piece: string) => {
    output += piece;
    const parts = output.split(mark);
    if (parts.length >= 3) resolve(parts[1] ?? '');
    else if (output.length > mostOutput) resolve({ failed: 'it printed too much' });
  });
  child.stdout.on('error', () => undefined);
  child.on('error', (error) => {
    timer.dispose();
    resolve({ failed: error.message });
  });
  child.on('close', (code, signal) => {
    resolve({ failed: `it ended with ${signal ?? `exit code ${String(code)}`}` });
  });
  const answer = await promise;
  child.stdout.destroy();
  if (typeof answer !== 'string') return answer;
  const parsed = environmentSchema.safeParse(parseJson(answer));
  return parsed.success
    ? { environment: parsed.data }
    : { failed: 'its answer was not understood' };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It has just ended by itself.
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
