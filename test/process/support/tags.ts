// Ground truth about processes: every program of a test carries a number unlike any other in its arguments.
import { readdirSync, readFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { afterEach, expect } from 'vitest';
import { readStat } from '../../../src/process/linuxTable.ts';

const used = new Set<string>();

/** A new tag: a number of seconds that `sleep` understands. */
export function newTag(): string {
  const tag = `${randomInt(500_000, 900_000)}.${String(randomInt(1, 1_000_000)).padStart(6, '0')}1`;
  used.add(tag);
  return tag;
}

/** Living processes with a tag in their arguments. */
export function alive(tag: string): readonly number[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isSafeInteger(pid) || pid === process.pid) return [];
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(tag)) return [];
    } catch {
      return [];
    }
    return readStat(pid)?.dead === false ? [pid] : [];
  });
}

/** Waits until something holds, at most `ms`; fails saying what it waited for. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  ms = 10_000,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${ms} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Waits until at least `count` processes carry a tag. */
export function untilUp(tag: string, count: number): Promise<void> {
  return until(`${count} processes of ${tag} are up`, () => alive(tag).length >= count);
}

/** Waits until no process carries a tag. */
export function untilGone(tag: string, ms?: number): Promise<void> {
  return until(`all of ${tag} are gone`, () => alive(tag).length === 0, ms);
}

/** After each test nothing it started may be alive; what is, is ended, and the test fails. */
export function expectNoSurvivors(): void {
  afterEach(() => {
    const left = [...used].flatMap((tag) => alive(tag));
    used.clear();
    for (const pid of left) process.kill(pid, 'SIGKILL');
    expect(left).toEqual([]);
  });
}
