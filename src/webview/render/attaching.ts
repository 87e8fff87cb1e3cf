// What a message takes with it: pictures that are pasted or dropped, files of the editor, what the host was asked for; and what of it is still on its way.
import { type Attached, imageLimit } from '../../chatProtocol/composing.ts';
import type { SessionView } from '../../chatProtocol/session.ts';
import { make, setText } from '../dom.ts';
import { droppedUris, imagesIn, readImage } from '../droppedItems.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';
import { AttachmentStrip } from './attachmentStrip.ts';
import type { PanelContext } from './context.ts';

/** How many addresses of one drop the host takes. */
const dropLimit = 100;

/** What is told of it. */
export interface AttachingEvents {
  /** Something is attached that was not, or the other way round. */
  readonly onChange: () => void;
  /** Something that was awaited is here; or, not `whole`, will not come. */
  readonly onArrived: (whole: boolean) => void;
}

/** The attachments of the composer. */
export class Attaching {
  readonly strip: AttachmentStrip;
  /** What could not be attached, and why. */
  readonly note = make('p', { class: 'composer-note', role: 'status', hidden: true });
  readonly #context: PanelContext;
  readonly #events: AttachingEvents;
  #session: SessionView | undefined;
  #awaited = 0;

  constructor(context: PanelContext, events: AttachingEvents) {
    this.#context = context;
    this.#events = events;
    this.strip = new AttachmentStrip(events.onChange);
  }

  /** Whether something is to be attached that is not here yet. */
  get awaiting(): boolean {
    return this.#awaited > 0;
  }

  /** Takes what the agent can take. */
  update(session: SessionView): void {
    this.#session = session;
  }

  /** The host was asked for something. */
  asked(): void {
    this.#awaited += 1;
  }

  /** The host has answered, with something or without. */
  answered(attached: boolean): void {
    this.#awaited = Math.max(0, this.#awaited - 1);
    this.#events.onArrived(attached);
  }

  /** Says something below the input until {@link quiet}. */
  say(text: string): void {
    this.note.hidden = false;
    setText(this.note, text);
  }

  /** Who writes on has read what could not be attached. */
  quiet(): void {
    this.note.hidden = true;
  }

  /** Takes what was dropped: pictures, or files of the editor. */
  takeDrop(dropped: DataTransfer): void {
    if (this.takeImages(dropped)) return;
    const uris = droppedUris(dropped);
    if (uris.length > 0) {
      this.asked();
      this.#context.post({ type: 'attachUris', uris: uris.slice(0, dropLimit) });
    } else if (dropped.files.length > 0) {
      // Of a file that comes from outside the editor a page learns neither address nor owner.
      this.say(word('dropNotTaken'));
    }
  }

  /** Whether there were pictures: they are attached, or it is said why not. */
  takeImages(data: DataTransfer): boolean {
    const images = imagesIn(data);
    if (images.length === 0) return false;
    if (this.#session?.takesImages === false) {
      this.say(word('imageNotTaken', exactLine(this.#session.agentName)));
      return true;
    }
    void this.#attachImages(images);
    return true;
  }

  async #attachImages(images: readonly File[]): Promise<void> {
    this.asked();
    // One that cannot be read any more is as good as none.
    const read = await Promise.all(
      images.map((file) => readImage(file, word('imagePasted')).catch(() => undefined)),
    );
    const attached = read.filter((one): one is Attached => one !== undefined);
    this.strip.add(attached);
    if (attached.length < read.length) this.say(word('imageTooLarge', imageLimit / 1_000_000));
    this.answered(attached.length === read.length);
  }
}
