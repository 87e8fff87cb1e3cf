// Frames of the panel in a real window while an agent writes into it, beside those of the same window while the agent writes where nobody looks.
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { BenchRow } from '../../bench/benchRow.ts';
import { installHost } from '../../launch/hosts.ts';
import { root, scratchFolder } from '../../launch/paths.ts';
import { startServerHost } from '../../launch/serverHost.ts';
import { freshVsix } from '../../launch/vsix.ts';
import { openWorkbench } from '../../launch/workbench.ts';
import { RoostWindow } from './roostWindow.ts';
import { watchTranscript, type Watched } from './watchTranscript.ts';
import { scriptedAgents } from './windowSuite.ts';

/** What an agent writes. */
const shapes = ['paragraphs', 'code', 'list', 'table', 'calls'];
/** Pieces a second, and how long. */
const rate = 2000;
const seconds = 5;
/** Time in which the session of nobody's interest is left, once it has been told to write. */
const aside = 2000;
const limitMs = 50;

/** One row for each shape. */
export async function windowFigures(
  browser: Browser,
  say: (line: string) => void,
): Promise<readonly BenchRow[]> {
  const scratch = scratchFolder('window-frames');
  try {
    const folder = join(scratch, 'workspace');
    cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
    const host = await installHost('newest', say);
    const vsix = await freshVsix(say);
    const dataFolder = join(scratch, 'server');
    const server = await startServerHost({ host, vsix, dataFolder, settings: scriptedAgents });
    try {
      const { page } = await openWorkbench(browser, server, folder);
      const window = new RoostWindow(page);
      await window.openSideBar();
      const rows: BenchRow[] = [];
      for (const shape of shapes) {
        rows.push(await rowOf(window, shape, `pace ${rate} ${seconds} ${shape}`));
      }
      const printer = join(scratch, 'print.mjs');
      writeFileSync(printer, printing);
      const command = `terminal ${process.execPath} ${printer}`;
      rows.push(await rowOf(window, 'output of a command', command));
      return rows;
    } finally {
      await server.dispose();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What is written into the session in front, or into one that nobody looks at. */
async function rowOf(window: RoostWindow, shape: string, prompt: string): Promise<BenchRow> {
  await begin(window, `say Nobody writes here, ${shape}`);
  await window.row(/^Working/).waitFor({ state: 'detached' });
  await begin(window, `sleep ${aside}\n${prompt}`);
  await window.row(`say Nobody writes here, ${shape}`).first().click();
  await window.panel.getByRole('log').getByText(`Nobody writes here, ${shape}`).last().waitFor();
  const baseline = await untilDone(window, () => Promise.resolve());
  await newSession(window);
  const ours = await untilDone(window, () => window.send(prompt));
  return {
    name: `frames above ${limitMs} ms, ${shape} in a real window`,
    value: slow(ours),
    unit: `of ${ours.frames.length}`,
    aim: 'none',
    note: `longest ${longest(ours)}; written where nobody looks: ${slow(baseline)} of ${baseline.frames.length}, longest ${longest(baseline)}`,
  };
}

async function newSession(window: RoostWindow): Promise<void> {
  await window.commandWith('Roost: New Session With…', 'Scripted');
  await window.panel.locator('.title', { hasText: 'Scripted' }).waitFor();
}

async function begin(window: RoostWindow, prompt: string): Promise<void> {
  await newSession(window);
  await window.send(prompt);
  await window.panel.locator('.entry.user').waitFor();
}

/** The frames of the panel in front, from something on and until no agent is at work. */
async function untilDone(window: RoostWindow, act: () => Promise<void>): Promise<Watched> {
  return watchTranscript(window.panel, async () => {
    await act();
    await window
      .row(/^Working/)
      .first()
      .waitFor();
    await window.row(/^Working/).waitFor({ state: 'detached' });
  });
}

function slow({ frames }: Watched): number {
  return frames.filter((frame) => frame > limitMs).length;
}

function longest({ frames }: Watched): string {
  return `${Math.max(...frames).toFixed()} ms`;
}

/** Prints coloured lines at the rate. */
const printing = `
const began = performance.now();
let sent = 0;
const timer = setInterval(() => {
  let text = '';
  const due = Math.min(((performance.now() - began) / 1000) * ${rate}, ${rate * seconds});
  for (; sent < due; sent += 1) text += '\\x1b[3' + (sent % 8) + 'mline ' + sent + '\\x1b[0m of the output\\n';
  process.stdout.write(text);
  if (sent >= ${rate * seconds}) clearInterval(timer);
}, 1);
`;
