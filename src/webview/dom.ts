// Making and changing elements without ever handing text to the HTML parser.

/** What an element is made with. Text goes in as text, never as markup. */
export interface ElementOptions {
  readonly class?: string;
  readonly text?: string;
  readonly title?: string;
  readonly role?: string;
  readonly label?: string;
  readonly hidden?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly on?: {
    readonly [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void;
  };
}

/** A new element. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  options: ElementOptions = {},
  ...children: readonly (Node | undefined)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (options.class !== undefined) element.className = options.class;
  if (options.text !== undefined) element.textContent = options.text;
  if (options.title !== undefined) element.title = options.title;
  if (options.role !== undefined) element.setAttribute('role', options.role);
  if (options.label !== undefined) element.setAttribute('aria-label', options.label);
  if (options.hidden === true) element.hidden = true;
  for (const [name, value] of Object.entries(options.attributes ?? {})) {
    element.setAttribute(name, value);
  }
  for (const [name, listener] of Object.entries(options.on ?? {})) {
    // The table's keys are event names and its values take that event.
    element.addEventListener(name, listener as EventListener);
  }
  for (const child of children) if (child !== undefined) element.append(child);
  return element;
}

/** An icon of the editor's own font; decoration unless it has a label. */
export function icon(name: string, label?: string): HTMLElement {
  const element = make('span', { class: `codicon codicon-${name}` });
  if (label === undefined) {
    element.setAttribute('aria-hidden', 'true');
  } else {
    element.setAttribute('role', 'img');
    element.setAttribute('aria-label', label);
    element.title = label;
  }
  return element;
}

/** Options of a {@link button}. */
export interface ButtonOptions extends ElementOptions {
  /** Icon alone, with `label` as its name. */
  readonly icon?: string;
  readonly click: () => void;
}

/** A button that submits nothing. */
export function button(options: ButtonOptions): HTMLButtonElement {
  const { icon: iconName, click, ...rest } = options;
  const element = make('button', rest);
  element.type = 'button';
  if (iconName !== undefined) {
    element.prepend(icon(iconName));
    if (rest.title === undefined && rest.label !== undefined) element.title = rest.label;
  }
  element.addEventListener('click', click);
  return element;
}

/** Sets text only where it differs, so that selections and screen readers are left alone. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Replaces an element's children only where they differ. */
export function setChildren(element: Element, children: readonly Node[]): void {
  const same =
    element.childNodes.length === children.length &&
    children.every((child, index) => element.childNodes[index] === child);
  if (!same) element.replaceChildren(...children);
}

/** Whether the user is writing in this element. */
export function isEditable(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  );
}
