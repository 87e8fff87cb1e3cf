// An extension beside Roost that a test outside the window drives over loopback: it passes calls on to Roost's API.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RoostApi } from '../../src/api.ts';

/** What can be called. */
type Called = 'createSession' | 'sendPrompt' | 'terminateSession';

const manifest = {
  name: 'driver',
  publisher: 'test',
  version: '0.0.1',
  engines: { vscode: '^1.103.0' },
  activationEvents: ['onStartupFinished'],
  main: './main.cjs',
};

/** The port is written to a file beside the program, whole or not at all. */
const program = `
  const { renameSync, writeFileSync } = require('node:fs');
  const { createServer } = require('node:http');
  const { join } = require('node:path');
  const { json } = require('node:stream/consumers');
  const vscode = require('vscode');
  exports.activate = async (context) => {
    const roost = await vscode.extensions.getExtension('roost.roost').activate();
    const server = createServer(async (request, response) => {
      try {
        const result = await roost[request.url.slice(1)](...(await json(request)));
        response.end(JSON.stringify({ result }));
      } catch (error) {
        response.end(JSON.stringify({ error: String(error) }));
      }
    });
    server.listen(0, '127.0.0.1', () => {
      const file = join(__dirname, 'port');
      writeFileSync(file + '.new', String(server.address().port));
      renameSync(file + '.new', file);
    });
    context.subscriptions.push({ dispose: () => server.close() });
  };
`;

/** A window on a busy machine takes its time to start its extensions. */
const patienceMs = 120_000;
const lookEveryMs = 50;

/** The driver, and the way to it. */
export class HostDriver {
  /** The extension's folder. */
  readonly folder: string;
  readonly #portFile: string;

  /** Lays the extension into a folder. */
  constructor(folder: string) {
    this.folder = folder;
    this.#portFile = join(folder, 'port');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, 'main.cjs'), program);
  }

  /** To be called before the window's extensions end: the next call waits for those of the next window. */
  forget(): void {
    rmSync(this.#portFile, { force: true });
  }

  /** Calls Roost in the window that has the driver; waits for that window. @throws what Roost threw, as text */
  async call<Name extends Called>(
    name: Name,
    ...args: Parameters<RoostApi[Name]>
  ): Promise<Awaited<ReturnType<RoostApi[Name]>>> {
    const url = `http://127.0.0.1:${await this.#port()}/${name}`;
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(args) });
    // Written by the program above from what the API returned.
    const answer = (await response.json()) as {
      readonly result: Awaited<ReturnType<RoostApi[Name]>>;
      readonly error?: string;
    };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.result;
  }

  async #port(): Promise<string> {
    const until = performance.now() + patienceMs;
    while (!existsSync(this.#portFile)) {
      if (performance.now() > until) throw new Error('No window with the driver has come up.');
      await pause(lookEveryMs);
    }
    return readFileSync(this.#portFile, 'utf8');
  }
}
