// Finds every string that is shown through the editor's translations; run by hand with --write it refreshes the bundle.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { panelWords } from '../../src/chatProtocol/words.ts';
import { failureTexts } from '../../src/host/failureTexts.ts';

const root = join(import.meta.dirname, '..', '..');

/** Where the English strings are listed for translators. */
export const bundleFile = join(root, 'l10n', 'bundle.l10n.json');

/** What a source file passes to `t` or `….t`: literals, and where something else is passed. */
function translatedIn(file: string): { readonly texts: string[]; readonly others: string[] } {
  const source = ts.createSourceFile(
    file,
    readFileSync(file, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const texts: string[] = [];
  const others: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && callsTranslate(node.expression)) {
      const [message] = node.arguments;
      if (message !== undefined && ts.isStringLiteralLike(message)) texts.push(message.text);
      else others.push(`${file}: ${node.getText()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { texts, others };
}

function callsTranslate(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === 't';
  return ts.isPropertyAccessExpression(callee) && callee.name.text === 't';
}

/** All strings that are translated at run time, sorted, and calls that do not pass a literal. */
export function translatedStrings(): {
  readonly texts: readonly string[];
  readonly others: readonly string[];
} {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('webview'))
    .map((name) => join(root, 'src', name));
  const found = files.map(translatedIn);
  const texts = new Set([
    ...found.flatMap((one) => one.texts),
    ...Object.values(panelWords),
    ...failureTexts,
  ]);
  return {
    texts: [...texts].sort(),
    others: found.flatMap((one) => one.others),
  };
}

/** The bundle's content for these strings. */
export function bundleOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map((text) => [text, text]));
}

const [, script] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(script).href) {
  if (process.argv.includes('--write')) {
    const bundle = bundleOf(translatedStrings().texts);
    writeFileSync(bundleFile, `${JSON.stringify(bundle, undefined, 2)}\n`);
  }
}
