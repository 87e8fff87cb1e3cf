// What a card says above its answers can be longer than its room; then it scrolls, which needs no mouse.

/** A text of fewer UTF-16 units fits. */
const fitting = 150;

/** The attributes of an element with such a text: a stop on the way of the Tab key only where there is something to scroll. */
export function scrolledByKeys(text: string): { attributes?: { tabindex: string } } {
  return text.length < fitting ? {} : { attributes: { tabindex: '0' } };
}
