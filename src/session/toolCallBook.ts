// The tool calls of a session and the terminals they show: upserted by id from any message in any order.
import type { AgentUpdate, ToolCallPatch } from './agentUpdate.ts';
import type { TerminalOutput, ToolCallEntry, TranscriptChange } from './transcript.ts';

/** Characters of a terminal's end that are kept once it has said more than may be appended. */
export const terminalTailLength = 128 * 1024;
/** Characters of a terminal that are appended one by one; what comes after is kept as a tail only. */
export const terminalAppendLimit = 256 * 1024;
/** Tool calls kept for further updates; an update to an older one starts a new entry. */
const keptToolCalls = 1000;

interface Terminal {
  readonly terminalId: string;
  command?: string;
  cwd?: string;
  tail: string;
  truncated: boolean;
  exit?: { exitCode: number | null; signal: string | null };
  /** The tool call that shows it. */
  toolCallId?: string;
  /** Characters handed out as appends so far. */
  appended: number;
  /** Output not handed out yet. */
  pending: string;
  /** Output after the limit of appends is known only to the tail, which is shown as a whole. */
  overflowed: boolean;
  /** Whether the tail of an overflowed terminal has changed since it was last shown. */
  moved: boolean;
}

/** Changes to show, and whether they also have to be written now. */
export interface ToolCallChange {
  readonly change: TranscriptChange;
  readonly write: boolean;
}

/** Keeps the tool calls and terminals of one session. Entry ids come from outside; all else is pure. */
export class ToolCallBook {
  readonly #calls = new Map<string, ToolCallEntry>();
  readonly #terminals = new Map<string, Terminal>();
  readonly #newEntry: () => { id: string; at: string };
  /** Calls whose content changed in a way that can wait for the next flush. */
  readonly #dirty = new Set<string>();
  /** Calls that the user has refused, until their turn ends. */
  readonly #refused = new Set<string>();

  constructor(newEntry: () => { id: string; at: string }) {
    this.#newEntry = newEntry;
  }

