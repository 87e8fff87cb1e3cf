// How long ago, how soon and how large, in the few characters that a row has room for.
import type { Translate } from '../translate.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A length of time in milliseconds as "5 min", "3 h", "2 d"; below a minute "now". */
export function shortAge(ms: number, t: Translate): string {
  if (!(ms >= minute)) return t('now');
  return shortSpan(ms, t);
}

/** A length of time in milliseconds, rounded down, at least "1 min". */
export function shortSpan(ms: number, t: Translate): string {
  if (ms < hour) return t('{0} min', Math.max(1, Math.floor(ms / minute)));
  if (ms < day) return t('{0} h', Math.floor(ms / hour));
  return t('{0} d', Math.floor(ms / day));
}

/** Milliseconds from an ISO 8601 stamp to `now`; 0 for a stamp that is none. */
export function since(at: string, now: number): number {
  const ms = now - Date.parse(at);
  return Number.isFinite(ms) ? ms : 0;
}

/** A size in bytes as "3 kB", "12 MB"; at least "1 kB" for what is not empty. */
export function shortSize(bytes: number, t: Translate): string {
  if (bytes === 0) return t('empty');
  if (bytes < 1_000_000) return t('{0} kB', Math.ceil(bytes / 1000));
  return t('{0} MB', Math.round(bytes / 1_000_000));
}
