// Activation in a window that has settled: an extension that is installed into it loads while no other does.
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { InstalledHost } from '../launch/hosts.ts';
import { startServerHost, type ServerHost } from '../launch/serverHost.ts';
import { workbenchReady } from '../launch/workbench.ts';
import { median, type BenchRow } from './benchRow.ts';
import { DriverSocket } from './peers/driver.ts';
import { activationTimes } from './runningExtensions.ts';

const windows = 5;

/** Where the windows are opened, and what is installed in them. */
export interface Place {
  readonly browser: Browser;
  readonly host: InstalledHost;
  readonly scratch: string;
  readonly folder: string;
  readonly vsix: string;
  /** An extension that does nothing. */
  readonly nothing: string;
  /** Folder of the extension that installs others in its window. */
  readonly driver: string;
  /** What Roost's log says of a server's window. */
  readonly own: (server: ServerHost) => number;
}

interface Times {
  readonly roost: number;
  readonly nothing: number;
  /** How long Roost itself held the thread. */
  readonly own: number;
}

/** Each time in a server of its own: what was active before would be activated again only with all others. */
export async function aloneRows(place: Place): Promise<BenchRow[]> {
  const times: Times[] = [];
  for (let count = 0; count < windows; count += 1) times.push(await inSettledWindow(place, count));
  const middle = (name: keyof Times): number => median(times.map((one) => one[name]));
  const all = (name: keyof Times): string => times.map((one) => one[name]).join(', ');
  return [
    {
      name: 'activation in the host, in a window that has settled',
      value: middle('roost'),
      unit: 'ms',
      baseline: middle('nothing'),
      ratio: middle('roost') / middle('nothing'),
      aim: '<= 30 ms',
      note: `${all('roost')}; baseline: an extension that does nothing, ${all('nothing')}`,
    },
    {
      name: 'its own time until its API is there, in such a window',
      value: middle('own'),
      unit: 'ms',
      aim: '<= 30 ms',
      note: `${all('own')}; loading and opening, in turns of their own`,
    },
  ];
}

async function inSettledWindow(place: Place, count: number): Promise<Times> {
  const { browser, host, scratch, folder, vsix, nothing, own } = place;
  const dataFolder = join(scratch, `settled-${count}`);
  const socket = join(scratch, `socket-${count}`);
  await using drivers = await DriverSocket.listen(socket);
  const env = { ROOST_DRIVER_SOCKET: socket };
  const server = await startServerHost({ host, dataFolder, env });
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const payload = [['extensionDevelopmentPath', server.uriOf(place.driver)]] as const;
    await page.goto(server.urlOf(folder, payload));
    await workbenchReady(page);
    const driver = await drivers.next();
    // The one of the editor's own that takes longest.
    await activationTimes(page, ['Git']);
    await driver.install(nothing);
    const { Nothing: base } = await activationTimes(page, ['Nothing']);
    await driver.install(vsix);
    const { Roost: roost } = await activationTimes(page, ['Roost']);
    return { roost, nothing: base, own: own(server) };
  } finally {
    await context.close();
    await server.dispose();
  }
}
