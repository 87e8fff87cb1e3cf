// The files that the session has changed: how many and by how much, folded; each can be compared with what it was, and taken back.
import type { ChangedFile, SessionView } from '../../chatProtocol/session.ts';
import { button, icon, make } from '../dom.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';
import type { PanelContext } from './context.ts';
import { Disclosure } from './disclosure.ts';

/** The changes on screen. */
export class ChangesView {
  readonly element: HTMLElement;
  readonly #context: PanelContext;
  readonly #disclosure: Disclosure;
  readonly #title = make('span', { class: 'disclosure-title' });
  readonly #counts = make('span', { class: 'changes-counts' });
  readonly #list = make('ul', { class: 'changes-list' });
  #files: readonly ChangedFile[] = [];
  /** What the session had done when the files were asked for last. */
  #asked = '0';

  /** @param onFold called each time the user has opened or closed the list */
  constructor(context: PanelContext, onFold: () => void) {
    this.#context = context;
    const head = [icon('diff-multiple'), this.#title, this.#counts];
    const show = (body: HTMLElement): void => {
      body.replaceChildren(this.#list);
      this.#ask();
    };
    this.#disclosure = new Disclosure('changes', head, show, onFold);
    this.element = this.#disclosure.element;
    this.element.hidden = true;
    // What was changed meanwhile by somebody else, the user first of all.
    window.addEventListener('focus', () => {
      if (!this.element.hidden) this.#ask();
    });
  }

  /** Whether the list is open. */
  get open(): boolean {
    return this.#disclosure.open;
  }

  /** Opens the list, as it was before the page was another one. */
  unfold(): void {
    this.#disclosure.unfold();
  }

  /** Shows the files the host found last, and asks anew when the session has changed another or has come to rest. */
  update({ changedFiles, status }: SessionView, files: readonly ChangedFile[]): void {
    const asked = changedFiles === 0 ? '0' : `${changedFiles} ${status}`;
    if (asked !== this.#asked) {
      this.#asked = asked;
      if (changedFiles > 0) this.#ask();
    }
    if (files === this.#files) return;
    this.#files = files;
    this.element.hidden = files.length === 0;
    this.#title.textContent =
      files.length === 1 ? word('changedFile') : word('changedFiles', files.length);
    this.#counts.replaceChildren(...counts(sumOf(files)));
    this.#showFiles();
  }

  #ask(): void {
    this.#context.post({ type: 'changes' });
  }

  /** A row that was used keeps the focus, also when the list is another. */
  #showFiles(): void {
    const focused = document.activeElement?.id ?? '';
    this.#list.replaceChildren(...this.#files.map((file, index) => this.#row(file, index)));
    if (focused.startsWith('change-')) document.getElementById(focused)?.focus();
  }

  #row(file: ChangedFile, index: number): HTMLElement {
    const { path, name, folder, kind } = file;
    const { post } = this.#context;
    const shown = exactLine(name);
    const open = button({
      class: 'link-button change-name',
      text: shown,
      title: exactLine(path),
      click: () => {
        post({ type: 'openChange', path });
      },
    });
    open.id = `change-open-${index}`;
    const revert = button({
      class: 'icon-button revert-change',
      icon: 'discard',
      label: word('revertChange', shown),
      click: () => {
        post({ type: 'revertChange', path });
      },
    });
    revert.id = `change-revert-${index}`;
    // What it was is not known where nobody could count what differs.
    revert.disabled = file.lines === undefined;
    open.disabled = file.lines === undefined;
    const note = { created: word('changeNew'), changed: undefined, deleted: word('changeDeleted') };
    return make(
      'li',
      { class: 'change' },
      icon('file'),
      open,
      make('span', { class: 'muted change-folder', text: exactLine(folder) }),
      note[kind] === undefined ? undefined : make('span', { class: 'muted', text: note[kind] }),
      ...counts(file.lines),
      revert,
    );
  }
}

function sumOf(files: readonly ChangedFile[]): ChangedFile['lines'] {
  const known = files.flatMap(({ lines }) => (lines === undefined ? [] : [lines]));
  return {
    added: known.reduce((sum, { added }) => sum + added, 0),
    removed: known.reduce((sum, { removed }) => sum + removed, 0),
  };
}

function counts(lines: ChangedFile['lines']): HTMLElement[] {
  if (lines === undefined) return [];
  return [
    make('span', {
      class: 'diff-added-count',
      text: `+${lines.added}`,
      label: `${word('diffNew')}: ${lines.added}`,
    }),
    make('span', {
      class: 'diff-removed-count',
      text: `−${lines.removed}`,
      label: `${word('diffOld')}: ${lines.removed}`,
    }),
  ];
}
