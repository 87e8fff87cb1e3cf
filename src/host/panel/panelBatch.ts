// Changes that wait to be sent to a panel, folded so that each entry is in the batch as few times as can be.
import type { EntryChange } from '../../chatProtocol/entries.ts';

interface Append {
  readonly type: 'append';
  readonly id: string;
  readonly terminalId?: string | undefined;
  readonly pieces: string[];
}

/** What waits of one entry: at most one whole entry, then text to add to it, per place. */
interface Waiting {
  whole: Exclude<EntryChange, { type: 'append' }> | undefined;
  readonly appends: Map<string | undefined, Append>;
}

/**
 * A batch of changes. Applying {@link take}'s result has the same effect as applying everything that
 * was added, one after another; a newer whole entry drops what was added to the older one.
 */
export class ChangeBatch {
  #waiting = new Map<string, Waiting>();
  #size = 0;

  /** Length of the text in the batch, roughly, in UTF-16 units. */
  get size(): number {
    return this.#size;
  }

  /** Whether there is nothing to send. */
  get empty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Adds one change. */
  add(change: EntryChange): void {
    let waiting = this.#waiting.get(change.id);
    if (waiting === undefined) {
      waiting = { whole: undefined, appends: new Map() };
      this.#waiting.set(change.id, waiting);
    }
    if (change.type !== 'append') {
      if (waiting.whole === undefined) {
        // New here: its place is after everything that came before it.
        this.#waiting.delete(change.id);
        this.#waiting.set(change.id, waiting);
      }
      waiting.whole = change;
      waiting.appends.clear();
      this.#size += weight(change);
      return;
    }
    const { id, text, terminalId } = change;
    this.#size += text.length;
    const open = waiting.appends.get(terminalId);
    if (open === undefined) {
      waiting.appends.set(terminalId, { type: 'append', id, terminalId, pieces: [text] });
    } else {
      open.pieces.push(text);
    }
  }

  /** Everything that waits, in order of first appearance; the batch is empty afterwards. */
  take(): EntryChange[] {
    const changes: EntryChange[] = [];
    for (const { whole, appends } of this.#waiting.values()) {
      if (whole !== undefined) changes.push(whole);
      for (const { pieces, ...append } of appends.values()) {
        changes.push({ ...append, text: pieces.join('') });
      }
    }
    this.#waiting = new Map();
    this.#size = 0;
    return changes;
  }
}

/** About how much a whole entry weighs: its long texts. */
function weight(entry: Exclude<EntryChange, { type: 'append' }>): number {
  switch (entry.type) {
    case 'user':
    case 'agent':
    case 'thought':
    case 'notice':
      return entry.text.length;
    case 'plan':
      return entry.steps.reduce((sum, step) => sum + step.content.length, 0);
    case 'toolCall':
      return (
        entry.terminals.reduce((sum, terminal) => sum + terminal.output.length, 0) +
        entry.parts.reduce((sum, part) => {
          if (part.type === 'text') return sum + part.text.length;
          if (part.type === 'diff') return sum + part.newText.length + (part.oldText?.length ?? 0);
          return sum;
        }, 0)
      );
  }
}
