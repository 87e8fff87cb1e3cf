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

type Tree = ReturnType<typeof lowlight.highlight>['children'][number];

/** The code with its tokens in elements; `undefined` for a language that is not known here. */
export function highlighted(code: string, language: string): DocumentFragment | undefined {
  if (!lowlight.registered(language)) return undefined;
  const fragment = document.createDocumentFragment();
  fragment.append(...lowlight.highlight(language, code).children.map(nodeOf));
  return fragment;
}

function nodeOf(tree: Tree): Node {
  switch (tree.type) {
    case 'text':
      return document.createTextNode(tree.value);
    case 'element': {
      const { className } = tree.properties;
      const names = Array.isArray(className) ? className.join(' ') : '';
      return make('span', { class: names }, ...tree.children.map(nodeOf));
    }
    case 'comment':
    case 'doctype':
      return document.createTextNode('');
  }
}
