// The German translation is whole: each string of the manifest and of the code has its own, with the same blanks and links.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const root = join(import.meta.dirname, '..', '..');

function strings(name: string): Record<string, string> {
  const parsed: unknown = JSON.parse(readFileSync(join(root, name), 'utf8'));
  return z.record(z.string(), z.string()).parse(parsed);
}

/** What must be the same in every language: blanks, commands of links, names of settings, icons. */
function fixed(text: string): string[] {
  return (text.match(/\{\d\}|\]\([^)]+\)|`#[\w.]+#`|\$\([\w-]+\)/g) ?? []).sort();
}

describe.each([
  ['package.nls.json', 'package.nls.de.json'],
  ['l10n/bundle.l10n.json', 'l10n/bundle.l10n.de.json'],
])('%s in German', (english, german) => {
  const from = strings(english);
  const to = strings(german);

  it('has every string, and none that is not there', () => {
    expect({
      missing: Object.keys(from).filter((key) => to[key] === undefined),
      leftOver: Object.keys(to).filter((key) => from[key] === undefined),
    }).toEqual({ missing: [], leftOver: [] });
  });

  it('keeps blanks and links', () => {
    const changed = Object.keys(from).filter(
      (key) => String(fixed(from[key] ?? '')) !== String(fixed(to[key] ?? '')),
    );
    expect(changed).toEqual([]);
  });
});
