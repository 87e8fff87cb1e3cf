// What was pasted or dropped: pictures as data, files of the editor by their addresses.
import { type Attached, imageLimit } from '../chatProtocol/composing.ts';

/** The addresses of files that the editor or the system put into a drop, each once. */
export function droppedUris(data: DataTransfer): string[] {
  const lists = ['application/vnd.code.uri-list', 'text/uri-list'].map((type) =>
    data.getData(type),
  );
  const uris = lists.flatMap((list) => list.split(/\r?\n/)).map((line) => line.trim());
  return [...new Set(uris.filter((uri) => /^(?:file|vscode-remote):/.test(uri)))];
}

/** The pictures among what was pasted or dropped. */
export function imagesIn(data: DataTransfer): File[] {
  return [...data.files].filter(({ type }) => /^image\/(?:png|jpeg|gif|webp)$/.test(type));
}

/** A picture as it is attached; `undefined` when it is too large. */
export async function readImage(file: File, unnamed: string): Promise<Attached | undefined> {
  if (file.size > imageLimit) return undefined;
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  // In slices: a call has room for so many arguments only.
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  const name = file.name === '' ? unnamed : file.name;
  return { type: 'image', name, mimeType: file.type, data: btoa(text) };
}
