// What npm and Node are asked for an agent: to install its package into a folder, and how old they are.
import { homedir } from 'node:os';
import type { InstallOptions } from '../session/agentOffers.ts';
import { SessionError } from '../session/errors.ts';
import type { Logger } from '../session/ports.ts';
import type { RunProgram } from '../session/programs.ts';
import { noteOn } from './knownAgents.ts';
import { compareVersions, type NpmPackage, type RegistryAgent } from './registry.ts';

/** Large packages over slow lines; after that something hangs. */
const installDeadlineMs = 20 * 60_000;

const nodeDeadlineMs = 10_000;

/** How much of npm's last words a message quotes. */
const quotedLength = 400;

/** What is installed, for which agent and where. */
export interface PackageRequest extends InstallOptions {
  readonly agent: RegistryAgent;
  readonly wanted: NpmPackage;
  /** Absolute; npm's own files go there. */
  readonly folder: string;
}

/** Whether npm got to its end; `false` when it was cancelled. @throws SessionError `installFailed` */
export async function installPackage(
  { logger, run }: { readonly logger: Logger; readonly run: RunProgram },
  { agent, wanted, folder, signal, onFetched }: PackageRequest,
): Promise<boolean> {
  let fetched = 0;
  const end = await run({
    label: `install-${agent.id}`,
    command: 'npm',
    args: [
      'install',
      `${wanted.name}@${wanted.version}`,
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
      '--loglevel=http',
    ],
    cwd: folder,
    env: { npm_config_update_notifier: 'false', npm_config_progress: 'false' },
    signal,
    deadlineMs: installDeadlineMs,
    onLine: (line) => {
      logger.info(`${agent.id}: ${line}`);
      if (!line.startsWith('npm http fetch')) return;
      fetched += 1;
      onFetched?.(fetched);
    },
  });
  switch (end.kind) {
    case 'cancelled':
      return false;
    case 'late':
      throw installFailed(`${agent.name} could not be installed: npm did not end.`, {
        hint: 'Run "Roost: Show Log" to see how far it got.',
      });
    case 'notStarted':
      throw installFailed(`${agent.name} could not be installed: ${end.message}`, {
        hint: 'npm comes with Node. Install Node, and reload the window so that your new PATH is read.',
        details: { command: 'npm', cause: end.code },
      });
    case 'ended': {
      if (end.exitCode === 0) return true;
      const how = end.signal === null ? `exit code ${end.exitCode ?? '?'}` : `signal ${end.signal}`;
      const words = end.tail.trim().slice(-quotedLength);
      throw installFailed(
        `${agent.name} could not be installed: npm ended with ${how}. ${words}`.trim(),
        {
          hint: 'Nothing was changed. Run "Roost: Show Log" for everything that npm said.',
          details: {
            command: 'npm',
            exitCode: end.exitCode,
            signal: end.signal,
            stderrTail: end.tail,
          },
        },
      );
    }
  }
}

/** Why the user's Node may be too old for an agent, in words; `undefined` when it is not. */
export async function nodeProblem(
  run: RunProgram,
  agent: RegistryAgent,
): Promise<string | undefined> {
  const wanted = noteOn(agent.id)?.minNode;
  if (wanted === undefined) return undefined;
  let version = '';
  const end = await run({
    label: 'node-version',
    command: 'node',
    args: ['--version'],
    cwd: homedir(),
    deadlineMs: nodeDeadlineMs,
    onLine: (line) => {
      version ||= line.trim();
    },
  });
  if (end.kind === 'notStarted')
    return `${agent.name} needs Node ${wanted}, and there is none on your PATH.`;
  if (end.kind !== 'ended' || !/^v\d/.test(version)) return undefined;
  if (compareVersions(version, wanted) >= 0) return undefined;
  return `${agent.name} needs Node ${wanted}, and the one on your PATH is ${version.slice(1)}.`;
}

/** An installation that did not get to its end. */
export function installFailed(
  message: string,
  more: ConstructorParameters<typeof SessionError>[2],
): SessionError {
  return new SessionError('installFailed', message, more);
}
