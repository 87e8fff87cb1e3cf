// What the matrix has found out: one file per agent, and the table in docs/agents.md that is made of all of them.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { root } from '../launch/paths.ts';
import { notHere, recipes, type RecipeId } from './recipeList.ts';

/** The columns, in order. */
const columns = [
  'answers',
  'command allowed',
  'command refused',
  'file written',
  'cancelled',
  'other killed',
  'window closed',
  'idle',
  'stopped',
  'memory',
] as const;

/** What a cell is about. */
export type Column = (typeof columns)[number];

const resultSchema = z.object({
  product: z.string(),
  packages: z.string(),
  /** Who the agent says it is. */
  introduced: z.string(),
  /** The day of the run. */
  day: z.string(),
  node: z.string(),
  cells: z.record(z.string(), z.string()),
});

type Result = z.infer<typeof resultSchema>;

const folder = join(root, 'test', 'agents', 'results');
const page = join(root, 'docs', 'agents.md');

/** The row of one agent while the run fills it. */
export class MatrixRow {
  readonly #id: RecipeId;
  readonly #cells = new Map<Column, string>();
  #introduced = '';

  constructor(id: RecipeId) {
    this.#id = id;
  }

  /** Fills a cell. */
  set(column: Column, text: string): void {
    this.#cells.set(column, text);
  }

  /** Notes what the agent says of itself. */
  introduce(name = '', version = ''): void {
    this.#introduced = `${name} ${version}`.trim();
  }

  /** Says in every cell's place why the agent could not be run at all. */
  cannotRun(reason: string): void {
    for (const column of columns) this.#cells.set(column, '');
    this.#cells.set('answers', `not run: ${reason}`);
  }

  /** Writes the agent's file and the table. A run that left cells out (`-t`) changes neither. */
  write(): void {
    if (columns.some((column) => !this.#cells.has(column))) return;
    const { product, packages } = recipes[this.#id];
    const result: Result = {
      product,
      packages,
      introduced: this.#introduced,
      day: new Date().toISOString().slice(0, 10),
      node: process.version,
      cells: Object.fromEntries(this.#cells),
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${this.#id}.json`), `${JSON.stringify(result, undefined, 2)}\n`);
    if (existsSync(page)) writeFileSync(page, withTable(readFileSync(page, 'utf8')));
  }
}

const start = '<!-- matrix: written by npm run test:agents -->';
const end = '<!-- end of matrix -->';

/** A page with the table of all results between its two marks. @throws when it has no marks */
export function withTable(text: string): string {
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error('docs/agents.md has no place for the matrix');
  return `${text.slice(0, from + start.length)}\n\n${table()}\n\n${text.slice(to)}`;
}

function table(): string {
  const results = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => resultSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))));
  const head = ['agent', ...columns];
  const rows = results.map(({ product, packages, day, cells }) => [
    `**${product}** ${packages} (${day})`,
    ...columns.map((column) => cells[column] ?? ''),
  ]);
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const others = notHere.map(({ product, reason }) => `- ${product}: ${reason}.`);
  return [...lines, '', 'Not in the table:', '', ...others].join('\n');
}
