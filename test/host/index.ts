// Runs inside the extension host: mocha over every suite of this folder, with a report that the runner outside reads.
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import { inSources } from './stack.ts';
import { voice, type HostEnd, type HostTest } from './report.ts';

/** What `--extensionTestsPath` demands: resolves when all tests have passed, rejects otherwise. */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  const grep = process.env['ROOST_HOST_GREP'];
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 30_000,
    reporter: Collector,
    ...(grep === undefined || grep === '' ? {} : { grep }),
  });
  for (const file of readdirSync(__dirname)
    .filter((name) => name.endsWith('.test.cjs'))
    .sort()) {
    mocha.addFile(join(__dirname, file));
  }
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) {
    throw new Error(`${failures} failed`);
  }
}

/** Prints and records each test as it ends. */
class Collector extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.on('pass', (test) => {
      tell(test, 'passed');
    });
    // A failing hook comes here as well, with a title of its own.
    runner.on('fail', (test: Mocha.Runnable, error: Error) => {
      tell(test, 'failed', error);
    });
    runner.on('pending', (test) => {
      tell(test, 'skipped');
    });
    runner.once('end', () => {
      record({ done: true });
    });
  }
}

function tell(test: Mocha.Runnable, state: HostTest['state'], error?: Error): void {
  const title = test.titlePath().join(' › ');
  const ms = Math.round(test.duration ?? 0);
  const sign = { passed: '✓', failed: '✗', skipped: '-' }[state];
  const why = error === undefined ? undefined : inSources(error.stack ?? error.message);
  const spoken = `${sign} ${title} (${ms} ms)${why === undefined ? '' : `\n${why}`}`;
  console.log(spoken.replaceAll(/^/gm, voice));
  record({ title, state, ms, ...(why === undefined ? {} : { why }) });
}

function record(line: HostTest | HostEnd): void {
  const file = process.env['ROOST_HOST_REPORT'];
  if (file !== undefined) {
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  }
}
