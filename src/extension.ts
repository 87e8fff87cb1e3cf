// What the editor loads and calls: next to nothing, so that other extensions, which start on the same thread, need not wait.
import type * as vscode from 'vscode';
import type { RoostApi } from './api.ts';
import type { Roost } from './roost.ts';

let roost: Promise<Roost> | undefined;

/** Called by the editor once. Roost is loaded and built in turns of their own, between which others have theirs. */
export async function activate(context: vscode.ExtensionContext): Promise<RoostApi> {
  roost = open(context);
  return (await roost).api;
}

/** Called by the editor when the window closes or the extension is turned off; it waits a few seconds. */
export async function deactivate(): Promise<void> {
  // One that could not be opened has nothing to save, and the editor has said so.
  const opened = await roost?.catch(() => undefined);
  roost = undefined;
  await opened?.shutdown();
}

async function open(context: vscode.ExtensionContext): Promise<Roost> {
  const began = performance.now();
  await othersTurn();
  const loading = performance.now();
  const { openRoost } = await import('./roost.ts');
  const loadedIn = performance.now() - loading;
  await othersTurn();
  return openRoost(context, began, loadedIn);
}

function othersTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
