// The log: one output channel named "Roost", with the level that the user chose in the editor.
import * as vscode from 'vscode';
import type { Disposable } from '../session/event.ts';
import type { Logger } from '../session/ports.ts';

/** The log as the rest of Roost writes it, and as the user opens it. */
export interface OutputLog extends Logger, Disposable {
  show(): void;
}

/** Makes the channel; it belongs to the caller. */
export function createOutputLog(): OutputLog {
  const channel = vscode.window.createOutputChannel('Roost', { log: true });
  return {
    trace: (message) => {
      channel.trace(message);
    },
    debug: (message) => {
      channel.debug(message);
    },
    info: (message) => {
      channel.info(message);
    },
    warn: (message) => {
      channel.warn(message);
    },
    error: (message, cause) => {
      if (cause === undefined) channel.error(message);
      else channel.error(message, described(cause));
    },
    show: () => {
      channel.show(true);
    },
    dispose: () => {
      channel.dispose();
    },
  };
}

/** What was thrown, with where, and with what caused it. */
function described(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const text = cause.stack ?? cause.message;
  return cause.cause === undefined ? text : `${text}\ncaused by ${described(cause.cause)}`;
}
