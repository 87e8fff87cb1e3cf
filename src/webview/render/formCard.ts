// A form that an agent asks to be filled in.
import type { FormField, PendingView } from '../../chatProtocol/session.ts';
import { button, icon, make } from '../dom.ts';
import { checkField } from '../formValues.ts';
import type { FieldInput } from '../formValues.ts';
import { exactLine, readable } from '../visibleText.ts';
import { word } from '../words.ts';
import type { PanelContext, PendingCard } from './context.ts';
import { scrolledByKeys } from './scrolledByKeys.ts';

type Form = Extract<PendingView, { type: 'form' }>;

/** Kinds of text that the browser knows; a password is not shown to who stands behind. */
const inputTypes: ReadonlyMap<string, string> = new Map(
  ['email', 'date', 'password'].map((format) => [format, format]),
);

interface Control {
  readonly field: FormField;
  readonly element: HTMLElement;
  readonly focus: () => void;
  readonly read: () => FieldInput;
  readonly error: HTMLElement;
}

/** What stands above a question: who asks. */
export function kickerOf(request: PendingView): 'questionTitle' | 'startTitle' {
  return request.type === 'form' && request.toStart ? 'startTitle' : 'questionTitle';
}

/** The card of a form. Declining is always possible; submitting only what fits. */
export function formCard(request: Form, context: PanelContext): PendingCard {
  const { requestId, fields } = request;
  const title = word(kickerOf(request));
  const controls = fields.map((field, index) => control(field, `${requestId}-${index}`));
  const submit = (): void => {
    const content: Record<string, unknown> = {};
    let firstWrong: Control | undefined;
    for (const one of controls) {
      const checked = checkField(one.field, one.read());
      one.error.textContent = checked.kind === 'wrong' ? word(checked.problem) : '';
      if (checked.kind === 'wrong') firstWrong ??= one;
      if (checked.kind === 'value') content[one.field.key] = checked.value;
    }
    if (firstWrong === undefined) context.post({ type: 'form', requestId, content });
    else firstWrong.focus();
  };
  const decline = (): void => {
    context.post({ type: 'form', requestId });
  };
  const element = make(
    'section',
    { class: 'card question', label: `${title}: ${exactLine(request.message)}` },
    make('div', { class: 'card-kicker' }, icon('question'), make('span', { text: title })),
    make('p', {
      class: 'card-message',
      text: readable(request.message),
      ...scrolledByKeys(request.message),
    }),
    make('div', { class: 'fields' }, ...controls.map((one) => one.element)),
    make(
      'div',
      { class: 'card-buttons' },
      button({ class: 'button primary', text: word('submit'), click: submit }),
      button({ class: 'button secondary', text: word('decline'), click: decline }),
    ),
  );
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  });
  return { element, key: () => false };
}

function control(field: FormField, id: string): Control {
  const error = make('p', {
    class: 'field-error',
    role: 'alert',
    attributes: { id: `${id}-error` },
  });
  const label = make('label', { class: 'field-label', attributes: { for: id } });
  label.append(exactLine(field.title));
  if (field.required) {
    label.append(make('span', { class: 'required', text: ' *', title: word('required') }));
  }
  const { input, read } = inputFor(field, id);
  const focusable = input.matches('input,select,textarea') ? input : input.querySelector('input');
  if (focusable instanceof HTMLElement) {
    focusable.setAttribute('aria-describedby', `${id}-hint ${id}-error`);
    if (field.required) focusable.setAttribute('aria-required', 'true');
  }
  const element = make(
    'div',
    { class: `field field-${field.type}` },
    label,
    input,
    field.description === undefined
      ? undefined
      : make('p', {
          class: 'muted',
          text: readable(field.description),
          attributes: { id: `${id}-hint` },
        }),
    error,
  );
  const focus = (): void => {
    if (focusable instanceof HTMLElement) focusable.focus();
  };
  return { field, element, focus, read, error };
}

function inputFor(
  field: FormField,
  id: string,
): { readonly input: HTMLElement; readonly read: () => FieldInput } {
  switch (field.type) {
    case 'text': {
      const input = make('input', { class: 'input', attributes: { id } });
      input.type = inputTypes.get(field.format ?? '') ?? 'text';
      input.autocomplete = 'off';
      input.value = field.initial ?? '';
      return { input, read: () => input.value };
    }
    case 'number': {
      const input = make('input', { class: 'input', attributes: { id, inputmode: 'decimal' } });
      input.value = field.initial === undefined ? '' : String(field.initial);
      return { input, read: () => input.value };
    }
    case 'json': {
      const input = make('textarea', { class: 'input', attributes: { id, rows: '3' } });
      input.placeholder = word('fieldJson');
      return { input, read: () => input.value };
    }
    case 'boolean': {
      const input = make('input', { class: 'checkbox', attributes: { id } });
      input.type = 'checkbox';
      input.checked = field.initial ?? false;
      return { input, read: () => input.checked };
    }
    case 'choice': {
      const input = make('select', { class: 'input', attributes: { id } });
      if (field.initial === undefined) input.append(new Option(word('none'), ''));
      for (const { value, name } of field.choices) {
        input.append(new Option(exactLine(name), value, false, value === field.initial));
      }
      return { input, read: () => input.value };
    }
    case 'choices': {
      const boxes = field.choices.map(({ value, name, description }, index) => {
        const box = make('input', { class: 'checkbox', attributes: index === 0 ? { id } : {} });
        box.type = 'checkbox';
        box.value = value;
        box.checked = field.initial?.includes(value) ?? false;
        const text = make('span', { text: exactLine(name) });
        return {
          box,
          row: make('label', { class: 'choice', title: description ?? '' }, box, text),
        };
      });
      const input = make('div', { class: 'choices', role: 'group', label: exactLine(field.title) });
      input.append(...boxes.map((one) => one.row));
      return {
        input,
        read: () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value),
      };
    }
  }
}
