// Which file of an installed package is its program, and what runs it; and which version a program on the PATH is of.
import { open, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import * as z from 'zod/mini';
import type { NpmPackage } from './registry.ts';

/** A program within a folder. */
export interface InstalledProgram {
  /** From the folder, with `/` between. */
  readonly path: string;
  readonly runBy: 'node' | 'system';
}

const manifestSchema = z.looseObject({
  name: z.optional(z.string()),
  version: z.optional(z.string()),
  bin: z.optional(z.union([z.string(), z.record(z.string(), z.string())])),
});

/**
 * The program of a package that npm has installed into a folder; its own file, so that neither `npx`
 * nor a shim stands between Roost and the agent. `undefined` where there is none.
 * @param preferred the name to take where the package has several programs
 */
export async function findProgram(
  folder: string,
  { name, version }: NpmPackage,
  preferred: string | undefined,
): Promise<InstalledProgram | undefined> {
  const home = posix.join('node_modules', name);
  const manifest = await readManifest(join(folder, home));
  if (manifest?.bin === undefined || manifest.version !== version) return undefined;
  const { bin } = manifest;
  const own = name.split('/').at(-1) ?? name;
  const file =
    typeof bin === 'string' ? bin : (bin[preferred ?? ''] ?? bin[own] ?? Object.values(bin)[0]);
  if (file === undefined) return undefined;
  const path = posix.join(home, file);
  if (path.startsWith('..') || !(await isFile(join(folder, path)))) return undefined;
  return { path, runBy: (await isScript(join(folder, path))) ? 'node' : 'system' };
}

/** The version of the npm package that a program belongs to; `undefined` when it belongs to none of that name. */
export async function versionOfProgram(
  program: string,
  packageName: string,
): Promise<string | undefined> {
  let folder: string;
  try {
    folder = dirname(await realpath(program));
  } catch {
    return undefined;
  }
  for (let steps = 0; steps < 6 && dirname(folder) !== folder; steps += 1) {
    const manifest = await readManifest(folder);
    if (manifest?.name === packageName) return manifest.version;
    folder = dirname(folder);
  }
  return undefined;
}

async function readManifest(folder: string): Promise<z.output<typeof manifestSchema> | undefined> {
  try {
    const text = await readFile(join(folder, 'package.json'), 'utf8');
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Whether Node runs it: by its name, or by what its first line asks for. */
async function isScript(path: string): Promise<boolean> {
  if (/\.[cm]?js$/.test(path)) return true;
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(128), 0, 128, 0);
    return /^#!.*\bnode\b/.test(buffer.toString('latin1', 0, bytesRead));
  } finally {
    await file.close();
  }
}
