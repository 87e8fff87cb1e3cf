// Putting nodes that exist into a list without moving those that stand where they should.

/** Makes `nodes` the children of `list` with as few moves as there are new or gone ones; a focus inside stays in `home`. */
export function placeNodes(list: Element, nodes: readonly Node[], home: HTMLElement): void {
  const wanted = new Set(nodes);
  for (const child of [...list.childNodes]) {
    if (wanted.has(child)) continue;
    if (child.contains(document.activeElement)) home.focus({ preventScroll: true });
    child.remove();
  }
  let next = list.firstChild;
  for (const node of nodes) {
    if (node === next) next = next.nextSibling;
    else list.insertBefore(node, next);
  }
}
