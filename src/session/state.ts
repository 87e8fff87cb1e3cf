// What of a session is persisted: the schema of its state.
import * as z from 'zod/mini';
import { ownConfigSchema } from './config.ts';
import { sessionErrorCodes } from './errors.ts';
import { sessionStatuses } from './status.ts';

const errorSchema = z.looseObject({
  code: z.enum(sessionErrorCodes),
  message: z.string(),
  hint: z.optional(z.string()),
  details: z.optional(z.looseObject({})),
});

/** A slash command that the agent advertises; `hint` describes its argument. */
export const slashCommandSchema = z.looseObject({
  name: z.string(),
  description: z.string(),
  hint: z.optional(z.string()),
});

/** A slash command that the agent advertises. */
export type SlashCommand = z.infer<typeof slashCommandSchema>;

/** What the agent last said about itself in this session; kept so that a dormant panel still shows it. */
export const agentFactsSchema = z.looseObject({
  agentName: z.optional(z.string()),
  agentVersion: z.optional(z.string()),
  commands: z._default(z.array(slashCommandSchema), []),
  currentModeId: z.optional(z.string()),
  modes: z._default(
    z.array(
      z.looseObject({ id: z.string(), name: z.string(), description: z.nullish(z.string()) }),
    ),
    [],
  ),
  /** Config options exactly as the agent sent them. */
  configOptions: z._default(z.array(z.looseObject({})), []),
  usage: z.optional(
    z.looseObject({ used: z.number(), size: z.number(), cost: z.optional(z.unknown()) }),
  ),
});

/** What the agent last said about itself in this session. */
export type AgentFacts = z.infer<typeof agentFactsSchema>;

/** The persisted state of a session: the `state` of its head file. Unknown fields survive a rewrite. */
export const sessionStateSchema = z.looseObject({
  title: z.string(),
  /** `prompt`: cut from the first prompt; `user` titles are never replaced by anything else. */
  titleSource: z.enum(['default', 'prompt', 'agent', 'user']),
  agentId: z.string(),
  cwd: z.string(),
  status: z.enum(sessionStatuses),
  createdAt: z.string(),
  lastActivityAt: z.string(),
  /** Prompts and answers, without thoughts, tool calls and notices. */
  messageCount: z.int().check(z.minimum(0)),
  /** What was set for this session alone; everything else follows the settings, also later changes of them. */
  config: ownConfigSchema,
  keepAwake: z.boolean(),
  /** The agent's own id for the conversation, for resume and load. */
  agentSessionId: z.optional(z.string()),
  /** When that conversation was begun with the agent, which may be later than the session; ISO 8601. */
  agentSessionAt: z.optional(z.string()),
  /** Minutes after which the session was stopped for being idle; absent when it rests for another reason. */
  stoppedAfterIdleMinutes: z.optional(z.number()),
  /** The window closed while the session's agent ran: what an eager restore starts again. */
  aliveAtShutdown: z.optional(z.boolean()),
  /** A turn was running when this was written; found on disk after a crash it means "interrupted". */
  turnRunning: z._default(z.boolean(), false),
  facts: z.optional(agentFactsSchema),
  error: z.optional(errorSchema),
});

/** The persisted state of a session. */
export type SessionState = z.infer<typeof sessionStateSchema>;
