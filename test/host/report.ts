// The report that the host suite leaves for the runner outside the extension host: a line of JSON for each test, and one at the end.

/** How one test ended. */
export interface HostTest {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly ms: number;
  /** What a failed one said. */
  readonly why?: string;
}

/** The last line: without it, the extension host ended before its tests did. */
export interface HostEnd {
  readonly done: true;
}

/** What the suite prints for people starts with this, to be told from the chatter of the editor around it. */
export const voice = '│ ';
