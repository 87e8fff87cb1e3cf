// `npm run bench:peers -- --vsix DIR`: Roost and the clients whose VSIX files lie in a folder, on the same work in the same host; writes docs/comparison.md.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cpus } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import * as z from 'zod';
import { launchBrowser } from '../../launch/browser.ts';
import { installHost, type InstalledHost } from '../../launch/hosts.ts';
import { interrupted, watchInterrupts } from '../../launch/interrupt.ts';
import { endLeftovers } from '../../launch/leftovers.ts';
import { newRunMark, root, scratchFolder, type RunMark } from '../../launch/paths.ts';
import { installVsix, startServerHost, type ServerHost } from '../../launch/serverHost.ts';
import { freshVsix } from '../../launch/vsix.ts';
import { median } from '../benchRow.ts';
import { agent, sdk } from '../sdkClient.ts';
import { withComparison, type Measured } from './comparisonPage.ts';
import { DriverSocket } from './driver.ts';
import { peers, type Peer } from './peers.ts';
import { measureRound, warmUp, type RoundFigures, type RoundPlace } from './round.ts';

const page = join(root, 'docs', 'comparison.md');

const { values: options } = parseArgs({
  options: {
    /** A folder of VSIX files; what `NAME.txt` says beside `NAME.vsix` stands in the page as its origin. */
    vsix: { type: 'string' },
    /** Rounds that count, after one that fills caches. */
    rounds: { type: 'string', default: '3' },
    /** Only clients whose id holds this; the page is then left alone. */
    only: { type: 'string', default: '' },
  },
});

const manifestSchema = z.object({ name: z.string(), publisher: z.string(), version: z.string() });

/** A client that is installed on a server of its own. */
interface Candidate {
  readonly id: string;
  readonly peer: Peer;
  readonly version: string;
  readonly origin: string;
  readonly vsix: string;
  readonly folder: string;
  readonly log: string;
  readonly mark: RunMark;
  server?: ServerHost;
  drivers?: DriverSocket;
  readonly rounds: RoundFigures[];
  failure?: string;
}

const say = (line: string): void => {
  console.error(line);
};

watchInterrupts();
const scratch = scratchFolder('bench-peers');
const host = await installHost('newest', say);
const candidates: Candidate[] = [];
try {
  const driver = await bundleDriver();
  candidates.push(...(await install(host)));
  const browser = await launchBrowser(say);
  try {
    for (const one of candidates) await startServer(one);
    for (let round = 0; round <= Number(options.rounds); round += 1) {
      // Each round begins with another one, so that nobody always comes first.
      const turn = round % candidates.length;
      for (const one of [...candidates.slice(turn), ...candidates.slice(0, turn)]) {
        await takeRound(one, { round, browser, driver });
      }
    }
  } finally {
    await browser.close();
    for (const one of candidates) await one.server?.dispose();
    for (const one of candidates) await one.drivers?.[Symbol.asyncDispose]();
  }
  if (interrupted()) process.exitCode = 1;
  else await report();
} finally {
  for (const one of candidates) for (const line of await endLeftovers(one.mark)) say(line);
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}

/** Builds the driver extension and returns its folder. */
async function bundleDriver(): Promise<string> {
  const source = join(root, 'test/fixtures/extensions/driver');
  const folder = join(scratch, 'driver');
  await build({
    entryPoints: [join(source, 'extension.ts')],
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'warning',
  });
  cpSync(join(source, 'package.json'), join(folder, 'package.json'));
  return folder;
}

/** Installs Roost and every VSIX of the folder, each into a data folder of its own. */
async function install(into: InstalledHost): Promise<Candidate[]> {
  const given = options.vsix;
  const files =
    given === undefined ? [] : readdirSync(given).filter((name) => name.endsWith('.vsix'));
  const all = [
    { vsix: await freshVsix(say), origin: 'built from this checkout' },
    ...files.map((name) => {
      const vsix = join(given ?? '', name);
      const note = vsix.replace(/vsix$/, 'txt');
      const origin = existsSync(note) ? readFileSync(note, 'utf8').trim() : 'as it was given';
      return { vsix, origin };
    }),
  ];
  const found: Candidate[] = [];
  for (const [index, { vsix, origin }] of all.entries()) {
    const folder = join(scratch, String(index));
    mkdirSync(folder);
    await installVsix(into, folder, vsix);
    const { publisher, name, version } = manifestIn(join(folder, 'extensions'));
    const id = `${publisher}.${name}`;
    const peer = peers[id];
    if (peer === undefined) throw new Error(`test/bench/peers/peers.ts does not know ${id}`);
    if (index > 0 && !id.includes(options.only)) continue;
    const log = join(folder, 'agents.jsonl');
    found.push({ id, peer, version, origin, vsix, folder, log, mark: newRunMark(), rounds: [] });
  }
  return found;
}

