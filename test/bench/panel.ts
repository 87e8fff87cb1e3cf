// The figures of the panel; what measures them knows the page's own types and lives beside the panel's browser tests.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../launch/paths.ts';
import type { BenchRow } from './benchRow.ts';

/** All rows of the panel. */
export async function rows(): Promise<readonly BenchRow[]> {
  const source = join(root, 'test', 'e2e', 'support', 'panelFigures.ts');
  // Loaded by its address: this side is checked without the types of a page.
  const { panelFigures } = (await import(pathToFileURL(source).href)) as {
    panelFigures: () => Promise<readonly BenchRow[]>;
  };
  return panelFigures();
}