  /** Applies a patch. A whole entry comes back when it is new or its status or title changed; the rest waits for {@link flush}. */
  patch(patch: ToolCallPatch): ToolCallChange[] {
    const before = this.#calls.get(patch.toolCallId);
    const entry: ToolCallEntry = {
      ...(before ?? {
        ...this.#newEntry(),
        type: 'toolCall',
        toolCallId: patch.toolCallId,
        title: patch.title ?? patch.toolCallId,
        kind: 'other',
        status: 'pending',
      }),
      ...(patch.title === undefined ? {} : { title: patch.title }),
      ...(patch.kind === undefined ? {} : { kind: patch.kind }),
      ...(patch.status === undefined ? {} : { status: patch.status }),
      ...(patch.content === undefined ? {} : { content: [...patch.content] }),
      ...(patch.locations === undefined ? {} : { locations: [...patch.locations] }),
      ...(patch.rawInput === undefined ? {} : { rawInput: patch.rawInput }),
      ...(patch.rawOutput === undefined ? {} : { rawOutput: patch.rawOutput }),
    };
    for (const content of patch.content ?? []) {
      if (content.type === 'terminal')
        this.#terminal(content.terminalId).toolCallId = patch.toolCallId;
    }
    this.#keep(entry);
    const urgent = before?.status !== entry.status || before.title !== entry.title;
    if (urgent) return [{ change: this.#whole(entry), write: true }];
    this.#dirty.add(patch.toolCallId);
    return [];
  }

  /** What a request for permission has to show of a call. */
  facts(toolCallId: string): ToolCallPatch | undefined {
    const entry = this.#calls.get(toolCallId);
    if (entry === undefined) return undefined;
    const { title, kind, content, locations, rawInput } = entry;
    return {
      toolCallId,
      title,
      kind,
      ...(content === undefined ? {} : { content }),
      ...(locations === undefined ? {} : { locations }),
      ...(rawInput === undefined ? {} : { rawInput }),
    };
  }

  /** Notes what a terminal reports; shown at the next {@link flush}, its end at once. */
  terminal(
    update: Extract<AgentUpdate, { type: 'terminal' | 'terminalOutput' | 'terminalExit' }>,
  ): ToolCallChange[] {
    const terminal = this.#terminal(update.terminalId);
    switch (update.type) {
      case 'terminal':
        if (update.command !== undefined) terminal.command = update.command;
        if (update.cwd !== undefined) terminal.cwd = update.cwd;
        return [];
      case 'terminalOutput':
        this.#output(terminal, update.data);
        return [];
      case 'terminalExit': {
        terminal.exit = { exitCode: update.exitCode, signal: update.signal };
        const entry = this.#shownBy(terminal);
        return entry === undefined ? [] : [{ change: this.#whole(entry), write: true }];
      }
    }
  }

  /** The user has refused a call: unless the agent says something else, it has failed. */
  refuse(toolCallId: string): void {
    this.#refused.add(toolCallId);
  }

  /** Everything that has waited. */
  flush(): ToolCallChange[] {
    const changes: ToolCallChange[] = [];
    for (const terminal of this.#terminals.values()) {
      const entry = this.#shownBy(terminal);
      if (entry === undefined || this.#dirty.has(entry.toolCallId)) continue;
      if (terminal.overflowed) {
        if (!terminal.moved) continue;
        // The tail moves with every line: shown as it is now, written once the command has ended.
        changes.push({ change: this.#whole(entry), write: false });
      } else if (terminal.pending !== '') {
        const { terminalId, pending: text } = terminal;
        terminal.appended += text.length;
        terminal.pending = '';
        changes.push({ change: { type: 'append', id: entry.id, terminalId, text }, write: true });
      }
    }
    for (const toolCallId of this.#dirty) {
      const entry = this.#calls.get(toolCallId);
      if (entry !== undefined) changes.push({ change: this.#whole(entry), write: true });
    }
    this.#dirty.clear();
    return changes;
  }

  /** Whether {@link flush} would have something to give. */
  get waiting(): boolean {
    if (this.#dirty.size > 0) return true;
    for (const terminal of this.#terminals.values()) {
      if ((terminal.pending !== '' || terminal.moved) && terminal.toolCallId !== undefined)
        return true;
    }
    return false;
  }

  /**
   * The end of a turn: calls that still say they run become `status`, those the user has refused
   * `failed`, and terminals that no call shows get a call of their own, so that their output is not lost.
   */
  settle(status: 'cancelled' | 'failed' | undefined): ToolCallChange[] {
    const changes = this.flush();
    for (const terminal of this.#terminals.values()) {
      if (terminal.toolCallId === undefined && terminal.tail !== '') {
        changes.push(
          ...this.patch({
            toolCallId: terminal.terminalId,
            title: terminal.command ?? terminal.terminalId,
            kind: 'execute',
            status: terminal.exit === undefined ? 'in_progress' : 'completed',
            content: [{ type: 'terminal', terminalId: terminal.terminalId }],
          }),
        );
      }
    }
    for (const entry of this.#calls.values()) {
      const { toolCallId } = entry;
      const open = entry.status === 'pending' || entry.status === 'in_progress';
      const end = status ?? (this.#refused.has(toolCallId) ? 'failed' : undefined);
      if (open && end !== undefined) changes.push(...this.patch({ toolCallId, status: end }));
    }
    this.#refused.clear();
    for (const [id, terminal] of this.#terminals) {
      if (terminal.exit !== undefined) this.#terminals.delete(id);
    }
    return changes;
  }

  #terminal(terminalId: string): Terminal {
    let terminal = this.#terminals.get(terminalId);
    if (terminal === undefined) {
      terminal = {
        terminalId,
        tail: '',
        truncated: false,
        appended: 0,
        pending: '',
        overflowed: false,
        moved: false,
      };
      this.#terminals.set(terminalId, terminal);
    }
    return terminal;
  }

  #output(terminal: Terminal, data: string): void {
    terminal.tail += data;
    if (
      terminal.overflowed ||
      terminal.appended + terminal.pending.length + data.length > terminalAppendLimit
    ) {
      terminal.overflowed = true;
      terminal.moved = true;
      terminal.pending = '';
      if (terminal.tail.length > terminalTailLength * 2) {
        terminal.tail = terminal.tail.slice(-terminalTailLength);
        terminal.truncated = true;
      }
    } else {
      terminal.pending += data;
    }
  }

  #shownBy(terminal: Terminal): ToolCallEntry | undefined {
    return terminal.toolCallId === undefined ? undefined : this.#calls.get(terminal.toolCallId);
  }

  #keep(entry: ToolCallEntry): void {
    this.#calls.set(entry.toolCallId, entry);
    if (this.#calls.size <= keptToolCalls) return;
    for (const [id, old] of this.#calls) {
      if (old.status !== 'pending' && old.status !== 'in_progress') {
        this.#calls.delete(id);
        return;
      }
    }
  }

  /** The entry with the terminals it shows as they are now; their pending output is in it. */
  #whole(entry: ToolCallEntry): ToolCallEntry {
    const terminals: TerminalOutput[] = [];
    for (const content of entry.content ?? []) {
      if (content.type !== 'terminal') continue;
      const terminal = this.#terminals.get(content.terminalId);
      if (terminal === undefined) {
        // Its terminal is over and forgotten here; what the entry already shows of it stays.
        const shown = entry.terminals?.find((one) => one.terminalId === content.terminalId);
        if (shown !== undefined) terminals.push(shown);
        continue;
      }
      terminals.push({
        terminalId: terminal.terminalId,
        output: terminal.tail,
        truncated: terminal.truncated,
        ...(terminal.command === undefined ? {} : { command: terminal.command }),
        ...(terminal.cwd === undefined ? {} : { cwd: terminal.cwd }),
        ...(terminal.exit === undefined ? {} : { exit: terminal.exit }),
      });
      terminal.moved = false;
      terminal.appended += terminal.pending.length;
      terminal.pending = '';
    }
    this.#dirty.delete(entry.toolCallId);
    if (terminals.length === 0) return entry;
    const whole = { ...entry, terminals };
    this.#calls.set(entry.toolCallId, whole);
    return whole;
  }
}
