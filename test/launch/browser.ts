// A browser to show VS Code in: one that the machine has, else a Chromium that comes from npm.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { installPinned, MissingError, type Report } from './pinned.ts';

/** A browser on this machine that Playwright can drive. */
export interface FoundBrowser {
  readonly executable: string;
  /** What its process needs in the environment, besides what this process has. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Returns the browser named by ROOST_BROWSER, else Chromium, Chrome or Edge where they usually are, else installs Chromium from
 * npm (Linux x64). Throws {@link MissingError} where there is none.
 */
async function findBrowser(report: Report): Promise<FoundBrowser> {
  const named = process.env['ROOST_BROWSER'];
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) {
      throw new MissingError(`ROOST_BROWSER names ${named}, and there is no such file.`);
    }
    return { executable: named, env: {} };
  }
  const found = usualPlaces().find((place) => existsSync(place));
  return found === undefined ? chromiumFromNpm(report) : { executable: found, env: {} };
}

/** Starts the browser without a window. Whoever asked for it closes it. */
export async function launchBrowser(report: Report): Promise<Browser> {
  const { executable, env } = await findBrowser(report);
  return chromium.launch({
    executablePath: executable,
    env: { ...process.env, ...env },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

function usualPlaces(): string[] {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (process.platform === 'win32') {
    return ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA']
      .flatMap((name) => process.env[name] ?? [])
      .flatMap((base) => [
        join(base, 'Google', 'Chrome', 'Application', 'chrome.exe'),
        join(base, 'Chromium', 'Application', 'chrome.exe'),
        join(base, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
      ]);
  }
  const names = ['chromium', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable'];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...names, 'microsoft-edge', 'chromium-browser'].flatMap((name) =>
    [...folders, '/usr/bin'].map((folder) => join(folder, name)),
  );
}

/** A bare Debian lacks NSS, NSPR and fonts; the package carries them for Amazon's Linux, and they serve there as well. */
async function chromiumFromNpm(report: Report): Promise<FoundBrowser> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new MissingError(
      'No browser found. Install Chromium, Google Chrome or Microsoft Edge, or name one in ROOST_BROWSER.',
    );
  }
  const folder = await installPinned(
    { name: 'browser', title: 'Chromium', layout: 1, finish: unpack },
    report,
  );
  const executable = join(folder, 'chromium');
  const libraries = { LD_LIBRARY_PATH: join(folder, 'libraries') };
  const fonts = { FONTCONFIG_FILE: join(folder, 'fonts', 'fonts.conf') };
  const env = {
    ...(starts(executable, {}) ? {} : libraries),
    ...(existsSync('/etc/fonts/fonts.conf') ? {} : fonts),
  };
  if (!starts(executable, env)) {
    throw new MissingError(
      `The Chromium from npm does not start on this machine (try \`${executable} --version\`). ` +
        'Install Chromium or Google Chrome with the package manager.',
    );
  }
  return { executable, env };
}

function starts(executable: string, env: Readonly<Record<string, string>>): boolean {
  try {
    execFileSync(executable, ['--version'], { env: { ...process.env, ...env }, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The package unpacks itself into the temporary folder, libraries only where it believes itself on Amazon's Linux. */
function unpack(folder: string): void {
  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  execFileSync(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      "await (await import('@sparticuz/chromium')).default.executablePath()",
    ],
    {
      cwd: folder,
      env: { ...process.env, TMPDIR: unpacked, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  renameSync(join(unpacked, 'chromium'), join(folder, 'chromium'));
  renameSync(join(unpacked, 'al2023', 'lib'), join(folder, 'libraries'));
  renameSync(join(unpacked, 'fonts', 'fonts'), join(folder, 'fonts'));
  writeFileSync(join(folder, 'fonts', 'fonts.conf'), fontsConfig);
  rmSync(unpacked, { recursive: true });
  rmSync(join(folder, 'node_modules'), { recursive: true });
}

const fontsConfig = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">.</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
