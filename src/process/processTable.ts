// What the system knows about its processes, as one kind of row whatever the platform.
/** A process that cannot be mistaken for a later one with the same pid. */
export interface ProcessRef {
  readonly pid: number;
  /** Start time: clock ticks since boot on Linux, seconds on macOS and milliseconds on Windows since 1970. */
  readonly start: number;
}

/** One process. */
export interface ProcessRow extends ProcessRef {
  readonly ppid: number;
  readonly pgid: number;
  /** Session id; 0 where the system does not tell. */
  readonly sid: number;
  /** It has ended and only waits to be collected. */
  readonly dead: boolean;
  /** Value of our marker in its environment; `undefined` when it has none or may not be read. */
  readonly marker: string | undefined;
  /** Processor time so far, in milliseconds. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** How to look. */
export interface LookOptions {
  /** Rows of an earlier look: these pids are not read again. Only for looks a moment apart. */
  readonly reuse?: ReadonlyMap<number, ProcessRow>;
  /** Environments of processes that started earlier are not read: they cannot carry a younger marker. */
  readonly since?: number;
  /** Awaited every few rows; gives the event loop of a busy host its turn. */
  readonly breathe?: () => Promise<void>;
}

/** Reads the processes of one platform. */
export interface ProcessReader {
  /** All of them. */
  all(options: LookOptions): Promise<readonly ProcessRow[]>;
  /** Those with these pids, without markers. */
  some(pids: readonly number[]): Promise<readonly ProcessRow[]>;
  /** Start time of a living pid, `undefined` when there is none. */
  startOf(pid: number): Promise<number | undefined>;
  /** The same at once, where the system allows: the last check before a signal. */
  startNow?(pid: number): number | undefined;
}
