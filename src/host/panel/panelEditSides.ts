// The two sides of an edit: agents send the whole file or only the lines they replace; people want to see them in their file.

/** What is compared. */
export interface EditSides {
  readonly before: string;
  readonly after: string;
}

/**
 * The texts to compare. An edit of a part is put into its file, where the part is found there exactly once.
 * @param file the file as it is now, if it can be read
 * @param proposed the edit has not been made yet
 */
export function editSides(
  edit: { readonly oldText: string | undefined; readonly newText: string },
  file: string | undefined,
  proposed: boolean,
): EditSides {
  const before = edit.oldText ?? '';
  const after = edit.newText;
  const [there, other] = proposed ? [before, after] : [after, before];
  if (file === undefined || there === '' || file === there) return { before, after };
  const at = file.indexOf(there);
  if (at < 0 || file.includes(there, at + 1)) return { before, after };
  const exchanged = file.slice(0, at) + other + file.slice(at + there.length);
  return proposed ? { before: file, after: exchanged } : { before: exchanged, after: file };
}
