// Bringing a part of an entry into view in what scrolls within the entry itself: long diffs, outputs, and lines of code.

/** Scrolls every box between a part and its entry so that the part can be seen in it; what is in view stays. */
export function scrollWithin(entry: Element, part: Range): void {
  let box = part.startContainer.parentElement;
  for (; box !== null && box !== entry; box = box.parentElement) {
    if (box.scrollHeight <= box.clientHeight && box.scrollWidth <= box.clientWidth) continue;
    const view = box.getBoundingClientRect();
    const at = part.getBoundingClientRect();
    // What does not scroll is left as it is by this.
    if (at.top < view.top || at.bottom > view.bottom) {
      box.scrollTop += at.top - view.top - view.height / 3;
    }
    if (at.left < view.left || at.right > view.right) {
      box.scrollLeft += at.left - view.left - view.width / 3;
    }
  }
}
