// What opening a saved conversation costs: from nothing to its newest part painted, read from a file that nobody has looked at yet.
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { median, type BenchRow } from '../../bench/benchRow.ts';
import { recordingLogger } from '../../fakes/domain.ts';
import { realIdentity } from '../../fixtures/storage/identities.ts';
import { systemClock } from '../../../src/process/systemClock.ts';
import { openStore } from '../../../src/storage/sessionStore.ts';
import { formatLine } from '../../../src/storage/transcriptLines.ts';
import { PanelStage } from './panelStage.ts';

const sizes = [100, 10_000, 200_000];
const rounds = 5;
const sentence = 'The quick brown fox jumps over the lazy dog, again and again. ';

/** One row per length; each next to the shortest, which is one page. */
export async function savedFigures(browser: Browser): Promise<readonly BenchRow[]> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'roost-paint-'));
  const stage = await PanelStage.set(browser);
  try {
    for (const entries of sizes) write(folder, entries);
    // Interleaved, so that what else the machine does meets all alike.
    const painted = new Map<number, number[]>(sizes.map((entries) => [entries, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const entries of sizes) painted.get(entries)?.push(await paint(stage, folder, entries));
    }
    const [baseline = Number.NaN] = sizes.map((entries) => median(painted.get(entries) ?? []));
    return sizes.map((entries) => {
      const value = median(painted.get(entries) ?? []);
      const { size } = fs.statSync(fileOf(folder, entries));
      return {
        name: `first paint of ${entries} saved entries`,
        value,
        unit: 'ms',
        baseline,
        ratio: value / baseline,
        note: `${(size / 1e6).toFixed(1)} MB, first look at the file`,
      };
    });
  } finally {
    await stage.dispose();
    fs.rmSync(folder, { recursive: true });
  }
}

function fileOf(folder: string, entries: number): string {
  return join(folder, 'sessions', `long-${entries}.jsonl`);
}

function write(folder: string, entries: number): void {
  fs.mkdirSync(join(folder, 'sessions'), { recursive: true });
  const file = fs.openSync(fileOf(folder, entries), 'a');
  for (let index = 0; index < entries;) {
    const lines: Buffer[] = [];
    for (const end = Math.min(index + 1000, entries); index < end; index += 1) {
      const text = `Message ${index}: ${sentence.repeat(14)}`;
      lines.push(
        formatLine({ id: `e${index}`, at: '2026-01-01T00:00:00.000Z', type: 'agent', text }),
      );
    }
    fs.writeSync(file, Buffer.concat(lines));
  }
  fs.closeSync(file);
}

/** Milliseconds from no page to the last entry on the screen. */
async function paint(stage: PanelStage, folder: string, entries: number): Promise<number> {
  await stage.hide();
  const store = openStore({
    directory: folder,
    clock: systemClock(),
    logger: recordingLogger(),
    identity: realIdentity,
  });
  stage.domain.store.readSlice = (_id, options) => store.readSlice(`long-${entries}`, options);
  const began = performance.now();
  await stage.show();
  await stage.page.getByText(`Message ${entries - 1}:`).waitFor();
  const took = performance.now() - began;
  await store.shutdown();
  return took;
}
