// What every bench module reports.

/** One figure, where it helps next to the same figure of something else. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same figure of what it is compared with, measured in the same run. */
  readonly baseline?: number;
  /** `value` divided by `baseline`. */
  readonly ratio?: number;
  /** What the figure should be, in words. */
  readonly aim?: string;
  readonly note?: string;
}

/** The middle of some figures. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The figure that a share of them does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
