// `npm start`: Roost, freshly built, in a VS Code of its own, on a sample workspace or a folder of yours.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runDesktop } from './desktop.ts';
import { installHost } from './hosts.ts';
import { endLeftovers } from './leftovers.ts';
import { openInBrowser } from './openInBrowser.ts';
import { cacheFolder, newRunMark, root } from './paths.ts';
import { MissingError } from './pinned.ts';
import { installVsix, startServerHost, type ServerHost } from './serverHost.ts';
import { freshVsix, vsixHash } from './vsix.ts';

const usage = `npm start                      Roost on a sample workspace, in your browser
npm start -- --folder DIR      on a folder of yours
npm start -- --desktop         in the VS Code that is installed here
npm start -- --no-open         only prints the address`;

const { values } = options();

const say = (line: string): void => {
  console.log(line);
};

/** Resolves when the user wants to stop: Ctrl-C, a polite kill, or a closed terminal. */
const stop = new Promise<void>((resolve) => {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, resolve);
  }
});

try {
  if (values.desktop === true) {
    await runDesktop(await freshVsix(say), folder(), stop, say);
  } else {
    await serve();
  }
} catch (error) {
  console.error(error instanceof MissingError ? error.message : error);
  process.exitCode = 1;
}

/** What was asked for; a word that is none of these ends the program with all that are. */
function options(): {
  values: { folder?: string | undefined; desktop?: boolean; 'no-open'?: boolean };
} {
  try {
    return parseArgs({
      options: {
        folder: { type: 'string' },
        desktop: { type: 'boolean' },
        'no-open': { type: 'boolean' },
      },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(1);
  }
}

/** The user's own folder, or a copy of the sample that may be changed at will. */
function folder(): string {
  if (values.folder !== undefined) {
    const own = resolve(process.env['INIT_CWD'] ?? '.', values.folder);
    if (!existsSync(own)) {
      throw new MissingError(`There is no folder ${own}.`);
    }
    return own;
  }
  // Kept, like the sessions: they belong to a folder, and a second start finds both as the first one left them.
  const sample = join(cacheFolder, 'start', 'sample');
  if (!existsSync(sample)) {
    cpSync(join(root, 'test', 'fixtures', 'workspace'), sample, { recursive: true });
  }
  return sample;
}

async function serve(): Promise<void> {
  const mark = newRunMark();
  const opened = folder();
  const vsix = await freshVsix(say);
  const host = await installHost('newest', say);
  // The browser's memory belongs to a port: with the same one, a second start finds what the first one left.
  const dataFolder = join(cacheFolder, 'start');
  mkdirSync(dataFolder, { recursive: true });
  const installed = join(dataFolder, 'vsix.stamp');
  if (read(installed) !== vsixHash()) {
    await installVsix(host, dataFolder, vsix);
    writeFileSync(installed, vsixHash());
  }
  const port = join(dataFolder, 'port');
  const options = {
    host,
    dataFolder,
    env: mark.env,
    // A person tries it as themselves: their agents, their keys, their models.
    home: 'user' as const,
    testDriver: false,
    // Our own sample needs no question; somebody's folder does.
    workspaceTrust: values.folder !== undefined,
    detached: true,
  };
  const server: ServerHost = await startServerHost({
    ...options,
    port: Number(read(port) ?? 0),
  }).catch(() => startServerHost(options));
  try {
    writeFileSync(port, String(server.port));
    const url = server.urlOf(opened);
    say(`\nVS Code ${host.version} with Roost: ${url}\nCtrl-C ends it.\n`);
    if (values['no-open'] !== true) {
      openInBrowser(url);
    }
    await Promise.race([stop, server.ended]);
    say('Stopping …');
  } finally {
    await server.dispose();
    for (const line of await endLeftovers(mark)) {
      console.error(line);
    }
  }
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
