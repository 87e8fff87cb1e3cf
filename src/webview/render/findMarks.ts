// Marks on what is found, painted over the text: the page itself is not changed by them.

/** At most so many marks are painted. */
const markLimit = 1000;

/**
 * Marks every match of a text in these elements, and the one in question more strongly: the one with the number `at` in the
 * entry `active`, counted from its end where that is negative; '' takes all marks away. The matches in that entry.
 */
export function markMatches(
  elements: ReadonlyMap<string, HTMLElement>,
  query: string,
  active: string | undefined,
  at: number,
): readonly Range[] {
  CSS.highlights.delete('found');
  CSS.highlights.delete('found-active');
  for (const [id, element] of elements) {
    element.classList.toggle('found-entry', query !== '' && id === active);
  }
  if (query === '') return [];
  const others: Range[] = [];
  const own: Range[] = [];
  for (const [id, element] of elements) {
    addRanges(element, query.toLowerCase(), id === active ? own : others);
    if (others.length + own.length > markLimit) break;
  }
  const chosen = own.at(at);
  CSS.highlights.set('found', new Highlight(...others, ...own.filter((one) => one !== chosen)));
  CSS.highlights.set('found-active', new Highlight(...(chosen === undefined ? [] : [chosen])));
  return own;
}

/** What a text does not reach across. */
const blocks = 'p,li,td,th,h1,h2,h3,h4,h5,h6,pre,blockquote,button,dt,dd,div';

/** A piece of text that is read in one go, though parts of it are bold, code or links. */
interface Line {
  readonly block: Element | null;
  readonly nodes: Text[];
  text: string;
}

function addRanges(element: HTMLElement, wanted: string, ranges: Range[]): void {
  for (const { nodes, text } of linesIn(element)) {
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      ranges.push(rangeIn(nodes, at, at + wanted.length));
      if (ranges.length > markLimit) return;
    }
  }
}

function linesIn(element: HTMLElement): Line[] {
  const lines: Line[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (!(node instanceof Text)) continue;
    const block = node.parentElement?.closest(blocks) ?? null;
    const lower = node.data.toLowerCase();
    // Lower case can be longer than what it comes from: such a text's places would not fit.
    const text = lower.length === node.length ? lower : node.data;
    const line = lines.at(-1);
    if (line?.block !== block) lines.push({ block, nodes: [node], text });
    else {
      line.nodes.push(node);
      line.text += text;
    }
  }
  return lines;
}

/** The range from one place of a line to another. */
function rangeIn(nodes: readonly Text[], start: number, end: number): Range {
  const range = document.createRange();
  let passed = 0;
  for (const node of nodes) {
    const [from, to] = [start - passed, end - passed];
    if (from >= 0 && from < node.length) range.setStart(node, from);
    if (to > 0 && to <= node.length) range.setEnd(node, to);
    passed += node.length;
  }
  return range;
}
