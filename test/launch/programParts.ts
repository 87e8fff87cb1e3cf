// How a program for Node is built in parts: one file of what it starts with, and one each of what its sources load by `await import()`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { build, transform, type BuildOptions, type BuildResult, type Plugin } from 'esbuild';

/** How a file of ours gets at the editor's API, as esbuild writes it. */
const editorApi = /^import \* as (\w+) from "vscode";$/gm;

/** Where a program goes, and how. */
interface Target {
  readonly outdir: string;
  /** The folder in it that the other parts have to themselves. */
  readonly folder: string;
  readonly production: boolean;
}

/** What both steps make: files for the Node of every editor that Roost runs in. */
const node = { format: 'cjs', platform: 'node', target: 'node22' } as const;

/**
 * Options for one program in parts; it has one entry point. esbuild cuts ES modules only, and the
 * extension host wants CommonJS: each part is made into that when it has been cut. Pieces that the start
 * shares with the other parts are put back into the program's own file, which hands them out: reading a
 * dozen small files took longer than a third of activation.
 * @param outdir where the program goes
 * @param folder the folder in it that its other parts have to themselves
 * @param production whether it is made small
 */
export function inParts(outdir: string, folder: string, production: boolean): BuildOptions {
  return {
    format: 'esm',
    splitting: true,
    minify: false,
    sourcemap: production ? false : 'inline',
    outdir,
    outExtension: { '.js': '.cjs' },
    chunkNames: `${folder}/[name]-[hash]`,
    write: false,
    metafile: true,
    plugins: [
      {
        name: 'commonjs-parts',
        setup: (run) => {
          run.onEnd(async (result) => {
            if (result.errors.length > 0) return;
            rmSync(join(outdir, folder), { recursive: true, force: true });
            await writeParts(result, { outdir, folder, production });
          });
        },
      },
    ],
  };
}

async function writeParts(result: BuildResult, target: Target): Promise<void> {
  // As it is: a copy of the whole API, made for each file, would be a good part of activation.
  const texts = new Map(
    result.outputFiles?.map(({ path, text }) => [
      path,
      text.replaceAll(editorApi, 'const $1 = require("vscode");'),
    ]),
  );
  const { main, start } = startOf(result, target);
  write(main, await inOneFile(main, start, texts, target));
  const shared = new Set([...start].map((file) => basename(file)));
  for (const [path, text] of texts) {
    if (start.has(path)) continue;
    const { production } = target;
    const { code } = await transform(text, {
      ...node,
      supported: { 'dynamic-import': false },
      minify: production,
      sourcemap: production ? false : 'inline',
      logLevel: 'warning',
    });
    write(
      path,
      code.replaceAll(/require\("\.\/([^"/]+)"\)/g, (found, file: string) =>
        shared.has(file) ? `require("../${basename(main)}").parts["${file}"]` : found,
      ),
    );
  }
}

/** The program's own file, and all files that are loaded with it, itself among them. */
function startOf(
  { metafile }: BuildResult,
  { outdir, folder }: Target,
): { readonly main: string; readonly start: ReadonlySet<string> } {
  const outputs = new Map(
    Object.entries(metafile?.outputs ?? {}).map(([path, output]) => [resolve(path), output]),
  );
  const parts = resolve(outdir, folder) + sep;
  const [main] = [...outputs.keys()].filter((path) => !path.startsWith(parts));
  if (main === undefined) throw new Error('A program in parts needs an entry point.');
  const start = new Set([main]);
  // A set hands out what is added while it is walked.
  for (const path of start) {
    for (const { kind, path: imported, external } of outputs.get(path)?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) start.add(resolve(imported));
    }
  }
  return { main, start };
}

/** The start as one CommonJS file, which exports its pieces by their names as `parts`. */
async function inOneFile(
  main: string,
  start: ReadonlySet<string>,
  texts: ReadonlyMap<string, string>,
  { outdir, production }: Target,
): Promise<string> {
  const place = (file: string): string => `./${relative(outdir, file).replaceAll(sep, '/')}`;
  const pieces = [...start].filter((file) => file !== main);
  const entry = [
    `export * from "${place(main)}";`,
    ...pieces.map((file, index) => `import * as piece${index} from "${place(file)}";`),
    `export const parts = { ${pieces.map((file, index) => `"${basename(file)}": piece${index}`).join(', ')} };`,
  ].join('\n');
  const cut: Plugin = {
    name: 'cut-before',
    setup: (run) => {
      run.onResolve({ filter: /^\./ }, ({ path, importer, kind }) => {
        const file = resolve(importer === '<stdin>' ? outdir : dirname(importer), path);
        return kind === 'dynamic-import' || !start.has(file)
          ? { path: place(file), external: true }
          : { path: file, namespace: 'cut' };
      });
      run.onLoad({ filter: /.*/, namespace: 'cut' }, ({ path }) => ({
        contents: texts.get(path) ?? '',
        resolveDir: dirname(path),
      }));
    },
  };
  const { outputFiles } = await build({
    ...node,
    stdin: { contents: entry, resolveDir: outdir },
    bundle: true,
    write: false,
    outfile: main,
    external: ['vscode'],
    supported: { 'dynamic-import': false },
    minify: production,
    sourcemap: production ? false : 'inline',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [cut],
  });
  return outputFiles[0]?.text ?? '';
}

function write(path: string, code: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
}
