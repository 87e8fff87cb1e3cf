// Translates `session/update` notifications into the domain's updates; what is unknown or malformed is kept as it came.
import * as z from 'zod/mini';
import type { AgentUpdate } from '../session/agentUpdate.ts';
import { translateToolCall } from './toolCalls.ts';

type Role = 'user' | 'agent' | 'thought';

/** Maps, not objects: a variant may be called `constructor`. */
const roles: ReadonlyMap<string, Role> = new Map([
  ['user_message_chunk', 'user'],
  ['agent_message_chunk', 'agent'],
  ['agent_thought_chunk', 'thought'],
]);

/** The variants that bring a piece of a text. */
export const chunkVariants: readonly string[] = [...roles.keys()];

/** Translates the `update` of one notification. Never throws, never returns nothing for something said. */
export function translateUpdate(update: unknown): readonly AgentUpdate[] {
  if (typeof update !== 'object' || update === null) return [unknown('(none)', update)];
  const { sessionUpdate: variant } = update as { readonly sessionUpdate?: unknown };
  if (typeof variant !== 'string') return [unknown('(none)', update)];
  const role = roles.get(variant);
  // Text is nearly all of the traffic: it is checked by hand, without a schema.
  if (role !== undefined) return [chunk(role, variant, update)];
  if (variant === 'tool_call' || variant === 'tool_call_update') return toolCall(variant, update);
  return translators.get(variant)?.(update) ?? [unknown(variant, update)];
}

/** What stands for a notification that names no conversation. */
export function homelessUpdate(params: unknown): AgentUpdate {
  return unknown('(no session)', params);
}

function unknown(variant: string, raw: unknown): AgentUpdate {
  return { type: 'unknown', variant, raw };
}

function chunk(role: Role, variant: string, update: object): AgentUpdate {
  const { content, messageId } = update as { content?: unknown; messageId?: unknown };
  if (typeof content !== 'object' || content === null) return unknown(variant, update);
  const { type, text } = content as { type?: unknown; text?: unknown };
  if (typeof type !== 'string') return unknown(variant, update);
  if (type === 'text') {
    if (typeof text !== 'string') return unknown(variant, update);
    return typeof messageId === 'string'
      ? { type: 'text', role, text, messageId }
      : { type: 'text', role, text };
  }
  // Whatever else it has: its type was found to be a string just above.
  const block = content as { type: string; [key: string]: unknown };
  return typeof messageId === 'string'
    ? { type: 'block', role, block, messageId }
    : { type: 'block', role, block };
}

function toolCall(variant: string, update: object): readonly AgentUpdate[] {
  const call = translateToolCall(update);
  if (call === undefined) return [unknown(variant, update)];
  const rest = call.damaged ? [unknown(variant, update)] : [];
  return [{ type: 'toolCall', patch: call.patch }, ...call.terminals, ...rest];
}

/** Texts of a list of content blocks, joined. */
function textOf(blocks: unknown): string {
  if (!Array.isArray(blocks)) return '';
  return blocks
    .map((block: unknown) => {
      const parsed = textBlockSchema.safeParse(block);
      return parsed.success ? parsed.data.text : '';
    })
    .join('');
}

const textBlockSchema = z.looseObject({ type: z.literal('text'), text: z.string() });
const planEntrySchema = z.looseObject({
  content: z.string(),
  status: z.string(),
  priority: z.catch(z.optional(z.string()), undefined),
});
const optionalText = z.nullish(z.string());

/** A translator that keeps as unknown whatever does not fit its schema. */
function translator<T extends z.ZodMiniType>(
  schema: T,
  translate: (update: z.infer<T>) => readonly AgentUpdate[],
): (update: object) => readonly AgentUpdate[] | undefined {
  return (update) => {
    const parsed = schema.safeParse(update);
    return parsed.success ? translate(parsed.data) : undefined;
  };
}

function plan(entries: readonly z.infer<typeof planEntrySchema>[]): readonly AgentUpdate[] {
  return [
    {
      type: 'plan',
      entries: entries.map(({ content, status, priority }) => ({
        content,
        status,
        ...(priority === undefined ? {} : { priority }),
      })),
    },
  ];
}

