// The documents for other extensions: their types are the code's, their examples compile, their table of events is complete; the tables of agents are those of the last run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { writtenPages } from '../agents/matrixReport.ts';
import { apiFile, apiTypes, documentedTypes } from './apiReference.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

/** The TypeScript of a document, the generated types apart. */
function examplesOf(document: string): string[] {
  const text = document.replace(/<!-- types -->[\s\S]*<!-- \/types -->/, '');
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
}

/** What the compiler says about files that are only in memory, beside what is in node_modules. */
function problemsIn(files: ReadonlyMap<string, string>): string[] {
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, exactOptionalPropertyTypes: true },
    ...{ types: ['node'], lib: ['lib.es2024.d.ts'], allowImportingTsExtensions: true },
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([...files.keys()], options, {
    ...host,
    fileExists: (name) => files.has(name) || host.fileExists(name),
    readFile: (name) => files.get(name) ?? host.readFile(name),
    getSourceFile: (name, language, ...rest) => {
      const text = files.get(name);
      return text === undefined
        ? host.getSourceFile(name, language, ...rest)
        : ts.createSourceFile(name, text, language);
    },
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file }) => {
    const where = file === undefined ? '' : `${file.fileName}: `;
    return where + ts.flattenDiagnosticMessageText(messageText, '\n');
  });
}

/** A name in the folder of the documents, from where packages and sources are found. */
const here = (name: string): string => join(root, 'docs', name);

/** Packages that an example may use and that are not installed here. */
const elsewhere = `declare module '@opentelemetry/api' {
  interface Instrument { add(value: number, attributes?: object): void; record(value: number, attributes?: object): void }
  export const metrics: { getMeter(name: string): {
    createCounter(name: string, options?: object): Instrument;
    createHistogram(name: string, options?: object): Instrument;
    createGauge(name: string, options?: object): Instrument;
  } };
}`;

describe('docs/api.md', () => {
  it('has the types as they are', async () => {
    // After changing a public type: node test/architecture/apiReference.ts --write
    expect(documentedTypes(readFileSync(apiFile, 'utf8'))).toBe(await apiTypes());
  });

  it('has types that stand for themselves and are those of the code', () => {
    const same = `import type { RoostApi as Ours } from '../src/api.ts';
import type { RoostApi as Theirs } from './roost';
export const here: (api: Ours) => Theirs = (api) => api;
export const there: (api: Theirs) => Ours = (api) => api;`;
    const types = documentedTypes(readFileSync(apiFile, 'utf8'));
    expect(
      problemsIn(
        new Map([
          [here('roost.ts'), types],
          [here('same.ts'), same],
        ]),
      ),
    ).toEqual([]);
  });
});

describe('examples', () => {
  it.each(['docs/api.md', 'docs/telemetry.md'])('of %s compile', (name) => {
    const examples = examplesOf(read(name));
    expect(examples.length).toBeGreaterThan(0);
    const files = new Map([
      [here('roost.ts'), documentedTypes(readFileSync(apiFile, 'utf8'))],
      [here('elsewhere.d.ts'), elsewhere],
      ...examples.map((text, index) => [here(`example${index}.ts`), text] as const),
    ]);
    expect(problemsIn(files)).toEqual([]);
  });
});

describe('the tables of agents', () => {
  it('say what the last run has found, in every page that has one', () => {
    for (const { file, text } of writtenPages()) expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

describe('docs/telemetry.md', () => {
  it('has every event with every field and its type, and no other', () => {
    expect(documentedEvents(read('docs/telemetry.md'))).toEqual(specifiedEvents());
  });

  it('has every kind of message', () => {
    const { messageKinds } = constantsOf('src/session/telemetry.ts');
    const text = read('docs/telemetry.md');
    expect(messageKinds?.filter((kind) => !text.includes(`\`${kind}\``))).toEqual([]);
  });
});

type Events = Record<string, Record<string, string>>;

/** Event → field → type, from headings and the tables below them. */
function documentedEvents(document: string): Events {
  const events: Events = {};
  for (const section of document.split(/^### /m).slice(1)) {
    const name = /^`(roost\.[\w.]+)`/.exec(section)?.[1];
    if (name === undefined) continue;
    const rows = [...section.matchAll(/^\| `(\w+)` \| (.+?) \|/gm)];
    events[name] = Object.fromEntries(
      rows.map((row) => [row[1] ?? '', plain((row[2] ?? '').replaceAll(/[`\\]/g, ''))]),
    );
  }
  return events;
}

/** The same from the specification. */
function specifiedEvents(): Events {
  const source = sourceOf('src/session/telemetry.ts');
  const payloads = source.statements.find(
    (one) => ts.isInterfaceDeclaration(one) && one.name.text === 'TelemetryPayloads',
  );
  const events: Events = {};
  if (payloads === undefined || !ts.isInterfaceDeclaration(payloads)) return events;
  for (const member of payloads.members) {
    if (!ts.isPropertySignature(member) || member.type === undefined) continue;
    if (!ts.isStringLiteral(member.name) || !ts.isTypeLiteralNode(member.type)) continue;
    events[member.name.text] = Object.fromEntries(
      member.type.members.flatMap((field) =>
        ts.isPropertySignature(field)
          ? [[field.name.getText(source), plain(field.type?.getText(source) ?? '')]]
          : [],
      ),
    );
  }
  return events;
}

function plain(type: string): string {
  return type.replaceAll(/\s+/g, ' ').replaceAll("'", '').trim();
}

/** The lists of strings that a file exports. */
function constantsOf(name: string): Record<string, string[]> {
  const source = sourceOf(name);
  const lists: Record<string, string[]> = {};
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name)) {
      const value = node.initializer;
      const list = value !== undefined && ts.isAsExpression(value) ? value.expression : value;
      if (list !== undefined && ts.isArrayLiteralExpression(list)) {
        lists[node.name.text] = list.elements.flatMap((one) =>
          ts.isStringLiteral(one) ? [one.text] : [],
        );
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return lists;
}

function sourceOf(name: string): ts.SourceFile {
  return ts.createSourceFile(name, read(name), ts.ScriptTarget.Latest, true);
}
