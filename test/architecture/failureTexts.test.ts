// Every sentence of the domain that can reach a person stands in the list for translators: what failures say, what helps, and what transcripts note.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { failureTexts } from '../../src/host/failureTexts.ts';

const root = join(import.meta.dirname, '..', '..');

/** Told to who writes a program for Roost or in it, never to a user. */
const forPrograms: ReadonlySet<string> = new Set([
  'prompt: {0}',
  'Content blocks are plain data, as the Agent Client Protocol has them.',
  'See the RoostApi types for what each function takes.',
  '{0} cannot take this. {1}',
  'See the list of commands in the documentation.',
  'The state to save is not one: {0}',
  'The transcript is open already.',
  'A change was added to a transcript that is closed.',
  'A page of a transcript needs a limit and a cursor.',
  'This is not a session id.',
  'Ids have 1 to 128 letters, digits, "_" and "-", and are no device name.',
]);

/** The sentences that an expression can be, with a blank for each value; none for what is only known when it runs. */
function sentences(node: ts.Expression): readonly string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    const spans = node.templateSpans.map(({ literal }, at) => `{${String(at)}}${literal.text}`);
    return [node.head.text + spans.join('')];
  }
  if (ts.isConditionalExpression(node)) {
    return [...sentences(node.whenTrue), ...sentences(node.whenFalse)];
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [before] = sentences(node.left);
    const [after] = sentences(node.right);
    if (before === undefined || after === undefined) return [];
    const blanks = before.match(/\{\d\}/g)?.length ?? 0;
    const moved = (_: string, at: string): string => `{${String(Number(at) + blanks)}}`;
    return [before + after.replace(/\{(\d)\}/g, moved)];
  }
  return ts.isParenthesizedExpression(node) ? sentences(node.expression) : [];
}

/** What a node says to people, if it is one that does. */
function said(node: ts.Node): readonly string[] {
  if (ts.isNewExpression(node) && node.expression.getText() === 'SessionError') {
    const message = node.arguments?.[1];
    return message === undefined ? [] : sentences(message);
  }
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'hint') {
    return sentences(node.initializer);
  }
  if (ts.isCallExpression(node) && node.expression.getText() === 'installFailed') {
    const [message] = node.arguments;
    return message === undefined ? [] : sentences(message);
  }
  if (ts.isCallExpression(node) && /\b(?:notice|interrupt)$/.test(node.expression.getText())) {
    const text = node.arguments[1];
    return text === undefined ? [] : sentences(text);
  }
  if (ts.isVariableDeclaration(node) && node.name.getText() === 'usualHints') {
    const hints = node.initializer;
    if (hints === undefined || !ts.isObjectLiteralExpression(hints)) return [];
    return hints.properties.flatMap((one) =>
      ts.isPropertyAssignment(one) ? sentences(one.initializer) : [],
    );
  }
  return [];
}

function saidIn(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    found.push(...said(node));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('what the domain says to people', () => {
  const all = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    // The shipped agent is a program of its own, and speaks as agents do.
    .filter((name) => name.endsWith('.ts') && !/webview|workspaceAgent/.test(name))
    .flatMap((name) => saidIn(join(root, 'src', name)))
    .filter((sentence) => /\p{L}/u.test(sentence.replace(/\{\d\}/g, '')));

  it('is found', () => {
    expect(all.length).toBeGreaterThan(100);
    expect(all).toContain('There is no session "{0}".');
    expect(all).toContain('Reload the window.');
    expect(all).toContain('{0} was restarted.');
  });

  it('can be translated, all of it', () => {
    const known = new Set(failureTexts);
    expect(all.filter((one) => !known.has(one) && !forPrograms.has(one))).toEqual([]);
  });
});
