// Runs every bench module of this folder, or those named as arguments, each in a process of its own, and prints one table.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BenchRow } from './benchRow.ts';

/** What a module of this folder may export; those without `rows` are parts of others. */
interface BenchModule {
  readonly rows?: () => Promise<readonly BenchRow[]>;
}

const folder = import.meta.dirname;
const separator = '\u0000rows\u0000';

/** In the module's own process: its rows on stdout, after whatever else it prints. */
async function runModule(file: string): Promise<void> {
  const source = pathToFileURL(join(folder, file)).href;
  // A dynamic import is untyped; a module that exports something else by that name fails the run.
  const { rows } = (await import(source)) as BenchModule;
  process.stdout.write(separator + JSON.stringify(rows === undefined ? [] : await rows()));
}

function measure(file: string): readonly BenchRow[] {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--no-warnings', import.meta.filename, '--module', file],
    { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`${file} ended with exit code ${String(status)}`);
  // Written by runModule above, from rows of this type.
  return JSON.parse(stdout.slice(stdout.indexOf(separator) + separator.length)) as BenchRow[];
}

function figure(value: number | undefined): string {
  if (value === undefined) return '';
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
}

function print(module: string, rows: readonly BenchRow[]): void {
  console.log(`\n${module}`);
  for (const row of rows) {
    const cells = [
      row.name.padEnd(56),
      figure(row.value).padStart(12),
      row.unit.padEnd(12),
      (row.ratio === undefined ? '' : `${figure(row.ratio)} x ${figure(row.baseline)}`).padEnd(22),
      [row.aim === undefined ? '' : `aim: ${row.aim}`, row.note ?? ''].filter(Boolean).join('; '),
    ];
    console.log(cells.join(' ').trimEnd());
  }
}

const [flag, ...rest] = process.argv.slice(2);
if (flag === '--module') {
  await runModule(rest[0] ?? '');
} else {
  const wanted = flag === undefined ? [] : [flag, ...rest];
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  const parts = new Set([
    'run.ts',
    'activationAlone.ts',
    'benchRow.ts',
    'runningExtensions.ts',
    'streamingClient.ts',
    'sdkClient.ts',
  ]);
  let failed = false;
  for (const file of files.filter((name) => !parts.has(name))) {
    const module = basename(file, '.ts');
    if (wanted.length > 0 && !wanted.includes(module)) continue;
    try {
      print(module, measure(file));
    } catch (error) {
      failed = true;
      console.error(`\n${module} failed`, error);
    }
  }
  if (failed) process.exitCode = 1;
}
