// A ProcessHost for tests, in the test's own process, with the guard's program as it is built for the extension.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { ProcessHost, type ProcessHostOptions } from '../../../src/process/processHost.ts';
import { systemClock } from '../../../src/process/systemClock.ts';
import { buildGuard } from './guardBundle.ts';
import { HostProcess } from './hostProcess.ts';
import { recordingLogger } from './shapes.ts';

/** Hosts for the tests of one file; each is shut down after its test. */
export function useHosts(): {
  readonly folder: () => string;
  readonly guardPath: () => string;
  readonly create: (options?: Partial<ProcessHostOptions>) => ProcessHost;
} {
  let folder = '';
  let guardPath = '';
  const hosts: ProcessHost[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'roost-process-'));
    guardPath = buildGuard(folder);
  });
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.shutdown({ graceMs: 0 })));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder: () => folder,
    guardPath: () => guardPath,
    create: (options) => {
      const host = new ProcessHost({
        logger: recordingLogger(),
        clock: systemClock(),
        guardPath,
        // As if started from a terminal: no test asks the login shell unless it is about that.
        environment: { ...process.env, VSCODE_CLI: '1' },
        ...options,
      });
      hosts.push(host);
      return host;
    },
  };
}

/** Makes stand-ins that do not outlive their test. */
export function useHostProcesses(
  guardPath: () => string,
): (pidNamespace?: 'off' | 'auto', environment?: NodeJS.ProcessEnv) => HostProcess {
  const all: HostProcess[] = [];
  afterEach(async () => {
    for (const host of all) if (host.alive) host.kill('SIGKILL');
    await Promise.all(all.splice(0).map((host) => host.exited));
  });
  return (pidNamespace, environment) => {
    const host = new HostProcess(guardPath(), pidNamespace, environment);
    all.push(host);
    return host;
  };
}
