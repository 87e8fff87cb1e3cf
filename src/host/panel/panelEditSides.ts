// The two sides of an edit: agents send the whole file or only the lines they replace; people want to see them in their file.

/** What is compared. */
export interface EditSides {
  readonly before: string;
  readonly after: string;
  /** The file is not any more what the agent had before it: only what the agent sent is compared. */
  readonly outdated?: true;
}

/**
 * The texts to compare. An edit of a part is put into its file, where the part is found there exactly once.
 * @param file the file as it is now, if it can be read
 * @param proposed the edit has not been made yet
 * @param whole the edit is of the whole file, also where that is another one by now
 */
export function editSides(
  edit: { readonly oldText: string | undefined; readonly newText: string },
  file: string | undefined,
  proposed: boolean,
  whole = false,
): EditSides {
  const before = edit.oldText ?? '';
  const after = edit.newText;
  const [there, other] = proposed ? [before, after] : [after, before];
  if (file === undefined) return { before, after };
  // Agents tend to leave out the carriage returns of a file; they are not what is to be compared.
  const now = there.includes('\r\n') ? file : file.replaceAll('\r\n', '\n');
  if (now === there) return { before, after };
  // Without a text that it replaces, an edit is all that will be in the file.
  if (whole || (proposed && edit.oldText === undefined)) return { before: now, after };
  const at = there === '' ? -1 : now.indexOf(there);
  if (at < 0 && proposed) return { before, after, outdated: true };
  if (at < 0 || now.includes(there, at + 1)) return { before, after };
  const exchanged = now.slice(0, at) + other + now.slice(at + there.length);
  return proposed ? { before: now, after: exchanged } : { before: exchanged, after: now };
}

/** Whether an edit that is not made yet replaces all that is in its file. */
export function isWhole(edit: { readonly oldText: string | undefined }, file: string): boolean {
  return (
    edit.oldText === undefined ||
    edit.oldText === file.replaceAll('\r\n', '\n') ||
    edit.oldText === file
  );
}
