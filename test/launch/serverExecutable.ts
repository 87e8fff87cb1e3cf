// Stands in for the desktop program in `runTests`: takes its flags and runs the tests in a VS Code server and a browser.
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { voice } from '../host/report.ts';
import { launchBrowser } from './browser.ts';
import { installHost, isHostName, type HostName } from './hosts.ts';
import { MissingError } from './pinned.ts';
import { startServerHost, type ServerHost } from './serverHost.ts';

/** What the caller asks for, in the words of the desktop program's command line. */
interface Wanted {
  readonly host: HostName;
  readonly folder: string;
  readonly extension: string;
  readonly tests: string;
  readonly workspaceTrust: boolean;
}

/** A suite that has not ended by then hangs. */
const deadlineMs = Number(process.env['ROOST_HOST_DEADLINE_MINUTES'] ?? 15) * 60_000;

const say = (line: string): void => {
  console.log(line);
};

/** The last words of the editor's window, shown only when the run ends without a word of the tests. */
const chatter: string[] = [];

const stopped = new Promise<never>((_, reject) => {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      reject(new Error(`Stopped by ${name}.`));
    });
  }
});
// The refusal is always raced against something; alone, it concerns nobody.
stopped.catch(() => undefined);

try {
  process.exitCode = await main(wanted());
} catch (error) {
  console.error(error instanceof MissingError ? error.message : error);
  for (const line of chatter) {
    console.error(`  ${line}`);
  }
  process.exitCode = 2;
}

/** `--host` is ours; the other flags are those that `@vscode/test-electron` passes, the desktop-only ones among them ignored. */
function wanted(): Wanted {
  const { values, positionals } = parseArgs({
    strict: false,
    allowPositionals: true,
    options: {
      host: { type: 'string' },
      extensionDevelopmentPath: { type: 'string' },
      extensionTestsPath: { type: 'string' },
      'disable-workspace-trust': { type: 'boolean' },
    },
  });
  const { host, extensionDevelopmentPath: extension, extensionTestsPath: tests } = values;
  const [folder] = positionals;
  if (
    typeof host !== 'string' ||
    !isHostName(host) ||
    typeof extension !== 'string' ||
    typeof tests !== 'string' ||
    folder === undefined
  ) {
    throw new Error(
      'Usage: --host oldest|newest --extensionDevelopmentPath=DIR --extensionTestsPath=FILE FOLDER',
    );
  }
  return {
    host,
    folder,
    extension,
    tests,
    workspaceTrust: values['disable-workspace-trust'] !== true,
  };
}

async function main(want: Wanted): Promise<number> {
  const host = await installHost(want.host, say);
  const browser = await launchBrowser(say);
  try {
    const server = await startServerHost({ host, workspaceTrust: want.workspaceTrust });
    try {
      return await Promise.race([
        runInWindow(want, server, browser),
        endOf(server),
        late(),
        stopped,
      ]);
    } finally {
      await browser.close();
      await server.dispose();
    }
  } finally {
    await browser.close();
  }
}

/** Opens the window with the tests in it and resolves with their exit code. */
async function runInWindow(want: Wanted, server: ServerHost, browser: Browser): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const exited = new Promise<number>((resolve, reject) => {
    page.once('crash', () => {
      reject(new Error('The page of the workbench crashed.'));
    });
    page
      .exposeFunction('codeAutomationExit', (code: number) => {
        resolve(code);
      })
      .catch(reject);
  });
  await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
    const text = args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' ');
    if (text.startsWith(voice) || process.env['ROOST_HOST_VERBOSE'] !== undefined) {
      say(text);
    } else {
      chatter.push(text);
      chatter.splice(0, chatter.length - 100);
    }
  });
  await page.goto(
    server.urlOf(want.folder, [
      ['extensionDevelopmentPath', server.uriOf(want.extension)],
      ['extensionTestsPath', server.uriOf(want.tests)],
      ['skipWelcome', 'true'],
    ]),
  );
  return exited;
}

async function endOf(server: ServerHost): Promise<never> {
  await server.ended;
  throw new Error(`The VS Code server ended during the tests.\n${server.tail()}`);
}

async function late(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => {
      reject(new Error(`The tests did not end within ${deadlineMs / 60_000} minutes.`));
    }, deadlineMs).unref();
  });
}
