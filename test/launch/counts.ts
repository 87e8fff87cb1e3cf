// How many tests passed, failed and were skipped, and what went wrong besides them.

import { stripVTControlCharacters } from 'node:util';

/** What of a failure is repeated below the log that has all of it. */
const linesOfReason = 8;

/** The outcome of a run. */
export interface Counts {
  readonly passed: number;
  /** Each failed test in a few lines: its title and why. */
  readonly failed: readonly string[];
  readonly skipped: number;
  /** What went wrong outside any test: each counts as one failure. */
  readonly problems: readonly string[];
}

/** The outcome of nothing. */
const none: Counts = { passed: 0, failed: [], skipped: 0, problems: [] };

/** An outcome without a single test, for a run that could not give any. */
export function problem(text: string): Counts {
  return { ...none, problems: [text] };
}

/** Several outcomes as one. */
export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, one) => ({
      passed: total.passed + one.passed,
      failed: [...total.failed, ...one.failed],
      skipped: total.skipped + one.skipped,
      problems: [...total.problems, ...one.problems],
    }),
    none,
  );
}

/** The title of a failed test with the beginning of why it failed, for the end of a long log. */
export function failedTest(title: string, why: string): string {
  const lines = stripVTControlCharacters(why).split('\n').slice(0, linesOfReason);
  return [title, ...lines].join('\n    ');
}

/** Failed tests and problems, a text each. */
export function wentWrong(counts: Counts): readonly string[] {
  return [...counts.failed, ...counts.problems];
}

/** Failed tests and problems together. */
export function failures(counts: Counts): number {
  return counts.failed.length + counts.problems.length;
}

/** The plain line that closes every run. */
export function inWords(counts: Counts): string {
  return `${counts.passed} passed, ${failures(counts)} failed, ${counts.skipped} skipped`;
}
