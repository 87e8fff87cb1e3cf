// A round through sessions goes on from where it was sent last, whatever the editor has told of it by then.
import { describe, expect, it } from 'vitest';
import { SessionRound } from '../../../src/host/commands/sessionRound.ts';
import { Emitter } from '../../../src/session/event.ts';

/** Panels of an editor that tells when it is told to. */
function panels(): {
  activeSessionId: string | undefined;
  readonly opened: string[];
  readonly onDidChangeActive: Emitter<string | undefined>['event'];
  open(sessionId: string): void;
  tell(sessionId: string | undefined): void;
} {
  const changed = new Emitter<string | undefined>();
  return {
    activeSessionId: undefined,
    opened: [],
    onDidChangeActive: (listener) => changed.event(listener),
    open(sessionId) {
      this.opened.push(sessionId);
    },
    tell(sessionId) {
      this.activeSessionId = sessionId;
      changed.fire(sessionId);
    },
  };
}

describe('a round', () => {
  it('goes through all, whether or not the editor has told yet what is in front', async () => {
    const editor = panels();
    const round = new SessionRound(editor);
    const all = ['a', 'b', 'c'];
    await Promise.all([round.openNext(all), round.openNext(all)]);
    expect(editor.opened).toEqual(['a', 'b']);
    editor.tell('a');
    editor.tell(undefined);
    await round.openNext(all);
    editor.tell('b');
    editor.tell('c');
    await round.openNext(all);
    expect(editor.opened).toEqual(['a', 'b', 'c', 'a']);
  });

  it('goes on from where the user went meanwhile', async () => {
    const editor = panels();
    const round = new SessionRound(editor);
    const all = ['a', 'b', 'c'];
    await round.openNext(all);
    editor.tell('b');
    await round.openNext(all);
    expect(editor.opened).toEqual(['a', 'c']);
  });

  it('stays with the only one, and with none where none waits', async () => {
    const editor = panels();
    const round = new SessionRound(editor);
    await round.openNext([]);
    await round.openNext(['a']);
    editor.tell('a');
    await round.openNext(['a']);
    await round.openNext(['a']);
    expect(editor.opened).toEqual(['a', 'a', 'a']);
    await round.openNext(['a', 'b']);
    expect(editor.opened.at(-1)).toBe('b');
  });
});
