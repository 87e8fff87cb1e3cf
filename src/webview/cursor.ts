// Where the cursor of the page goes, without taking it from the rest of the window.

let wanted: HTMLElement | undefined;

/**
 * Puts the cursor into a part of the page: now when the page has the focus, else as soon as it gets it. To focus a part
 * of a page that is in the background takes the focus from where the user is: from the list of sessions, or from a list to
 * choose from, which closes by that.
 */
export function putCursor(into: HTMLElement): void {
  if (document.hasFocus()) {
    into.focus();
    return;
  }
  if (wanted === undefined) window.addEventListener('focus', putWanted, { once: true });
  wanted = into;
}

function putWanted(): void {
  const into = wanted;
  wanted = undefined;
  into?.focus();
}
