// Stack traces in terms of the sources: VS Code formats traces itself and would show the bundles.
import { findSourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';

/** The trace with every place in a bundle replaced by the place it was made from. Maps must be enabled before the bundles are loaded. */
export function inSources(stack: string): string {
  return stack.replaceAll(
    /(?<file>\/[^\s()]+\.cjs):(?<line>\d+):(?<column>\d+)/g,
    (place: string, file: string, line: string, column: string) => {
      const origin = findSourceMap(file)?.findEntry(Number(line) - 1, Number(column) - 1);
      return origin !== undefined && 'originalSource' in origin
        ? `${sourceFile(file, origin.originalSource)}:${origin.originalLine + 1}:${origin.originalColumn + 1}`
        : place;
    },
  );
}

function sourceFile(bundle: string, source: string): string {
  return source.startsWith('file:') ? new URL(source).pathname : resolve(dirname(bundle), source);
}
