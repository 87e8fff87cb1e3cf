// What the domain says, for the places of the editor that show it: put into the user's language where that is not English.
import * as vscode from 'vscode';

/** Says one sentence in the user's language. Loads the sentences where they are needed, and only then. */
export async function userLanguage(): Promise<(sentence: string) => string> {
  if (vscode.l10n.bundle === undefined) return (sentence) => sentence;
  const { inUserLanguage } = await import('./failureWords.ts');
  return (sentence) => inUserLanguage(sentence, vscode.l10n.t);
}
