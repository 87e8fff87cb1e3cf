// Roost in the desktop VS Code that the user has installed, with settings and extensions apart from the user's own.
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { cacheFolder } from './paths.ts';
import { MissingError, type Report } from './pinned.ts';

/** Installs the package, opens the folder in a new window and resolves when that window is closed or `stop` resolves. */
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
  const window = spawn('code', quoted(opening), { shell, stdio: 'ignore' });
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
  window.kill('SIGTERM');
  await closed;
}
