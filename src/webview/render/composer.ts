// Where the user writes: grows with its text, completes commands and mentions, takes pictures, walks the history, sends and stops.
import { type Draft, promptLimit } from '../../chatProtocol/composing.ts';
import type { SessionView } from '../../chatProtocol/session.ts';
import { commandHint, placeholder } from '../composerTexts.ts';
import { putCursor } from '../cursor.ts';
import { button, make, setText } from '../dom.ts';
import { PromptHistory } from '../promptHistory.ts';
import type { PanelModel } from '../store.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';
import { Attaching } from './attaching.ts';
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
  /** The walk through earlier prompts needs the page before the oldest entry. */
  readonly onOlder: () => void;
}

/** The composer. */
export class Composer {
  readonly element: HTMLElement;
  readonly #context: PanelContext;
  readonly #events: ComposerEvents;
  readonly #input: HTMLTextAreaElement;
  readonly #box: HTMLElement;
  readonly #hint = make('span', { class: 'composer-hint muted' });
  readonly #send: HTMLButtonElement;
  readonly #attach: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #completions: Completions;
  readonly #attaching: Attaching;
  readonly #pickers: Pickers;
  readonly #history = new PromptHistory();
  #session: SessionView | undefined;
  /** How many of the things that were to go in here have. */
  #composed: number;
  #error: PanelModel['error'];
  /** The message is to be sent as soon as what it attaches is there. */
  #sendWanted = false;
  /** The walk goes on as soon as there are older prompts. */
  #walkWanted = false;
  #hasOlder = false;

  /** @param composed how many things went into an earlier composer of this page */
  constructor(context: PanelContext, events: ComposerEvents, composed: number) {
    this.#composed = composed;
    this.#context = context;
    this.#events = events;
    this.#pickers = new Pickers(context);
    this.#attaching = new Attaching(context, {
      onChange: () => {
        this.#edited();
      },
      onArrived: (whole) => {
        this.#arrived(whole);
      },
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
          this.#walkWanted = false;
          this.#sendWanted = false;
          // Something else that comes in says nothing of what could not be attached.
          this.#attaching.quiet();
          this.#edited();
          this.#completions.refresh();
        },
        keydown: (event) => {
          if (this.#key(event)) event.preventDefault();
        },
        paste: (event) => {
          if (event.clipboardData !== null && this.#attaching.takeImages(event.clipboardData)) {
            event.preventDefault();
          }
        },
        blur: () => {
          this.#completions.hide();
        },
      },
    });
    this.#completions = new Completions(
      this.#input,
      context,
      () => {
        this.#edited();
      },
      () => {
        this.#attaching.asked();
      },
    );
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
      this.#attaching.strip.element,
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
      this.#attaching.note,
      this.#box,
    );
    watchDrops(this.#box, (dropped) => {
      if (this.#input.disabled) return;
      this.#attaching.takeDrop(dropped);
      this.focus();
    });
  }

  /** What is written and not sent. */
  get draft(): Draft {
    return { text: this.#input.value, attached: [...this.#attaching.strip.attached] };
  }

  /** Shows what the session allows, and takes what the host puts here. */
  update(session: SessionView, model: PanelModel): void {
    this.#history.set(userPrompts(model));
    this.#hasOlder = model.before !== undefined;
    this.#completions.update(session.commands, model.mentions);
    for (const draft of model.composed.slice(this.#composed)) {
      this.add(draft);
      this.focus();
      if (draft.asked) this.#attaching.answered(draft.attached.length > 0);
    }
    this.#composed = model.composed.length;
    if (this.#walkWanted && !model.loadingOlder) this.#walk(true);
    // What was chosen and could not be set is not what is set.
    if (model.error !== this.#error && model.error !== undefined) this.#pickers.reset();
    this.#error = model.error;
    if (session === this.#session) return;
    this.#session = session;
    this.#attaching.update(session);
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
    this.#attaching.strip.set(draft.attached);
    this.#completions.hide();
    this.#edited();
  }

  /** Adds to what is written. */
  add(draft: Draft): void {
    const { text } = this.draft;
    if (draft.text !== '') {
      this.#input.value = text === '' ? draft.text : `${text}\n${draft.text}`;
    }
    this.#attaching.strip.add(draft.attached);
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
    this.#send.disabled = this.#isEmpty() || disabled;
    setText(this.#hint, commandHint(this.#session?.commands ?? [], value));
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
    // The conversation goes on behind the oldest entry that is here.
    this.#walkWanted = text === undefined && up && this.#hasOlder;
    if (this.#walkWanted) this.#events.onOlder();
    if (text === undefined) return walking;
    this.setDraft({ text, attached: [...this.#attaching.strip.attached] });
    return true;
  }

  /** In an empty input, Backspace takes the last attachment away. */
  #detachLast(): boolean {
    const { attached } = this.#attaching.strip;
    if (this.#input.value !== '' || attached.length === 0) return false;
    this.#attaching.strip.set(attached.slice(0, -1));
    return true;
  }

  #isEmpty(): boolean {
    const { awaiting, strip } = this.#attaching;
    const nothing = strip.attached.length === 0 && !awaiting;
    return this.#input.value.trim() === '' && nothing;
  }

  /** Something that was awaited is here, or will not come: then the message is the user's to look at again. */
  #arrived(attached: boolean): void {
    if (!attached) this.#sendWanted = false;
    this.#refresh();
    if (this.#sendWanted && !this.#attaching.awaiting) this.#submit();
  }

  #submit(): void {
    const { text, attached } = this.draft;
    if (this.#isEmpty() || this.#input.disabled) return;
    if (text.length > promptLimit) {
      this.#attaching.say(word('promptTooLong', promptLimit.toLocaleString()));
      return;
    }
    this.#sendWanted = this.#attaching.awaiting;
    if (this.#sendWanted) return;
    this.#context.post({ type: 'prompt', text, ...(attached.length === 0 ? {} : { attached }) });
    this.#history.reset();
    this.#attaching.quiet();
    this.setDraft({ text: '', attached: [] });
    this.#events.onSend();
  }
}

function userPrompts(model: PanelModel): readonly string[] {
  return model.entries.flatMap((entry) => (entry.type === 'user' ? [entry.text] : []));
}
