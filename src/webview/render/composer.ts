// Where the user writes: grows with its text, completes slash commands, walks the history, sends and stops.
import type { CommandView, SessionView } from '../../chatProtocol.ts';
import { button, make, setText } from '../dom.ts';
import { PromptHistory } from '../promptHistory.ts';
import { calledCommand, commandPrefix, complete, matchingCommands } from '../slashCommands.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';
import { CompletionList } from './completionList.ts';
import type { PanelContext } from './context.ts';
import { Pickers } from './pickers.ts';

/** What the composer tells besides what it posts. */
export interface ComposerEvents {
  /** The draft changed. */
  readonly onDraft: (draft: string) => void;
  /** A prompt was sent. */
  readonly onSend: () => void;
}

/** The composer. */
export class Composer {
  readonly element: HTMLElement;
  readonly #context: PanelContext;
  readonly #events: ComposerEvents;
  readonly #input: HTMLTextAreaElement;
  readonly #hint = make('span', { class: 'composer-hint muted' });
  readonly #send: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #completions: CompletionList;
  readonly #pickers: Pickers;
  readonly #history = new PromptHistory();
  #session: SessionView | undefined;

  constructor(context: PanelContext, events: ComposerEvents) {
    this.#context = context;
    this.#events = events;
    this.#completions = new CompletionList((command) => {
      this.#complete(command);
    });
    this.#pickers = new Pickers(context);
    this.#input = make('textarea', {
      class: 'composer-input',
      role: 'combobox',
      attributes: {
        rows: '1',
        'aria-autocomplete': 'list',
        'aria-controls': 'completions',
        'aria-expanded': 'false',
      },
      on: {
        input: () => {
          this.#history.reset();
          this.#edited();
        },
        keydown: (event) => {
          if (this.#key(event)) event.preventDefault();
        },
        blur: () => {
          this.#completions.hide();
          this.#showActive();
        },
      },
    });
    this.#send = button({
      class: 'icon-button send',
      icon: 'send',
      label: word('send'),
      click: () => {
        this.#submit();
      },
    });
    this.#stop = button({
      class: 'icon-button stop',
      icon: 'stop-circle',
      label: word('stopHint'),
      hidden: true,
      click: () => {
        context.post({ type: 'cancel' });
      },
    });
    this.element = make(
      'div',
      { class: 'composer' },
      this.#completions.element,
      make(
        'div',
        { class: 'composer-box' },
        this.#input,
        make(
          'div',
          { class: 'composer-bar' },
          this.#pickers.element,
          this.#hint,
          make('div', { class: 'composer-buttons' }, this.#stop, this.#send),
        ),
      ),
    );
  }

  /** What is written and not sent. */
  get draft(): string {
    return this.#input.value;
  }

  /** Shows what the session allows. */
  update(session: SessionView, prompts: readonly string[]): void {
    this.#history.set(prompts);
    if (session === this.#session) return;
    this.#session = session;
    const { status, agentName, readOnly, pickers } = session;
    const busy = status === 'working' || status === 'needsInput';
    this.#stop.hidden = !busy;
    this.#input.disabled = readOnly !== undefined;
    this.#input.placeholder = placeholder(session, busy);
    this.#input.setAttribute('aria-label', word('composer', exactLine(agentName)));
    this.#send.title = word(busy ? 'queueHint' : 'sendHint');
    const settable = status === 'ready' || busy;
    this.#pickers.update(pickers, readOnly !== undefined || !settable);
    this.#refresh();
  }

  /** Puts the cursor here. */
  focus(): void {
    this.#input.focus();
  }

  /** Replaces what is written, as when a draft comes back. */
  setDraft(text: string): void {
    this.#input.value = text;
    this.#input.setSelectionRange(text.length, text.length);
    this.#edited();
    this.#completions.hide();
    this.#showActive();
  }

  #edited(): void {
    this.#refresh();
    this.#events.onDraft(this.draft);
    const commands = this.#matching();
    if (commands.length > 0) this.#completions.show(commands);
    else this.#completions.hide();
    this.#showActive();
  }

  #matching(): readonly CommandView[] {
    const prefix = commandPrefix(this.draft, this.#input.selectionStart);
    return prefix === undefined ? [] : matchingCommands(this.#session?.commands ?? [], prefix);
  }

  /** Size, hint and button after the text or the session changed. */
  #refresh(): void {
    this.#input.style.height = 'auto';
    this.#input.style.height = `${this.#input.scrollHeight}px`;
    this.#send.disabled = this.draft.trim() === '' || this.#input.disabled;
    const called = calledCommand(this.#session?.commands ?? [], this.draft);
    const hint =
      called === undefined
        ? ''
        : [called.hint ?? '', called.description].filter((part) => part !== '');
    setText(this.#hint, hint === '' ? '' : exactLine(hint.join(' — ')));
  }

  #showActive(): void {
    const { open, activeId } = this.#completions;
    this.#input.setAttribute('aria-expanded', String(open));
    if (activeId === undefined) this.#input.removeAttribute('aria-activedescendant');
    else this.#input.setAttribute('aria-activedescendant', activeId);
  }

  /** Whether the key was taken. Keys of an input method belong to it. */
  #key(event: KeyboardEvent): boolean {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (this.#completions.open && this.#completionKey(event)) return true;
    switch (event.key) {
      case 'Enter':
        if (event.shiftKey) return false;
        this.#submit();
        return true;
      case 'ArrowUp':
      case 'ArrowDown':
        return !event.shiftKey && this.#walk(event.key === 'ArrowUp');
      default:
        return false;
    }
  }

  #completionKey(event: KeyboardEvent): boolean {
    const active = this.#completions.active;
    switch (event.key) {
      case 'ArrowUp':
      case 'ArrowDown':
        this.#completions.move(event.key === 'ArrowUp' ? -1 : 1);
        this.#showActive();
        return true;
      case 'Escape':
        this.#completions.hide();
        this.#showActive();
        event.stopPropagation();
        return true;
      case 'Tab':
      case 'Enter':
        if (active === undefined || event.shiftKey) return false;
        // A name that is whole and takes nothing more is sent by Enter as any other text.
        if (event.key === 'Enter' && this.draft === `/${active.name}`) return false;
        this.#complete(active);
        return true;
      default:
        return false;
    }
  }

  #complete(command: CommandView): void {
    const { text, caret } = complete(this.draft, this.#input.selectionStart, command);
    this.#input.value = text;
    this.#input.setSelectionRange(caret, caret);
    this.#edited();
    this.#input.focus();
  }

  #walk(up: boolean): boolean {
    const walking = this.#history.isShowing(this.draft);
    if (this.draft !== '' && !walking) return false;
    const text = up ? this.#history.older() : this.#history.newer();
    if (text === undefined) return walking;
    this.setDraft(text);
    return true;
  }

  #submit(): void {
    const text = this.draft;
    if (text.trim() === '' || this.#input.disabled) return;
    this.#context.post({ type: 'prompt', text });
    this.#history.reset();
    this.setDraft('');
    this.#events.onSend();
  }
}

function placeholder(session: SessionView, busy: boolean): string {
  const name = exactLine(session.agentName);
  if (session.readOnly === 'newerVersion') return word('composerNewerVersion');
  if (session.readOnly === 'ownedElsewhere') return word('composerOwnedElsewhere');
  if (busy) return word('composerBusy');
  switch (session.status) {
    case 'dormant':
    case 'crashed':
    case 'failed':
      return word('composerAsleep', name);
    case 'starting':
    case 'ready':
    case 'stopping':
    case 'working':
    case 'needsInput':
      return word('composerPlaceholder', name);
  }
}
