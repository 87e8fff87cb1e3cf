// Colours for code, loaded when the first code is shown: tokens of many languages as elements, never as markup.
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import elixir from 'highlight.js/lib/languages/elixir';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import lua from 'highlight.js/lib/languages/lua';
import makefile from 'highlight.js/lib/languages/makefile';
import markdown from 'highlight.js/lib/languages/markdown';
import php from 'highlight.js/lib/languages/php';
import powershell from 'highlight.js/lib/languages/powershell';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import scss from 'highlight.js/lib/languages/scss';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';
import { make } from './dom.ts';

const lowlight = createLowlight({
  ...{ bash, c, cpp, csharp, css, diff, dockerfile, elixir, go, ini, java, javascript, json },
  ...{ kotlin, lua, makefile, markdown, php, powershell, python, ruby, rust, scss, sql, swift },
  ...{ typescript, xml, yaml },
});

type Tree = Extract<
  ReturnType<typeof lowlight.highlight>['children'][number],
  { type: 'element' }
>['children'][number];

/** What colours the code in an element that is given to it; `undefined` for a language that is not known here. */
export function coloursOf(holder: HTMLElement, language: string): Colours | undefined {
  return lowlight.registered(language) ? new Colours(holder, language) : undefined;
}

/** A code in its colours, which may grow: lines that are as they were stay in the page. */
export class Colours {
  readonly #holder: HTMLElement;
  readonly #language: string;
  /** The lines on screen; before the first showing anything may be there. */
  #shown: readonly (readonly Tree[])[] = [];

  constructor(holder: HTMLElement, language: string) {
    this.#holder = holder;
    this.#language = language;
  }

  /** Shows this code with its tokens in elements. */
  show(code: string): void {
    const { children } = lowlight.highlight(this.#language, code);
    const lines = linesOf(children.filter((one) => one.type !== 'doctype'));
    // Behind the end of the last line is nothing.
    if (lines.at(-1)?.length === 0) lines.pop();
    const at = this.#shown.findIndex((line, index) => !areSame(line, lines[index]));
    const same = at === -1 ? this.#shown.length : at;
    if (same === 0) this.#holder.replaceChildren();
    while (this.#holder.childNodes.length > same) this.#holder.lastChild?.remove();
    // Each a block of its own, so that the others need not be laid out again.
    this.#holder.append(
      ...lines.slice(same).map((line) => make('span', { class: 'text-line' }, ...line.map(nodeOf))),
    );
    this.#shown = lines;
  }
}

/** Tokens line by line, each line with its end; one that goes on over several lines is in all of them. */
function linesOf(trees: readonly Tree[]): Tree[][] {
  const lines: Tree[][] = [[]];
  for (const tree of trees) {
    const [first = [], ...rest] = partsOf(tree);
    lines.at(-1)?.push(...first);
    lines.push(...rest);
  }
  return lines;
}

function partsOf(tree: Tree): Tree[][] {
  if (tree.type === 'element') {
    return linesOf(tree.children).map((children) =>
      children.length === 0 ? [] : [{ ...tree, children }],
    );
  }
  if (tree.type !== 'text') return [];
  const lines = tree.value.split('\n');
  return lines.map((line, index) => {
    const value = index === lines.length - 1 ? line : `${line}\n`;
    return value === '' ? [] : [{ type: 'text', value }];
  });
}

function areSame(some: readonly Tree[], others: readonly Tree[] | undefined): boolean {
  return some.length === others?.length && some.every((one, index) => isSame(one, others[index]));
}

function isSame(one: Tree, other: Tree | undefined): boolean {
  if (one.type === 'text') return other?.type === 'text' && one.value === other.value;
  if (one.type !== 'element' || other?.type !== 'element') return one.type === other?.type;
  return classOf(one) === classOf(other) && areSame(one.children, other.children);
}

function classOf({ properties: { className } }: Extract<Tree, { type: 'element' }>): string {
  return Array.isArray(className) ? className.join(' ') : '';
}

function nodeOf(tree: Tree): Node {
  switch (tree.type) {
    case 'text':
      return document.createTextNode(tree.value);
    case 'element':
      return make('span', { class: classOf(tree) }, ...tree.children.map(nodeOf));
    case 'comment':
      return document.createTextNode('');
  }
}
