// The runs of a host: how they are numbered, which belong together, and what of the system's processes is theirs.
import type { Clock } from '../session/clock.ts';
import { OwnedRun } from './childRun.ts';
import type { ChildSpec } from './childSpec.ts';
import { runEntry, type HostIdentity } from './ownerMarker.ts';
import { emptyTarget, type TreeTarget } from './processTree.ts';

/** All runs of which something may be left. */
export class RunBook {
  readonly #runs = new Map<string, OwnedRun>();
  #next = 1;

  get size(): number {
    return this.#runs.size;
  }

  /** A new run, under an id of its own; one on behalf of another begins with the other's. */
  begin(spec: ChildSpec, clock: Clock): OwnedRun {
    const own = String(this.#next++);
    const runId = spec.parent === undefined ? own : `${spec.parent.runId}.${own}`;
    const run = new OwnedRun({ spec, runId, clock });
    this.#runs.set(runId, run);
    return run;
  }

  get(runId: string): OwnedRun | undefined {
    return this.#runs.get(runId);
  }

  delete(runId: string): void {
    this.#runs.delete(runId);
  }

  all(): readonly OwnedRun[] {
    return [...this.#runs.values()];
  }

  /** A run and those on its behalf. */
  familyOf(run: OwnedRun): readonly OwnedRun[] {
    const prefix = `${run.runId}.`;
    return this.all().filter((other) => other === run || other.runId.startsWith(prefix));
  }

  /** Whether a run's process of that number has not been seen to end. */
  holds(pid: number): boolean {
    return this.all().some((run) => run.alive && run.pid === pid);
  }

  /** Whether a process of a session, or of any, is alive. */
  anyAlive(sessionId: string | undefined): boolean {
    return this.#aliveOf(sessionId).length > 0;
  }

  /** What belongs to a session, or to all of them. */
  treeOf(sessionId: string | undefined, self: HostIdentity): TreeTarget {
    const targets = this.#aliveOf(sessionId).map((run) => this.targetOf(run, self));
    return {
      ...emptyTarget,
      markers: targets.flatMap(({ markers }) => markers),
      groups: targets.flatMap(({ groups }) => groups),
      since: targets.length === 0 ? 0 : Math.min(...targets.map(({ since }) => since)),
    };
  }

  /** What belongs to a run: its marker, its group, and the groups of those that run on its behalf. */
  targetOf(run: OwnedRun, self: HostIdentity): TreeTarget {
    return {
      ...emptyTarget,
      markers: [runEntry(self, run.spec.sessionId, run.runId)],
      groups: this.familyOf(run).flatMap(({ pid, start }) =>
        pid === undefined ? [] : [{ pid, start }],
      ),
      since: run.start === 0 ? self.start : run.start,
    };
  }

  #aliveOf(sessionId: string | undefined): readonly OwnedRun[] {
    return this.all().filter(
      (run) => run.alive && (sessionId === undefined || run.spec.sessionId === sessionId),
    );
  }
}
