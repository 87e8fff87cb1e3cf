// A request for permission: what the agent wants to do, exactly, and its own options as buttons and keys.
import type { PendingView } from '../../chatProtocol/session.ts';
import { button, icon, make } from '../dom.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';
import type { PanelContext, PendingCard } from './context.ts';
import { fileLink } from './fileLink.ts';
import { kindIcon } from './kindIcon.ts';
import { scrolledByKeys } from './scrolledByKeys.ts';
import { partNode, rawHeading, rawNode } from './toolParts.ts';

type Permission = Extract<PendingView, { type: 'permission' }>;

/** Keys that choose an option, in the options' order. */
const keyCount = 9;

/** The card of a request for permission. Nothing is chosen by Enter alone: a button must have the focus. */
export function permissionCard(request: Permission, context: PanelContext): PendingCard {
  const { requestId, options } = request;
  const answer = (optionId: string | undefined): void => {
    context.post({ type: 'permission', requestId, optionId });
  };
  const buttons = options.map((option, index) => {
    const key = index < keyCount ? String(index + 1) : undefined;
    return button({
      class: `button ${buttonClass(option.kind)}`,
      title: exactLine(option.name),
      ...(key === undefined ? {} : { attributes: { 'aria-keyshortcuts': key } }),
      click: () => {
        answer(option.optionId);
      },
    });
  });
  buttons.forEach((element, index) => {
    const option = options[index];
    if (option === undefined) return;
    if (index < keyCount) {
      element.append(
        make('kbd', { text: String(index + 1), attributes: { 'aria-hidden': 'true' } }),
      );
    }
    element.append(make('span', { text: exactLine(option.name) }));
  });
  const title = make(
    'div',
    { class: 'card-title' },
    icon(kindIcon(request.kind)),
    make('span', {
      class: 'card-title-text',
      text: exactLine(request.title),
      ...scrolledByKeys(request.title),
    }),
    ...request.locations.slice(0, 3).map((one) => fileLink(one, context)),
  );
  const body = make('div', { class: 'card-body' });
  for (const [index, part] of request.parts.entries()) {
    if (part.type === 'terminal') continue;
    body.append(partNode(part, context, { source: { requestId }, part: index }));
  }
  if (request.input !== undefined && !request.parts.some((part) => part.type === 'diff')) {
    body.append(rawNode(rawHeading('input'), request.input));
  }
  const element = make(
    'section',
    { class: 'card permission', label: `${word('permissionTitle')}: ${exactLine(request.title)}` },
    make(
      'div',
      { class: 'card-kicker' },
      icon('shield'),
      make('span', { text: word('permissionTitle') }),
    ),
    title,
    body.childElementCount > 0 ? body : undefined,
    make('div', { class: 'card-buttons' }, ...buttons),
    make('p', {
      class: 'muted card-hint',
      text: word('permissionHint', leadingKey(), Math.min(options.length, keyCount)),
    }),
  );
  return {
    element,
    key: (key) => {
      if (key === 'Escape') {
        answer(options.find((option) => option.kind === 'reject_once')?.optionId);
        return true;
      }
      const option = /^[1-9]$/.test(key) ? options[Number(key) - 1] : undefined;
      if (option === undefined) return false;
      answer(option.optionId);
      return true;
    },
  };
}

/** The key of the command that leads to the oldest request, as the manifest has it. */
function leadingKey(): string {
  return navigator.userAgent.includes('Mac') ? '⇧⌘A' : 'Ctrl+Shift+A';
}

/** The plain "allow once" stands out; whatever allows for ever or is not known does not. */
function buttonClass(kind: string): string {
  return kind === 'allow_once' ? 'primary' : 'secondary';
}
