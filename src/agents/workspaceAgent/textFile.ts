// Reads a file for searching, unless it is too big or not text.
import { open } from 'node:fs/promises';

/** Bigger files are generated ones far more often than ones a person looks through. */
const mostBytes = 1024 * 1024;

/** How far a zero byte is looked for: text has none, and git decides by the same length. */
const probeBytes = 8000;

/** The text of a file; `undefined` when it is bigger than 1 MiB, not text, or cannot be read. */
export async function readSearchable(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size > mostBytes) return undefined;
    const bytes = await file.readFile();
    if (bytes.subarray(0, probeBytes).includes(0)) return undefined;
    return bytes.toString('utf8');
  } catch {
    return undefined;
  }
}
