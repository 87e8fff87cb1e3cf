// What the panel costs: a long transcript's first paint, frames while an agent streams, and what a hidden panel keeps.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { PanelStage } from './panelStage.ts';
import { savedFigures } from './savedFigures.ts';
import { windowFigures } from './windowFigures.ts';
import { launchBrowser } from '../../launch/browser.ts';
import { root } from '../../launch/paths.ts';
import { median, type BenchRow } from '../../bench/benchRow.ts';

const entries = 10_000;
const rounds = 5;
const chunksPerSecond = 2000;
const seconds = 4;
const words = 'The quick `brown` fox jumps over the **lazy** dog, again and again. ';

const say = (line: string): void => {
  console.error(line);
};

/** All rows, in one browser; each baseline is the plainest page that does the same. */
export async function panelFigures(): Promise<readonly BenchRow[]> {
  spawnSync(process.execPath, [join(root, 'esbuild.mjs'), '--production'], { cwd: root });
  const browser = await launchBrowser(say);
  try {
    return [
      ...(await savedFigures(browser)),
      ...(await longTranscript(browser)),
      ...(await streaming(browser)),
      ...(await windowFigures(browser, say)),
    ];
  } finally {
    await browser.close();
  }
}

async function longTranscript(browser: Browser): Promise<BenchRow[]> {
  const stage = await PanelStage.set(browser);
  try {
    await stage.show();
    const blank = await heap(stage.page, 'about:blank');
    await stage.show();
    await stage.startTurn('go');
    for (let count = 0; count < entries; count += 1) {
      const toolCallId = `c${count}`;
      const title = `Call number ${count}`;
      stage.say({ type: 'toolCall', patch: { toolCallId, title, status: 'completed' } });
    }
    const painted: number[] = [];
    const plain: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await stage.hide();
      plain.push(await plainPaint(stage.page));
      const began = performance.now();
      await stage.show();
      await stage.page.waitForSelector(`text=Call number ${entries - 1}`);
      painted.push(performance.now() - began);
    }
    const shown = await heap(stage.page);
    await stage.hide();
    const hidden = await heap(stage.page);
    const [value, baseline] = [median(painted), median(plain)];
    return [
      {
        name: `first paint of a transcript of ${entries} entries`,
        value,
        unit: 'ms',
        baseline,
        ratio: value / baseline,
        note: `baseline: a bare page with ${entries} lines; ours loads script and styles as well`,
      },
      {
        name: 'memory of the page of a hidden panel',
        value: hidden,
        unit: 'MB',
        baseline: blank,
        ratio: hidden / blank,
        aim: '1 x: a hidden panel has no page',
        note: `baseline: an empty page; shown it has ${shown.toFixed(1)} MB`,
      },
    ];
  } finally {
    await stage.dispose();
  }
}

/** From an empty page to as many plain lines, painted. */
async function plainPaint(page: Page): Promise<number> {
  const began = performance.now();
  await page.goto('about:blank');
  await page.evaluate(async (count) => {
    for (let line = 0; line < count; line += 1) {
      const element = document.createElement('div');
      element.textContent = `Call number ${line}`;
      document.body.append(element);
    }
    document.documentElement.scrollTop = document.documentElement.scrollHeight;
    await new Promise(requestAnimationFrame);
  }, entries);
  return performance.now() - began;
}

async function streaming(browser: Browser): Promise<BenchRow[]> {
  const stage = await PanelStage.set(browser);
  try {
    await stage.show();
    await stage.startTurn('go');
    const ours = await framesDuring(stage.page, (piece) => {
      stage.write(piece);
    });
    await stage.hide();
    await stage.page.evaluate(() => {
      document.body.append(document.createElement('pre'));
    });
    let waiting = '';
    const plain = await framesDuring(stage.page, (piece) => {
      // As one message a frame, which is what the panel gets as well.
      waiting += piece;
      if (waiting.length < (chunksPerSecond * 8) / 60) return;
      const text = waiting;
      waiting = '';
      stage.page
        .evaluate((added) => {
          document.querySelector('pre')?.append(added);
        }, text)
        .catch(() => undefined);
    });
    const row = (name: string, part: number, aim: string): BenchRow => {
      const [value, baseline] = [quantile(ours, part), quantile(plain, part)];
      return { name, value, unit: 'ms', baseline, ratio: value / baseline, aim };
    };
    const note = 'baseline: the same text appended to a pre';
    return [
      { ...row(`frame while ${chunksPerSecond} chunks a second come in, median`, 0.5, ''), note },
      row('the same, 99th of 100', 0.99, 'below 50 ms'),
      row('the same, longest', 1, 'below 50 ms'),
    ];
  } finally {
    await stage.dispose();
  }
}

/** Lengths of the page's frames while pieces are written at the rate, in milliseconds. */
async function framesDuring(page: Page, write: (piece: string) => void): Promise<number[]> {
  await page.evaluate(() => {
    const frames: number[] = [];
    let last = performance.now();
    const tick = (now: number): void => {
      frames.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    Object.assign(window, { frames_: frames });
  });
  const began = performance.now();
  let sent = 0;
  while (performance.now() - began < seconds * 1000) {
    const due = Math.floor(((performance.now() - began) / 1000) * chunksPerSecond);
    for (; sent < due; sent += 1) {
      write(sent % 40 === 39 ? '\n\n' : words.slice((sent % 8) * 8, (sent % 8) * 8 + 8));
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return page.evaluate(() => (window as unknown as { frames_: number[] }).frames_);
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}

/** What the page's script holds after a collection, in MB. */
async function heap(page: Page, address?: string): Promise<number> {
  if (address !== undefined) await page.goto(address);
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1_000_000;
}
