// Where the user writes: grows with its text, completes commands and mentions, takes pictures, walks the history, sends and stops.
import { type Attached, type Draft, imageLimit } from '../../chatProtocol/composing.ts';
import type { SessionView } from '../../chatProtocol/session.ts';
import { putCursor } from '../cursor.ts';
import { button, make, setText } from '../dom.ts';
import { droppedUris, imagesIn, readImage } from '../droppedItems.ts';
import { PromptHistory } from '../promptHistory.ts';
import { calledCommand } from '../slashCommands.ts';
import type { PanelModel } from '../store.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';
import { AttachmentStrip } from './attachmentStrip.ts';
import { Completions } from './completions.ts';
import type { PanelContext } from './context.ts';
import { watchDrops } from './dropTarget.ts';
import { Pickers } from './pickers.ts';

/** What the composer tells besides what it posts. */
export interface ComposerEvents {
  /** The draft changed. */
  readonly onDraft: () => void;
  /** A prompt was sent. */
  readonly onSend: () => void;
}

/** The composer. */
export class Composer {
  readonly element: HTMLElement;
  readonly #context: PanelContext;
  readonly #events: ComposerEvents;
  readonly #input: HTMLTextAreaElement;
  readonly #box: HTMLElement;
  readonly #hint = make('span', { class: 'composer-hint muted' });
  /** What could not be attached, and why. */
  readonly #note = make('p', { class: 'composer-note', role: 'status', hidden: true });
  readonly #send: HTMLButtonElement;
  readonly #attach: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #completions: Completions;
  readonly #strip: AttachmentStrip;
  readonly #pickers: Pickers;
  readonly #history = new PromptHistory();
  #session: SessionView | undefined;
  #composed: number | undefined;