function notice(code: string, text: string, data: unknown): readonly AgentUpdate[] {
  return [{ type: 'notice', code, text, data }];
}

/** Variants besides messages and tool calls; `undefined` from one of them means malformed. */
const translators: ReadonlyMap<string, (update: object) => readonly AgentUpdate[] | undefined> =
  new Map(
    Object.entries({
      plan: translator(z.looseObject({ entries: z.array(planEntrySchema) }), ({ entries }) =>
        plan(entries),
      ),
      plan_update: translator(
        z.looseObject({
          plan: z.discriminatedUnion('type', [
            z.looseObject({ type: z.literal('items'), entries: z.array(planEntrySchema) }),
            z.looseObject({ type: z.literal('markdown'), content: z.string() }),
            z.looseObject({ type: z.literal('file'), uri: z.string() }),
          ]),
        }),
        (update) => {
          switch (update.plan.type) {
            case 'items':
              return plan(update.plan.entries);
            case 'markdown':
              return notice('plan', update.plan.content, update);
            case 'file':
              return notice('plan', update.plan.uri, update);
          }
        },
      ),
      plan_removed: translator(z.looseObject({}), () => plan([])),
      available_commands_update: translator(
        z.looseObject({
          availableCommands: z.array(
            z.looseObject({
              name: z.string(),
              description: z.catch(z.string(), ''),
              input: z.catch(z.nullish(z.looseObject({ hint: z.string() })), undefined),
            }),
          ),
        }),
        ({ availableCommands }) => [
          {
            type: 'commands',
            commands: availableCommands.map(({ name, description, input }) => ({
              name,
              description,
              ...(input ? { hint: input.hint } : {}),
            })),
          },
        ],
      ),
      current_mode_update: translator(
        z.looseObject({ currentModeId: z.string() }),
        ({ currentModeId }) => [{ type: 'mode', modeId: currentModeId }],
      ),
      config_option_update: translator(
        z.looseObject({ configOptions: z.array(z.looseObject({})) }),
        ({ configOptions }) => [{ type: 'configOptions', configOptions }],
      ),
      session_info_update: translator(z.looseObject({ title: optionalText }), ({ title }) =>
        // Without a title it says when the agent last wrote its own file, which is nothing to show.
        title === undefined ? [] : [{ type: 'title', title }],
      ),
      usage_update: translator(
        z.looseObject({ used: z.number(), size: z.number(), cost: z.optional(z.unknown()) }),
        ({ used, size, cost }) => [
          {
            type: 'usage',
            usage: { used, size, ...(cost === undefined || cost === null ? {} : { cost }) },
          },
        ],
      ),
      notice: translator(z.looseObject({ severity: z.string(), title: z.string() }), (update) =>
        notice('agentNotice', update.title, update),
      ),
      compaction_update: translator(
        z.looseObject({
          status: z.string(),
          error: optionalText,
          summary: z.optional(z.unknown()),
        }),
        (update) => {
          const parts = [
            `Compaction: ${update.status}`,
            update.error ?? '',
            textOf(update.summary),
          ];
          return notice('compaction', parts.filter((part) => part !== '').join('\n'), update);
        },
      ),
      // The summary streams like a thought and is as long as one.
      compaction_summary_chunk: translator(
        z.looseObject({ compactionId: z.string(), content: textBlockSchema }),
        ({ compactionId, content }) => [
          { type: 'text', role: 'thought', text: content.text, messageId: compactionId },
        ],
      ),
      subagent_update: translator(
        z.looseObject({ sessionId: z.string(), title: optionalText }),
        (update) => notice('subagent', update.title ?? update.sessionId, update),
      ),
      session_message: translator(
        z.looseObject({ messageId: z.string(), content: z.optional(z.unknown()) }),
        (update) => notice('sessionMessage', textOf(update.content), update),
      ),
      session_message_chunk: translator(
        z.looseObject({ messageId: z.string(), content: textBlockSchema }),
        ({ messageId, content }) => [
          { type: 'text', role: 'thought', text: content.text, messageId },
        ],
      ),
    }),
  );
