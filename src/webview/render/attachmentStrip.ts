// What is attached to the message that is being written: chips that can be taken away, pictures in small.
import type { Attached } from '../../chatProtocol/composing.ts';
import { button, icon, make } from '../dom.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';

/** Size of a picture in its chip, in device-independent pixels. */
const thumbnailSize = 32;

/** The attachments of the composer. */
export class AttachmentStrip {
  readonly element = make('ul', { class: 'attached', label: word('attached'), hidden: true });
  readonly #onChange: () => void;
  #attached: readonly Attached[] = [];

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** What is attached now, in order. */
  get attached(): readonly Attached[] {
    return this.#attached;
  }

  /** Attaches these and nothing else. */
  set(attached: readonly Attached[]): void {
    if (attached.length === 0 && this.#attached.length === 0) return;
    this.#attached = attached;
    this.element.hidden = attached.length === 0;
    this.element.replaceChildren(...attached.map((one) => this.#chip(one)));
    this.#onChange();
  }

  /** Attaches more; what is attached already is not attached twice. */
  add(more: readonly Attached[]): void {
    const known = new Set(this.#attached.map(identity));
    this.set([...this.#attached, ...more.filter((one) => !known.has(identity(one)))]);
  }

  #chip(attached: Attached): HTMLElement {
    const name = exactLine(attached.name);
    return make(
      'li',
      {
        class: 'chip removable',
        title: attached.type === 'image' ? name : exactLine(attached.uri),
      },
      attached.type === 'image' ? thumbnail(attached) : icon(icons[attached.icon]),
      make('span', { class: 'chip-name', text: name }),
      button({
        class: 'icon-button chip-remove',
        icon: 'close',
        label: word('detach', name),
        click: () => {
          this.set(this.#attached.filter((one) => one !== attached));
        },
      }),
    );
  }
}

const icons = {
  file: 'file',
  folder: 'folder',
  selection: 'selection',
  symbol: 'symbol-method',
  problems: 'warning',
} as const;

function identity(attached: Attached): string {
  return attached.type === 'image' ? attached.data : `${attached.uri} ${attached.name}`;
}

/** The picture itself, drawn: an element with an address would need a policy that allows addresses. */
function thumbnail({ data, mimeType }: Extract<Attached, { type: 'image' }>): HTMLElement {
  const canvas = make('canvas', { class: 'thumbnail', attributes: { 'aria-hidden': 'true' } });
  canvas.width = thumbnailSize;
  canvas.height = thumbnailSize;
  void draw(canvas, data, mimeType).catch(() => {
    canvas.replaceWith(icon('file-media'));
  });
  return canvas;
}

async function draw(canvas: HTMLCanvasElement, data: string, mimeType: string): Promise<void> {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: mimeType }));
  const side = Math.min(picture.width, picture.height);
  const left = (picture.width - side) / 2;
  const top = (picture.height - side) / 2;
  canvas
    .getContext('2d')
    ?.drawImage(picture, left, top, side, side, 0, 0, thumbnailSize, thumbnailSize);
  picture.close();
}
