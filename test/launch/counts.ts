// How many tests passed, failed and were skipped, and what went wrong besides them.

/** The outcome of a run. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What went wrong outside any test: each counts as one failure. */
  readonly problems: readonly string[];
}

/** The outcome of nothing. */
const none: Counts = { passed: 0, failed: 0, skipped: 0, problems: [] };

/** An outcome without a single test, for a run that could not give any. */
export function problem(text: string): Counts {
  return { ...none, problems: [text] };
}

/** Several outcomes as one. */
export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, one) => ({
      passed: total.passed + one.passed,
      failed: total.failed + one.failed,
      skipped: total.skipped + one.skipped,
      problems: [...total.problems, ...one.problems],
    }),
    none,
  );
}

/** Failed tests and problems together. */
export function failures(counts: Counts): number {
  return counts.failed + counts.problems.length;
}

/** The plain line that closes every run. */
export function inWords(counts: Counts): string {
  return `${counts.passed} passed, ${failures(counts)} failed, ${counts.skipped} skipped`;
}
