// Transcript entries of the domain as the panel shows them: bounded, and without what it has no use for.
import type {
  AttachmentView,
  EntryChange,
  EntryView,
  TerminalView,
  ToolPart,
} from '../../chatProtocol/entries.ts';
import type { ContentBlock } from '../../session/agentPort.ts';
import { promptText } from '../../session/promptQueue.ts';
import type {
  TerminalOutput,
  TranscriptChange,
  TranscriptEntry,
  ToolContent,
} from '../../session/transcript.ts';

/** Longest text of one message, one terminal, one side of a diff and one raw value that is sent to a panel, in UTF-16 units. */
export const viewLimits = { message: 1_000_000, terminal: 100_000, diff: 200_000, raw: 10_000 };

/** An entry as the panel shows it. */
export function entryView(entry: TranscriptEntry): EntryView {
  const { id, at } = entry;
  switch (entry.type) {
    case 'user':
    case 'agent': {
      const attachments = entry.blocks?.map(attachmentView) ?? [];
      return {
        id,
        at,
        type: entry.type,
        text: head(withoutNames(entry), viewLimits.message),
        ...(attachments.length === 0 ? {} : { attachments }),
      };
    }
    case 'thought':
      return { id, at, type: 'thought', text: head(entry.text, viewLimits.message) };
    case 'toolCall': {
      const parts = toolParts(entry.content);
      return {
        id,
        at,
        type: 'toolCall',
        title: head(entry.title, viewLimits.raw),
        kind: entry.kind,
        status: entry.status,
        parts,
        locations: (entry.locations ?? []).slice(0, 100).map(locationView),
        terminals: (entry.terminals ?? []).map(terminalView),
        input: rawText(entry.rawInput),
        output: parts.length === 0 ? rawText(entry.rawOutput) : undefined,
      };
    }
    case 'plan':
      return {
        id,
        at,
        type: 'plan',
        steps: entry.entries.map(({ content, status, priority }) => ({
          content: head(content, viewLimits.raw),
          status,
          priority,
        })),
      };
    case 'notice':
      return { id, at, type: 'notice', code: entry.code, text: head(entry.text, viewLimits.raw) };
  }
}

/** The text without the names of what is attached, which are shown beside it. */
function withoutNames({
  text,
  blocks = [],
}: {
  text: string;
  blocks?: readonly ContentBlock[] | undefined;
}): string {
  const names = blocks.length === 0 ? '' : `\n${promptText(blocks)}`;
  if (`\n${text}` === names) return '';
  return names !== '' && text.endsWith(names) ? text.slice(0, -names.length) : text;
}

/** A change of the transcript as the panel hears of it. */
export function changeView(change: TranscriptChange): EntryChange {
  if (change.type !== 'append') return entryView(change);
  const { id, text, terminalId } = change;
  return { type: 'append', id, text, terminalId };
}

/** What a tool call shows, without limits to how many kinds of content there will be. */
export function toolParts(content: readonly ToolContent[] | undefined): ToolPart[] {
  return (content ?? []).map(toolPart);
}

function toolPart(content: ToolContent): ToolPart {
  switch (content.type) {
    case 'text':
      return { type: 'text', text: head(content.text, viewLimits.diff) };
    case 'diff': {
      const { path, oldText, newText } = content;
      const longest = Math.max(newText.length, oldText?.length ?? 0);
      return {
        type: 'diff',
        path,
        newText: head(newText, viewLimits.diff),
        oldText: oldText === undefined ? undefined : head(oldText, viewLimits.diff),
        truncated: longest > viewLimits.diff,
      };
    }
    case 'terminal':
      return { type: 'terminal', terminalId: content.terminalId };
    case 'other':
      return { type: 'attachment', attachment: attachmentView(content.raw) };
  }
}

/** A file position with a line only where it is a number that a file can have. */
export function locationView(location: {
  readonly path: string;
  readonly line?: number | undefined;
}): { path: string; line?: number } {
  const { path, line } = location;
  return line === undefined || !Number.isInteger(line) || line < 0 ? { path } : { path, line };
}

function terminalView(terminal: TerminalOutput): TerminalView {
  const { terminalId, command, output, truncated, exit } = terminal;
  return {
    terminalId,
    command,
    output: tail(output, viewLimits.terminal),
    truncated: truncated || output.length > viewLimits.terminal,
    exit: exit === undefined ? undefined : { exitCode: exit.exitCode, signal: exit.signal },
  };
}

/** Something that is not text, by whatever names it. */
function attachmentView(raw: unknown): AttachmentView {
  const block = record(raw);
  const inner = record(block['content'] ?? block['resource']);
  const uri = string(block['uri']) ?? string(inner['uri']);
  const kind = string(inner['type']) ?? string(block['type']) ?? 'unknown';
  const name =
    string(block['title']) ??
    string(block['name']) ??
    string(inner['title']) ??
    string(inner['name']) ??
    uri?.split('/').at(-1) ??
    string(block['mimeType']) ??
    string(inner['mimeType']) ??
    kind;
  return { kind, name: head(name, 200), uri: uri === undefined ? undefined : head(uri, 2000) };
}

/** A value the agent sent without a shape, as indented JSON; nothing for an empty one. */
export function rawText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value === '' ? undefined : head(value, viewLimits.raw);
  if (typeof value === 'object' && Object.keys(value).length === 0) return undefined;
  return head(JSON.stringify(value, null, 2), viewLimits.raw);
}

function head(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}

function tail(text: string, limit: number): string {
  return text.length <= limit ? text : text.slice(-limit);
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The value as an object to look into; anything else looks empty. */
function record(value: unknown): Readonly<Record<string, unknown>> {
  // Every object can be read by key, and what is read is unknown.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
