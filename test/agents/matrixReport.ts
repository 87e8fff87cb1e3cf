// What the matrix has found out: one file per agent, and the tables in docs/agents.md and README.md that are made of all of them.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { noteOn } from '../../src/agents/knownAgents.ts';
import { root } from '../launch/paths.ts';
import { notHere, recipes, type Recipe, type RecipeId } from './recipeList.ts';

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

/** The pages with a table of the results: all of it, and what somebody wants to know who chooses an agent. */
const pages = [
  { file: join(root, 'docs', 'agents.md'), table },
  { file: join(root, 'README.md'), table: shortTable },
];

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
    for (const page of writtenPages()) writeFileSync(page.file, page.text);
  }
}

const start = '<!-- matrix: written by npm run test:agents -->';
const end = '<!-- end of matrix -->';

/** The pages as they are to be, with the tables of all results between their marks. @throws when one has no marks */
export function writtenPages(): readonly { readonly file: string; readonly text: string }[] {
  return pages.map(({ file, table: made }) => {
    const text = readFileSync(file, 'utf8');
    const from = text.indexOf(start);
    const to = text.indexOf(end);
    if (from < 0 || to < from) throw new Error(`${file} has no place for the matrix`);
    return {
      file,
      text: `${text.slice(0, from + start.length)}\n\n${made()}\n\n${text.slice(to)}`,
    };
  });
}

/** The results by the ids of their recipes. */
function results(): (readonly [id: string, result: Result])[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => [
      basename(name, '.json'),
      resultSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))),
    ]);
}

function table(): string {
  const rows = results().map(([, { product, packages, day, cells }]) => [
    `**${product}** ${packages} (${day})`,
    ...columns.map((column) => cells[column] ?? ''),
  ]);
  const others = notHere.map(({ product, reason }) => `- ${product}: ${reason}.`);
  return [...markdown(['agent', ...columns], rows), '', 'Not in the table:', '', ...others].join(
    '\n',
  );
}

/** One line for each agent that is offered in *New Session With…*. */
function shortTable(): string {
  const rows = results().flatMap(([id, { product, packages, cells }]) => {
    const registryId = recipeOf(id)?.registryId;
    if (registryId === undefined) return [];
    const [version = ''] = /\d+\.\d+\.\d+/u.exec(packages) ?? [];
    const asks = cells['command refused'] === 'yes' ? 'yes' : 'no';
    const [rest = ''] = /^\d+ MB/u.exec(cells['memory'] ?? '') ?? [];
    const back = cells['window closed']?.replace('back by ', '') ?? '';
    return [[`**${product}** ${version}`, signIn(registryId), asks, back, rest]];
  });
  const head = ['agent', 'key, or sign-in in a terminal', 'asks first', 'comes back by', 'at rest'];
  return markdown(head, rows).join('\n');
}

function recipeOf(id: string): Recipe | undefined {
  return Object.entries(recipes).find(([one]) => one === id)?.[1];
}

/** The ways that Roost knows besides those that the agent tells of itself. */
function signIn(registryId: string): string {
  const note = noteOn(registryId);
  if (note === undefined) return '';
  const { keys, terminal } = note.signIn;
  const ways = keys.map((name) => `\`${name}\``);
  if (terminal !== undefined) ways.push(`\`${[note.command, ...terminal].join(' ')}\``);
  return ways.length === 0 ? 'its own ways' : ways.join(', ');
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
