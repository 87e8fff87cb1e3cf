// One look at the processes for everybody who asks at the same moment: fifty stops do not read the table fifty times.
import type { LookOptions, ProcessReader, ProcessRow } from './processTable.ts';

/** The same reader, whose full looks asked for in one turn of the event loop are one look, begun afterwards. */
export function sharedReader(reader: ProcessReader): ProcessReader {
  let next: { readonly rows: Promise<readonly ProcessRow[]>; since: number } | undefined;

  function join(since: number): Promise<readonly ProcessRow[]> {
    if (next !== undefined) {
      next.since = Math.min(next.since, since);
      return next.rows;
    }
    const turn = Promise.withResolvers<undefined>();
    const look = { rows: turn.promise.then(() => read()), since };
    const read = (): Promise<readonly ProcessRow[]> => {
      // Whoever asks from here on must not get a table that is older than the question.
      next = undefined;
      return reader.all({ since: look.since });
    };
    next = look;
    setImmediate(turn.resolve, undefined);
    return look.rows;
  }

  return {
    ...reader,
    all: (options: LookOptions) =>
      options.reuse === undefined ? join(options.since ?? 0) : reader.all(options),
  };
}
