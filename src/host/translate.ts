// The type of the function that turns an English sentence into the user's language.

/**
 * `vscode.l10n.t` as the pure files of this room take it: `{0}`, `{1}` … in the message are replaced
 * by the arguments. The message must be a literal, so that the check of the l10n bundle finds it.
 */
export type Translate = (message: string, ...args: (string | number)[]) => string;
