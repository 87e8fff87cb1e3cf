// The reference part of docs/api.md, made from the public types and their comments; run by hand with --write it refreshes the file.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'prettier';
import ts from 'typescript';

const root = join(import.meta.dirname, '..', '..');

/** The document. */
export const apiFile = join(root, 'docs', 'api.md');

/** What is documented, in this order: everything that a caller of the API can meet. */
const documented: readonly (readonly [file: string, names: readonly string[]])[] = [
  ['src/api.ts', ['RoostApi']],
  ['src/session/status.ts', ['SessionStatus']],
  [
    'src/session/info.ts',
    ['SessionInfo', 'PendingRequest', 'TerminationReport', 'SavedSessionInfo'],
  ],
  ['src/session/config.ts', ['SessionConfig']],
  ['src/session/agentPort.ts', ['ContentBlock']],
  ['src/session/transcript.ts', ['TranscriptEntry']],
  [
    'src/session/telemetry.ts',
    ['MessageKind', 'TelemetryPayloads', 'TelemetryEventName', 'TelemetryEvent'],
  ],
  ['src/session/errors.ts', ['SessionErrorCode', 'SessionErrorDetails', 'SessionErrorData']],
];

/** Types that follow from values: written out, because a reader has no such values. */
const writtenOut = new Set(['SessionStatus', 'TranscriptEntry', 'MessageKind', 'SessionErrorCode']);

/** All public types as one TypeScript file that stands for itself. */
export async function apiTypes(): Promise<string> {
  const files = documented.map(([file]) => join(root, file));
  const program = ts.createProgram(files, {
    ...{ strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true },
    ...{ exactOptionalPropertyTypes: true, types: [] },
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  });
  const checker = program.getTypeChecker();
  const parts = documented.flatMap(([file, names]) => {
    const source = program.getSourceFile(join(root, file));
    if (source === undefined) throw new Error(`${file} is not there`);
    return names.map((name) => declarationOf(source, name, checker));
  });
  const text = ["import type * as vscode from 'vscode';", ...parts].join('\n\n');
  return (await format(text, { parser: 'typescript', printWidth: 100, singleQuote: true })).trim();
}

function declarationOf(source: ts.SourceFile, name: string, checker: ts.TypeChecker): string {
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement)) continue;
    if (statement.name.text !== name) continue;
    if (!writtenOut.has(name)) return statement.getFullText(source).trim();
    const type = checker.getTypeAtLocation(statement.name);
    const { NoTruncation, InTypeAlias } = ts.TypeFormatFlags;
    const comment = ts
      .getLeadingCommentRanges(source.text, statement.getFullStart())
      ?.map(({ pos, end }) => source.text.slice(pos, end))
      .at(-1);
    return `${comment ?? ''}\nexport type ${name} = ${checker.typeToString(type, undefined, NoTruncation | InTypeAlias)};`;
  }
  throw new Error(`${name} is not declared in ${source.fileName}`);
}

/** Where the generated part stands. */
const generated = /(<!-- types -->\n```ts\n)([\s\S]*?)(\n```\n<!-- \/types -->)/;

/** The types as the document has them. */
export function documentedTypes(document: string): string {
  return generated.exec(document)?.[2] ?? '';
}

const [, script] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(script).href) {
  if (process.argv.includes('--write')) {
    const types = await apiTypes();
    const document = readFileSync(apiFile, 'utf8');
    writeFileSync(
      apiFile,
      document.replace(
        generated,
        (_all, before: string, _types, after: string) => before + types + after,
      ),
    );
  }
}
