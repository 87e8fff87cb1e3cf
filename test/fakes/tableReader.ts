// A process reader over a table that a test makes up, to which something happens before each look.
import type { ProcessReader, ProcessRow } from '../../src/process/processTable.ts';

/** Reads the table as it is at each look; `beforeLook` is called before each look at all of it, with its number from 1 on. */
export function tableReader(
  table: readonly ProcessRow[],
  beforeLook: (nth: number) => void,
): ProcessReader {
  let looks = 0;
  return {
    all: () => {
      looks += 1;
      beforeLook(looks);
      return Promise.resolve([...table]);
    },
    some: (pids) => Promise.resolve(table.filter((one) => pids.includes(one.pid))),
    startOf: () => Promise.resolve(undefined),
  };
}
