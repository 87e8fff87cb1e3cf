// What storage asks about processes: who we are, and whether the owner of a session still lives.

/** A process that cannot be mistaken for a later one with the same number. */
export interface OwnerIdentity {
  readonly pid: number;
  /** Start time, with the boot it belongs to where the system names it; means something to its maker only. */
  readonly startedAt: string;
}

/** Knows processes by number and start time. Implemented where processes are looked after. */
export interface ProcessIdentity {
  /** This process. */
  readonly self: () => OwnerIdentity;
  /** Whether that very process still runs: a reused number with another start time does not count. */
  readonly isAlive: (identity: OwnerIdentity) => boolean | Promise<boolean>;
}

/** Asks about each process once: in a list many sessions have the same owner. */
export function askingOnce(identity: ProcessIdentity): ProcessIdentity {
  const answers = new Map<string, boolean | Promise<boolean>>();
  return {
    self: identity.self,
    isAlive: (one) => {
      const key = `${one.pid} ${one.startedAt}`;
      const answer = answers.get(key) ?? identity.isAlive(one);
      answers.set(key, answer);
      return answer;
    },
  };
}
