// Marks on what is found, painted over the text: the page itself is not changed by them.

/** At most so many marks are painted. */
const markLimit = 1000;

/**
 * Marks every match of a text in these elements, and those of the entry in question more strongly; '' takes
 * all marks away. The first match in the entry in question.
 */
export function markMatches(
  elements: ReadonlyMap<string, HTMLElement>,
  query: string,
  active: string | undefined,
): Range | undefined {
  CSS.highlights.delete('found');
  CSS.highlights.delete('found-active');
  for (const [id, element] of elements) {
    element.classList.toggle('found-entry', query !== '' && id === active);
  }
  if (query === '') return undefined;
  const others: Range[] = [];
  const own: Range[] = [];
  for (const [id, element] of elements) {
    addRanges(element, query.toLowerCase(), id === active ? own : others);
    if (others.length + own.length > markLimit) break;
  }
  CSS.highlights.set('found', new Highlight(...others));
  CSS.highlights.set('found-active', new Highlight(...own));
  return own[0];
}

function addRanges(element: HTMLElement, wanted: string, ranges: Range[]): void {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = (node.nodeValue ?? '').toLowerCase();
    // Lower case can be longer than what it comes from: such a text's places would not fit.
    if (text.length !== node.nodeValue?.length) continue;
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      ranges.push(range);
      if (ranges.length > markLimit) return;
    }
  }
}
