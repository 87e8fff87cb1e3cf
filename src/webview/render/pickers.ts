// What the user can set while the session runs: the agent's modes and config options, as the agent offers them.
import type { PickerView } from '../../chatProtocol/session.ts';
import { make } from '../dom.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';
import type { PanelContext } from './context.ts';

/** The pickers on screen; built anew only when what is offered or chosen has changed. */
export class Pickers {
  readonly element = make('div', { class: 'pickers' });
  readonly #context: PanelContext;
  #shown = '';
  #last: readonly [readonly PickerView[], boolean] | undefined;

  constructor(context: PanelContext) {
    this.#context = context;
  }

  /** Shows what can be set. */
  update(pickers: readonly PickerView[], disabled: boolean): void {
    this.#last = [pickers, disabled];
    const shown = JSON.stringify([pickers, disabled]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = document.activeElement?.id;
    this.element.replaceChildren(
      ...pickers.map((picker, index) => this.#node(picker, `picker-${index}`, disabled)),
    );
    if (focused?.startsWith('picker-') === true) document.getElementById(focused)?.focus();
  }

  /** Shows again what is set, whatever was chosen meanwhile. */
  reset(): void {
    this.#shown = '';
    if (this.#last !== undefined) this.update(...this.#last);
  }

  #node(picker: PickerView, id: string, disabled: boolean): HTMLElement {
    const name = exactLine(picker.name === '' ? word('mode') : picker.name);
    const title = exactLine(
      [name, picker.description ?? ''].filter((part) => part !== '').join(': '),
    );
    if (picker.type === 'switch') {
      const box = make('input', { class: 'checkbox', attributes: { id } });
      box.type = 'checkbox';
      box.checked = picker.value;
      box.disabled = disabled;
      box.addEventListener('change', () => {
        this.#context.post({ type: 'pick', configId: picker.configId, value: box.checked });
      });
      return make('label', { class: 'picker', title }, box, make('span', { text: name }));
    }
    const select = make('select', {
      class: 'picker-select',
      title,
      label: name,
      attributes: { id },
    });
    select.disabled = disabled;
    const groups = new Map<string, HTMLOptGroupElement>();
    for (const choice of picker.choices) {
      const option = new Option(exactLine(choice.name), choice.value);
      option.selected = choice.value === picker.value;
      option.title = exactLine(choice.description ?? '');
      if (choice.group === undefined) {
        select.append(option);
        continue;
      }
      let group = groups.get(choice.group);
      if (group === undefined) {
        group = make('optgroup', { attributes: { label: exactLine(choice.group) } });
        groups.set(choice.group, group);
        select.append(group);
      }
      group.append(option);
    }
    if (!picker.choices.some((choice) => choice.value === picker.value)) {
      select.prepend(new Option(exactLine(picker.value), picker.value, true, true));
    }
    select.addEventListener('change', () => {
      this.#context.post({ type: 'pick', configId: picker.configId, value: select.value });
    });
    return select;
  }
}
