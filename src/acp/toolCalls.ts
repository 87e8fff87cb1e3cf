// Translates what the protocol says about tool calls and the terminals they show into the domain's words.
import * as z from 'zod/mini';
import type { AgentUpdate, ToolCallPatch } from '../session/agentUpdate.ts';
import type { ToolContent } from '../session/transcript.ts';

/** A field that may be absent, null or wrong: anything but `schema` is left out, never an error. */
function lenient<T extends z.ZodMiniType>(schema: T): z.ZodMiniCatch<z.ZodMiniOptional<T>> {
  return z.catch(z.optional(schema), undefined);
}

const terminalId = z.string();
const metaSchema = z.looseObject({
  terminal_info: lenient(z.looseObject({ terminal_id: terminalId, cwd: lenient(z.string()) })),
  terminal_output: lenient(z.looseObject({ terminal_id: terminalId, data: z.string() })),
  terminal_output_delta: lenient(z.looseObject({ terminal_id: terminalId, data: z.string() })),
  terminal_exit: lenient(
    z.looseObject({
      terminal_id: terminalId,
      exit_code: lenient(z.number()),
      signal: lenient(z.string()),
    }),
  ),
});

const toolCallSchema = z.looseObject({
  toolCallId: z.string(),
  title: lenient(z.string()),
  kind: lenient(z.string()),
  status: lenient(z.string()),
  content: lenient(z.array(z.unknown())),
  locations: lenient(z.array(z.unknown())),
  _meta: lenient(metaSchema),
});

const contentSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('content'),
    content: z.looseObject({ type: z.literal('text'), text: z.string() }),
  }),
  z.looseObject({
    type: z.literal('diff'),
    path: z.string(),
    oldText: z.nullish(z.string()),
    newText: z.string(),
  }),
  z.looseObject({ type: z.literal('terminal'), terminalId: z.string() }),
]);
const locationSchema = z.looseObject({ path: z.string(), line: lenient(z.number()) });

function toolContent(raw: unknown): ToolContent {
  const parsed = contentSchema.safeParse(raw);
  if (!parsed.success) return { type: 'other', raw };
  const content = parsed.data;
  switch (content.type) {
    case 'content':
      return { type: 'text', text: content.content.text };
    case 'diff': {
      const { path, newText, oldText } = content;
      return { type: 'diff', path, newText, ...(typeof oldText === 'string' ? { oldText } : {}) };
    }
    case 'terminal':
      return { type: 'terminal', terminalId: content.terminalId };
  }
}

/** A tool call as far as it could be understood. */
export interface TranslatedToolCall {
  readonly patch: ToolCallPatch;
  /** What the call says about terminals of the agent's own, in order. */
  readonly terminals: readonly AgentUpdate[];
  /** Whether something in it had a wrong type and was left out. */
  readonly damaged: boolean;
}

/** Translates a tool call, or an update to one; `undefined` when it does not name one. */
export function translateToolCall(raw: unknown): TranslatedToolCall | undefined {
  const parsed = toolCallSchema.safeParse(raw);
  if (!parsed.success) return undefined;
  const call = parsed.data;
  // A looseObject parsed from it: it is an object.
  const given = raw as Readonly<Record<string, unknown>>;
  const fields = ['title', 'kind', 'status', 'content', 'locations', '_meta'] as const;
  let damaged = fields.some((field) => isSet(given[field]) && call[field] === undefined);
  const locations = call.locations?.flatMap((location) => {
    const known = locationSchema.safeParse(location);
    damaged ||= !known.success;
    if (!known.success) return [];
    const { path, line } = known.data;
    // The protocol counts lines from 1, the domain from 0.
    return [{ path, ...(line === undefined ? {} : { line: Math.max(0, line - 1) }) }];
  });
  const patch: ToolCallPatch = {
    toolCallId: call.toolCallId,
    ...(call.title === undefined ? {} : { title: call.title }),
    ...(call.kind === undefined ? {} : { kind: call.kind }),
    ...(call.status === undefined ? {} : { status: call.status }),
    ...(call.content === undefined ? {} : { content: call.content.map(toolContent) }),
    ...(locations === undefined ? {} : { locations }),
    ...(isSet(call['rawInput']) ? { rawInput: call['rawInput'] } : {}),
    ...(isSet(call['rawOutput']) ? { rawOutput: call['rawOutput'] } : {}),
  };
  return { patch, damaged, terminals: call._meta === undefined ? [] : ownTerminals(call._meta) };
}

/** Null means "as it was", like an absent field. */
function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Terminals that the agent runs itself and tells of in `_meta`. Both forms of output are additions. */
function ownTerminals(meta: z.infer<typeof metaSchema>): AgentUpdate[] {
  const updates: AgentUpdate[] = [];
  const info = meta.terminal_info;
  if (info !== undefined) {
    updates.push({
      type: 'terminal',
      terminalId: info.terminal_id,
      ...(info.cwd === undefined ? {} : { cwd: info.cwd }),
    });
  }
  for (const output of [meta.terminal_output, meta.terminal_output_delta]) {
    if (output === undefined) continue;
    updates.push({ type: 'terminalOutput', terminalId: output.terminal_id, data: output.data });
  }
  const exit = meta.terminal_exit;
  if (exit !== undefined) {
    updates.push({
      type: 'terminalExit',
      terminalId: exit.terminal_id,
      exitCode: exit.exit_code ?? null,
      signal: exit.signal ?? null,
    });
  }
  return updates;
}
