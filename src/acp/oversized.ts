// What a message that is too long to be parsed was, read off its two ends.
import type { OversizedLine } from './lineReader.ts';

/** The id and method of a message, as far as its ends show them outside of its content. */
export function describeOversized(line: Pick<OversizedLine, 'head' | 'tail'>): {
  readonly id: string | number | undefined;
  readonly method: string | undefined;
} {
  // Whatever stands behind the start of the content belongs to the content.
  const content = line.head.search(/"(params|result|error)"\s*:/);
  const envelope = content === -1 ? line.head : line.head.slice(0, content);
  const method = /"method"\s*:\s*"([^"\\]*)"/.exec(envelope)?.[1];
  const id =
    /"id"\s*:\s*(-?\d+|"[^"\\]*")/.exec(envelope)?.[1] ??
    /,\s*"id"\s*:\s*(-?\d+|"[^"\\]*")\s*\}\s*$/.exec(line.tail)?.[1];
  // The expression lets only a JSON number or string through.
  return { method, id: id === undefined ? undefined : (JSON.parse(id) as string | number) };
}
