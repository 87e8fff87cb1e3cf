// Roost in the desktop VS Code that the user has installed, with settings and extensions apart from the user's own.
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { endLeftovers } from './leftovers.ts';
import { cacheFolder, newRunMark } from './paths.ts';
import { MissingError, type Report } from './pinned.ts';
import { markedProcesses, signal, waitForEnd } from './processes.ts';

/**
 * Installs the package, opens the folder in a new window and resolves when that window is closed or `stop` resolves; in the latter
 * case the window is closed first (on Windows it stays).
 */
export async function runDesktop(
  vsix: string,
  folder: string,
  stop: Promise<void>,
  report: Report,
): Promise<void> {
  const apart = [
    `--user-data-dir=${join(cacheFolder, 'desktop', 'user')}`,
    `--extensions-dir=${join(cacheFolder, 'desktop', 'extensions')}`,
  ];
  const shell = process.platform === 'win32';
  const quoted = (args: string[]): string[] => (shell ? args.map((arg) => `"${arg}"`) : args);
  try {
    const install = [...apart, '--install-extension', vsix, '--force'];
    execFileSync('code', quoted(install), { shell, stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (error) {
    throw new MissingError(
      'The command `code` of desktop VS Code is needed: install VS Code, and in it run ' +
        `"Shell Command: Install 'code' command in PATH". (${String(error)})`,
    );
  }
  const opening = [...apart, '--new-window', '--wait', '--skip-welcome', folder];
  const mark = newRunMark();
  const window = spawn('code', quoted(opening), {
    shell,
    stdio: 'ignore',
    env: { ...process.env, ...mark.env },
  });
  const closed = new Promise<void>((resolve) => {
    window.once('error', () => {
      resolve();
    });
    window.once('exit', () => {
      resolve();
    });
  });
  report('Roost runs in a VS Code window of its own. Closing it, or Ctrl-C here, ends it.');
  await Promise.race([closed, stop]);
  // The command only waits; the window belongs to a process that it has left to itself.
  const running = markedProcesses(mark.id);
  for (const one of running) {
    signal(one.pid, 'SIGTERM');
  }
  window.kill('SIGTERM');
  await waitForEnd(running, farewellMs);
  for (const line of await endLeftovers(mark)) {
    report(line);
  }
  await closed;
}

/** Time for the window to end its extensions and itself. */
const farewellMs = 10_000;
