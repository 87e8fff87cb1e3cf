// The marker every child carries in its environment: which host, session and run it belongs to.
import { readFile, readlink } from 'node:fs/promises';

/**
 * Name of the variable. Agents filter names with KEY, TOKEN or SECRET in them out of the environment
 * of their tools; this one gets through.
 */
export const markerName = 'ROOST_OWNER';

/** One host, unmistakable: pids are reused, and containers share their machine's boot id. */
export interface HostIdentity {
  /** The system's boot, `-` where start times are absolute. */
  readonly boot: string;
  /** The namespace the pids below are valid in, `-` where there are none. */
  readonly pidNamespace: string;
  readonly pid: number;
  /** Start time of that pid, in the unit of the platform's process table. */
  readonly start: number;
}

/** The entry of a host: what all entries of its runs begin with. */
export function hostEntry(host: HostIdentity): string {
  return [host.boot, host.pidNamespace, host.pid, host.start].join(':');
}

/** The entry of one run. Runs on behalf of another one (`7.9`) begin with the other's entry. */
export function runEntry(host: HostIdentity, sessionId: string, runId: string): string {
  // Neither separator may occur in the id; a dot would make one id the beginning of another.
  const id = encodeURIComponent(sessionId).replaceAll('.', '%2E');
  return `${hostEntry(host)}:${id}:${runId}`;
}

/** The marker's value for a child: entries are appended, so that a Roost inside a Roost hides nothing. */
export function appendEntry(existing: string | undefined, entry: string): string {
  return existing === undefined || existing === '' ? entry : `${existing},${entry}`;
}

/** The entries of a marker's value, outermost first. */
export function entriesOf(value: string | undefined): readonly string[] {
  return value === undefined || value === '' ? [] : value.split(',');
}

/** Whether an entry is the wanted one, or of something that runs on its behalf. */
export function entryMatches(entry: string, wanted: string): boolean {
  if (!entry.startsWith(wanted)) return false;
  const next = entry[wanted.length];
  return next === undefined || next === ':' || next === '.';
}

/** The host an entry names; `undefined` when it is not an entry of ours. */
export function hostOfEntry(entry: string): HostIdentity | undefined {
  const [boot, pidNamespace, pid, start, session] = entry.split(':');
  if (boot === undefined || pidNamespace === undefined || session === undefined) return undefined;
  const host = { boot, pidNamespace, pid: Number(pid), start: Number(start) };
  // Without a start time nobody can tell whether that host is alive.
  return Number.isSafeInteger(host.pid) && host.pid > 1 && host.start > 0 ? host : undefined;
}

/** Where pids and start times of this process's world are valid. */
export async function systemIdentity(): Promise<Pick<HostIdentity, 'boot' | 'pidNamespace'>> {
  if (process.platform !== 'linux') return { boot: '-', pidNamespace: '-' };
  const [boot, namespace] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '-'),
    readlink('/proc/self/ns/pid').catch(() => '-'),
  ]);
  return { boot: boot.trim(), pidNamespace: namespace.replace(/\D/g, '') || '-' };
}