  constructor(context: PanelContext, events: ComposerEvents) {
    this.#context = context;
    this.#events = events;
    this.#pickers = new Pickers(context);
    this.#strip = new AttachmentStrip(() => {
      this.#edited();
    });
    this.#input = make('textarea', {
      class: 'composer-input',
      attributes: {
        rows: '1',
        'aria-autocomplete': 'list',
        'aria-controls': 'completions',
        'aria-haspopup': 'listbox',
      },
      on: {
        input: () => {
          this.#history.reset();
          // Who writes on has read what could not be attached; something else that comes in says nothing of that.
          this.#note.hidden = true;
          this.#edited();
          this.#completions.refresh();
        },
        keydown: (event) => {
          if (this.#key(event)) event.preventDefault();
        },
        paste: (event) => {
          if (event.clipboardData !== null && this.#takeImages(event.clipboardData)) {
            event.preventDefault();
          }
        },
        blur: () => {
          this.#completions.hide();
        },
      },
    });
    this.#completions = new Completions(this.#input, context, () => {
      this.#edited();
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
    this.#attach = button({
      class: 'icon-button attach',
      icon: 'mention',
      label: word('attach'),
      click: () => {
        this.#input.focus();
        this.#completions.start('@');
      },
    });
    this.#box = make(
      'div',
      { class: 'composer-box' },
      this.#strip.element,
      this.#input,
      make(
        'div',
        { class: 'composer-bar' },
        this.#attach,
        this.#pickers.element,
        this.#hint,
        make('div', { class: 'composer-buttons' }, this.#stop, this.#send),
      ),
    );
    this.element = make(
      'div',
      { class: 'composer' },
      this.#completions.element,
      this.#note,
      this.#box,
    );
    watchDrops(this.#box, (dropped) => {
      this.#takeDrop(dropped);
    });
  }

  /** What is written and not sent. */
  get draft(): Draft {
    return { text: this.#input.value, attached: [...this.#strip.attached] };
  }

  /** Shows what the session allows, and takes what the host puts here. */
  update(session: SessionView, model: PanelModel): void {
    this.#history.set(userPrompts(model));
    this.#completions.update(session.commands, model.mentions);
    for (const draft of model.composed.slice(this.#composed ?? model.composed.length)) {
      this.add(draft);
      this.focus();
    }
    this.#composed = model.composed.length;
    if (session === this.#session) return;
    this.#session = session;
    const { status, agentName, readOnly, pickers } = session;
    const busy = status === 'working' || status === 'needsInput';
    this.#stop.hidden = !busy;
    this.#input.disabled = readOnly !== undefined;
    this.#attach.disabled = readOnly !== undefined;
    this.#input.placeholder = placeholder(session, busy);
    this.#input.setAttribute('aria-label', word('composer', exactLine(agentName)));
    this.#send.title = word(busy ? 'queueHint' : 'sendHint');
    const settable = status === 'ready' || busy;
    this.#pickers.update(pickers, readOnly !== undefined || !settable);
    this.#refresh();
  }

  /** Puts the cursor here, as soon as the page has the focus. */
  focus(): void {
    putCursor(this.#input);
  }

  /** Replaces what is written, as when a draft comes back. */
  setDraft(draft: Draft): void {
    this.#input.value = draft.text;
    this.#input.setSelectionRange(draft.text.length, draft.text.length);
    this.#strip.set(draft.attached);
    this.#completions.hide();
    this.#edited();
  }

  /** Adds to what is written. */
  add(draft: Draft): void {
    const { text } = this.draft;
    if (draft.text !== '') {
      this.#input.value = text === '' ? draft.text : `${text}\n${draft.text}`;
    }
    this.#strip.add(draft.attached);
    this.#edited();
  }

  #edited(): void {
    this.#refresh();
    this.#events.onDraft();
  }

  /** Size, hint and button after the text or the session changed. */
  #refresh(): void {
    this.#input.style.height = 'auto';
    this.#input.style.height = `${this.#input.scrollHeight}px`;
    const { value, disabled } = this.#input;
    this.#send.disabled = value.trim() === '' || disabled;
    const called = calledCommand(this.#session?.commands ?? [], value);
    const hint =
      called === undefined
        ? ''
        : [called.hint ?? '', called.description].filter((part) => part !== '').join(' — ');
    setText(this.#hint, exactLine(hint));
  }

  /** Whether the key was taken. Keys of an input method belong to it. */
  #key(event: KeyboardEvent): boolean {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (this.#completions.key(event)) return true;
    switch (event.key) {
      case 'Enter':
        if (event.shiftKey) return false;
        this.#submit();
        return true;
      case 'ArrowUp':
      case 'ArrowDown':
        return !event.shiftKey && this.#walk(event.key === 'ArrowUp');
      case 'Backspace':
        return this.#detachLast();
      default:
        return false;
    }
  }

  #walk(up: boolean): boolean {
    const { value } = this.#input;
    const walking = this.#history.isShowing(value);
    if (value !== '' && !walking) return false;
    const text = up ? this.#history.older() : this.#history.newer();
    if (text === undefined) return walking;
    this.setDraft({ text, attached: [...this.#strip.attached] });
    return true;
  }

  /** In an empty input, Backspace takes the last attachment away. */
  #detachLast(): boolean {
    const { attached } = this.#strip;
    if (this.#input.value !== '' || attached.length === 0) return false;
    this.#strip.set(attached.slice(0, -1));
    return true;
  }

  #submit(): void {
    const { text, attached } = this.draft;
    if (text.trim() === '' || this.#input.disabled) return;
    this.#context.post({ type: 'prompt', text, ...(attached.length === 0 ? {} : { attached }) });
    this.#history.reset();
    this.#note.hidden = true;
    this.setDraft({ text: '', attached: [] });
    this.#events.onSend();
  }

  #takeDrop(dropped: DataTransfer): void {
    if (this.#input.disabled || this.#takeImages(dropped)) return;
    const uris = droppedUris(dropped);
    if (uris.length > 0) this.#context.post({ type: 'attachUris', uris });
    // Of a file that comes from outside the editor a page learns neither address nor owner.
    else if (dropped.files.length > 0) this.#say(word('dropNotTaken'));
    this.focus();
  }

  /** Whether there were pictures: they are attached, or it is said why not. */
  #takeImages(data: DataTransfer): boolean {
    const images = imagesIn(data);
    if (images.length === 0) return false;
    if (this.#session?.takesImages === false) {
      this.#say(word('imageNotTaken', exactLine(this.#session.agentName)));
      return true;
    }
    void this.#attachImages(images);
    return true;
  }

  async #attachImages(images: readonly File[]): Promise<void> {
    const read = await Promise.all(images.map((file) => readImage(file, word('imagePasted'))));
    const attached = read.filter((one): one is Attached => one !== undefined);
    this.#strip.add(attached);
    if (attached.length < read.length) this.#say(word('imageTooLarge', imageLimit / 1_000_000));
  }

  #say(text: string): void {
    this.#note.hidden = false;
    setText(this.#note, text);
  }
}

function userPrompts(model: PanelModel): readonly string[] {
  return model.entries.flatMap((entry) => (entry.type === 'user' ? [entry.text] : []));
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
