// What storage asks about processes: who we are, and whether the owner of a session still lives.

/** A process that cannot be mistaken for a later one with the same number. */
export interface OwnerIdentity {
  readonly pid: number;
  /** Start time, with the boot it belongs to where the system names it; compared for equality only. */
  readonly startedAt: string;
}

/** Knows processes by number and start time. Implemented where processes are looked after. */
export interface ProcessIdentity {
  /** This process. */
  readonly self: () => OwnerIdentity;
  /** Whether that very process still runs: a reused number with another start time does not count. */
  readonly isAlive: (identity: OwnerIdentity) => boolean | Promise<boolean>;
}
