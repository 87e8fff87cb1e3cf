// At start: ends what a Roost left behind that died together with its guard.
import { statSync } from 'node:fs';
import type { Clock } from '../session/clock.ts';
import { entriesOf, hostEntry, hostOfEntry, type HostIdentity } from './ownerMarker.ts';
import type { ProcessReader, ProcessRow } from './processTable.ts';
import { emptyTarget } from './processTree.ts';
import { LocalKeeper } from './reap.ts';

/** What a sweep did. */
export interface SweepReport {
  /** Hosts that are gone and whose processes were found. */
  readonly deadHosts: number;
  readonly killed: number;
}

/** What a sweep works with. */
export interface SweepOptions {
  readonly clock: Clock;
  readonly reader: ProcessReader;
  readonly self: HostIdentity;
  /** The marker this process itself carries: what it is part of is not its to end. */
  readonly ownMarker: string | undefined;
  readonly breathe: () => Promise<void>;
}

/**
 * Ends the processes of this user whose marker names a host that is dead: same boot, same pid
 * namespace, and no process with its pid and start time. A live host, and whatever a live host owns,
 * is left alone.
 */
export async function sweep(options: SweepOptions): Promise<SweepReport> {
  const { reader, breathe, clock } = options;
  const rows = await reader.all({ breathe });
  const found = findDeadHosts(rows.filter(isOwn), rows, options);
  let killed = 0;
  for (const [entry, host] of found.dead) {
    const keeper = new LocalKeeper({ clock, reader, breathe, spare: () => found.spare });
    const target = { ...emptyTarget, markers: [entry], since: host.start };
    killed += (await keeper.reap(target, 0)).killed.length;
  }
  return { deadHosts: found.dead.size, killed };
}

/** Which hosts are gone, and which processes a live one answers for. Pure. */
export function findDeadHosts(
  candidates: readonly ProcessRow[],
  rows: readonly ProcessRow[],
  around: Pick<SweepOptions, 'self' | 'ownMarker'>,
): { readonly dead: ReadonlyMap<string, HostIdentity>; readonly spare: ReadonlySet<number> } {
  const alive = new Map(rows.filter((row) => !row.dead).map((row) => [row.pid, row.start]));
  const dead = new Map<string, HostIdentity>();
  const spare = new Set<number>();
  const above = new Set(
    entriesOf(around.ownMarker).flatMap((entry) => {
      const host = hostOfEntry(entry);
      return host === undefined ? [] : [hostEntry(host)];
    }),
  );
  for (const row of candidates) {
    const hosts = entriesOf(row.marker).flatMap((entry) => hostOfEntry(entry) ?? []);
    const comparable = hosts.filter(
      (host) => host.boot === around.self.boot && host.pidNamespace === around.self.pidNamespace,
    );
    const innermost = hosts.at(-1);
    if (innermost === undefined) continue;
    const isAlive = (host: HostIdentity): boolean => alive.get(host.pid) === host.start;
    for (const host of comparable) if (isAlive(host)) spare.add(host.pid);
    // An innermost host that cannot be compared may well be alive, in a container of its own.
    if (!comparable.includes(innermost) || isAlive(innermost)) {
      spare.add(row.pid);
      continue;
    }
    for (const host of comparable) {
      if (!isAlive(host) && !above.has(hostEntry(host))) dead.set(hostEntry(host), host);
    }
  }
  return { dead, spare };
}

/** On a shared machine another user's Roost sweeps for itself. */
function isOwn(row: ProcessRow): boolean {
  if (row.marker === undefined) return false;
  if (process.platform !== 'linux') return true;
  try {
    return statSync(`/proc/${row.pid}`).uid === process.getuid?.();
  } catch {
    return false;
  }
}
