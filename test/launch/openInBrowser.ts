// Shows an address in the user's own browser, where there is a screen to show it on.
import { spawn } from 'node:child_process';
import { hasDisplay } from './display.ts';

/** Asks the system to open the address. That it cannot is no error: the address has been printed. */
export function openInBrowser(url: string): void {
  if (!hasDisplay() || process.env['CI'] !== undefined) {
    return;
  }
  const [command, ...args] = {
    darwin: ['open', url],
    win32: ['rundll32', 'url.dll,FileProtocolHandler', url],
    linux: ['xdg-open', url],
  }[process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux'];
  if (command === undefined) {
    return;
  }
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.once('error', () => undefined);
  child.unref();
}
