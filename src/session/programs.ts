// Programs that are run to their end for what they do or print: the port behind which processes are.

/** One program to run to its end. */
export interface ProgramRequest {
  /** What it is run for, in a few letters: part of the marker that its processes carry. */
  readonly label: string;
  /** A program's name, looked up in the user's PATH, or a path. */
  readonly command: string;
  readonly args: readonly string[];
  /** Folder to start in, absolute. */
  readonly cwd: string;
  /** Added to the user's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Hears every line of output and of errors; the rest of a very long one is cut off. */
  readonly onLine?: (line: string) => void;
  /** Ends the program with everything below it. */
  readonly signal?: AbortSignal;
  /** The longest it may take, in milliseconds. */
  readonly deadlineMs: number;
}

/** How a program ended. `late`: it was ended at its deadline. */
export type ProgramEnd =
  | {
      readonly kind: 'ended';
      readonly exitCode: number | null;
      readonly signal: string | null;
      /** The last lines of output and errors, bounded. */
      readonly tail: string;
    }
  | { readonly kind: 'cancelled' | 'late' }
  | { readonly kind: 'notStarted'; readonly code: string; readonly message: string };

/** Runs a program. Never rejects; when it resolves, nothing of the program is alive. */
export type RunProgram = (request: ProgramRequest) => Promise<ProgramEnd>;

/** Tells a live process from a dead one, and from a later one with the same number. */
export interface ProcessOwners {
  self(): ProcessOwner;
  isAlive(owner: ProcessOwner): Promise<boolean> | boolean;
}

/** A process that cannot be mistaken for another one. */
export interface ProcessOwner {
  readonly pid: number;
  readonly startedAt: string;
}
