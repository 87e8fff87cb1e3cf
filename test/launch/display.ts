// A screen for programs with windows on a Linux machine that has none.
import { spawn } from 'node:child_process';
import { MissingError } from './pinned.ts';

/** Runs `body` with the environment that gives windows a place: nothing where there is a screen, else an Xvfb that ends with it. */
export async function withDisplay<T>(
  wanted: boolean,
  mark: Readonly<Record<string, string | undefined>>,
  body: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  if (!wanted || hasDisplay()) {
    return body({});
  }
  const server = spawn(
    'Xvfb',
    ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'],
    { env: { ...process.env, ...mark }, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const ended = new Promise<never>((_, reject) => {
    const gone = (): void => {
      reject(new MissingError('There is no screen, and Xvfb does not start. Is it installed?'));
    };
    server.once('error', gone);
    server.once('exit', gone);
  });
  // It always ends in the end; what matters is whether it does so before it has named its display.
  ended.catch(() => undefined);
  const named = new Promise<string>((resolve) => {
    server.stdout.once('data', (chunk: Buffer) => {
      resolve(chunk.toString().trim());
    });
  });
  try {
    return await body({ DISPLAY: `:${await Promise.race([named, ended])}` });
  } finally {
    server.kill('SIGTERM');
    await ended.catch(() => undefined);
  }
}

/** Whether a window opened here would be seen, or at least drawn. */
export function hasDisplay(): boolean {
  return (
    process.platform !== 'linux' ||
    [process.env['DISPLAY'], process.env['WAYLAND_DISPLAY']].some(
      (name) => name !== undefined && name !== '',
    )
  );
}
