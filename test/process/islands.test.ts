// Sessions are islands: while one floods, the others' turns go on, memory stays bounded, and what was said in the flood is whole.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RoostStack } from '../agents/roostStack.ts';
import { agents } from './support/shapes.ts';

const folder = mkdtempSync(join(tmpdir(), 'roost-islands-'));
const others: string[] = [];
let stack: RoostStack;
let flooder = '';

beforeAll(async () => {
  stack = new RoostStack({
    folder,
    storage: join(folder, 'storage'),
    agents: { scripted: { command: process.execPath, args: [join(agents, 'scripted.mjs')] } },
  });
  flooder = (await stack.sessions.create({ agent: 'scripted' })).sessionId;
  while (others.length < 5) {
    others.push((await stack.sessions.create({ agent: 'scripted' })).sessionId);
  }
});

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Floods, and meanwhile lets every other session take turns; how many turns those took before the flood was over. */
async function beside(flood: string): Promise<{ readonly turns: number; readonly peakMb: number }> {
  let over = false;
  let peak = 0;
  const before = process.memoryUsage().rss;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss - before);
  }, 10);
  const flooding = stack.sessions.prompt(flooder, flood).finally(() => {
    over = true;
  });
  const isOver = (): boolean => over;
  const counts = others.map(async (id) => {
    let turns = 0;
    while (!isOver()) {
      expect(await stack.sessions.prompt(id, `say ${turns}`)).toEqual({ stopReason: 'end_turn' });
      if (!isOver()) turns += 1;
    }
    return turns;
  });
  await flooding;
  clearInterval(watch);
  return { turns: Math.min(...(await Promise.all(counts))), peakMb: peak / 1e6 };
}

/** The agent's answer to the flood. */
async function answer(): Promise<string> {
  const entries = await stack.sessions.transcript(flooder);
  const last = entries.findLast((entry) => entry.type === 'agent');
  return last?.type === 'agent' ? last.text : '';
}

describe('while a session floods, every other one takes turns', () => {
  it('text, all of it kept', async () => {
    const count = 60_000;
    const { turns, peakMb } = await beside(`flood ${count} 200`);
    expect(turns).toBeGreaterThan(0);
    expect(peakMb).toBeLessThan(150);
    const filler = 'x'.repeat(200);
    let at = 0;
    const text = await answer();
    for (let i = 0; i < count; i += 1) {
      const expected = `${i} ${filler}`.slice(0, 200);
      if (!text.startsWith(expected, at)) throw new Error(`chunk ${i} is not at ${at}`);
      at += expected.length;
    }
    expect(text.length).toBe(at);
  });

  it('standard error', async () => {
    const { turns, peakMb } = await beside('flood-stderr 30000000\nsay done');
    expect(turns).toBeGreaterThan(0);
    expect(peakMb).toBeLessThan(100);
    expect(await answer()).toBe('done');
  });

  it('terminal output', async () => {
    const command = 'yes 0123456789012345678901234567890123456789 | head -c 30000000; echo the end';
    const { turns, peakMb } = await beside(
      `terminal-args ${JSON.stringify(['sh', '-c', command])}`,
    );
    expect(turns).toBeGreaterThan(0);
    expect(peakMb).toBeLessThan(250);
    const entries = await stack.sessions.transcript(flooder);
    const call = entries.findLast((entry) => entry.type === 'toolCall');
    expect(call?.type === 'toolCall' ? call.terminals?.[0]?.output : '').toMatch(/the end\n$/);
  });

  it('one line of 50 MB, all of it kept', async () => {
    const { turns, peakMb } = await beside('longline 50000000');
    expect(turns).toBeGreaterThan(0);
    // The bytes, the text, and copies of both on their way between two threads.
    expect(peakMb).toBeLessThan(600);
    expect((await answer()).length).toBe(50_000_000);
  });
});