function manifestIn(extensions: string): z.output<typeof manifestSchema> {
  const [folder] = readdirSync(extensions, { withFileTypes: true }).filter((one) =>
    one.isDirectory(),
  );
  const file = join(extensions, folder?.name ?? '', 'package.json');
  return manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

async function startServer(one: Candidate): Promise<void> {
  const launch = {
    command: process.execPath,
    args: [agent, '--children', '1', '--log', one.log],
  };
  const programs = one.peer.program?.(launch, join(one.folder, 'programs'));
  if (programs !== undefined) {
    // The editor takes the PATH of its extensions from the user's login shell.
    mkdirSync(join(one.folder, 'home'), { recursive: true });
    writeFileSync(join(one.folder, 'home', '.profile'), `export PATH='${programs}':"$PATH"\n`);
  }
  const socket = join(one.folder, 'driver.sock');
  one.drivers = await DriverSocket.listen(socket);
  one.server = await startServerHost({
    host,
    dataFolder: one.folder,
    settings: one.peer.settings(launch),
    env: {
      ...one.mark.env,
      ROOST_DRIVER_SOCKET: socket,
      ...(programs === undefined
        ? {}
        : { PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` }),
    },
  });
}

/** The first round is not counted; a client that fails is not asked again. */
async function takeRound(
  one: Candidate,
  { round, browser, driver }: { round: number; browser: Browser; driver: string },
): Promise<void> {
  const { id, peer, server, drivers, folder, log, mark } = one;
  if (interrupted() || one.failure !== undefined) return;
  if (server === undefined || drivers === undefined) return;
  const workspace = join(folder, `workspace-${round}`);
  cpSync(join(root, 'test/fixtures/workspace'), workspace, { recursive: true });
  try {
    const place: RoundPlace = {
      ...{ browser, server, drivers, driver, workspace, log },
      editor: host.folder,
      extensions: join(folder, 'extensions'),
      mark: mark.id,
    };
    if (round === 0) {
      await warmUp(id, peer, place);
      return;
    }
    const figures = await measureRound(id, peer, place);
    say(`${id}, round ${round}: ${JSON.stringify(figures)}`);
    one.rounds.push(figures);
  } catch (error) {
    say(`${id}, round ${round}: ${String(error)}`);
    const [line = ''] = String(error).split('\n');
    one.failure = `Could not be measured to the end: ${line}.`;
  }
}

async function report(): Promise<void> {
  const clients = candidates.map(({ peer, version, origin, vsix, rounds, failure }): Measured => ({
    displayName: peer.displayName,
    repository: peer.repository,
    version,
    origin,
    sizeBytes: statSync(vsix).size,
    rounds,
    ...(peer.remark === undefined ? {} : { remark: peer.remark }),
    ...(failure === undefined ? {} : { failure }),
  }));
  const [processor] = cpus();
  const text = withComparison(readFileSync(page, 'utf8'), clients, {
    day: new Date().toISOString().slice(0, 10),
    editor: `VS Code ${host.version} (server host)`,
    machine: `${process.platform}, ${cpus().length} × ${processor?.model ?? 'unknown'}, Node ${process.version}`,
    bareConnectMs: await bareConnect(),
  });
  console.log(text);
  if (options.only === '') writeFileSync(page, text);
}

/** The same agent begun by the protocol's own client. */
async function bareConnect(): Promise<number> {
  const times: number[] = [];
  for (let start = 0; start < 6; start += 1) {
    const began = performance.now();
    const ready = await sdk(() => undefined);
    times.push(performance.now() - began);
    await ready.end();
  }
  return median(times.slice(1));
}
