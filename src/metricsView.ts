// What the metrics view is sent by the host: types only.
/** What the metrics view is sent once a second: the last minutes, oldest first, a value a second. */
export interface MetricsView {
  /** How many values the time axis has room for. */
  readonly seconds: number;
  readonly levels: {
    readonly active: readonly number[];
    readonly working: readonly number[];
    readonly needsInput: readonly number[];
    readonly dormant: readonly number[];
  };
  /** What sessions' wires carried, the busiest first. */
  readonly wires: readonly {
    readonly title: string;
    readonly bytes: readonly number[];
    readonly messages: number;
    readonly total: number;
  }[];
  /** Since the view was opened. */
  readonly counts: {
    readonly started: number;
    readonly idle: number;
    readonly crashes: number;
    readonly restarts: number;
    readonly errors: number;
    readonly saves: number;
    /** The average of a save, in milliseconds. */
    readonly saveMs: number;
  };
}
