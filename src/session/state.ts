// What of a session is persisted: schemas for its config and its state.
import * as z from 'zod';
import { sessionErrorCodes } from './errors.ts';
import { permissionModeSchema, type Settings } from './settings.ts';
import { sessionStatuses } from './status.ts';

/** Ids become file names, so they are short and made of letters, digits, `_` and `-` only. */
export const sessionIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/);

/** What can be set per session. */
export const sessionConfigSchema = z.looseObject({
  /** Minutes without activity until the process is stopped; fractions allowed, 0 = never. */
  timeoutMinutes: z.number().min(0),
  /** Whether an unexpected exit is followed by a restart. */
  restart: z.enum(['onCrash', 'never']),
  permissionMode: permissionModeSchema,
});

/** What can be set per session. */
export interface SessionConfig {
  /** Minutes without activity until the process is stopped; fractions allowed, 0 = never. */
  readonly timeoutMinutes: number;
  /** Whether an unexpected exit is followed by a restart. */
  readonly restart: 'onCrash' | 'never';
  /** When the agent's requests for permission are put to the user. */
  readonly permissionMode: 'ask' | 'allowReads' | 'allowAll';
}

/** What counts for a session: its own settings before the general ones. */
export function effectiveConfig(own: SessionState['config'], settings: Settings): SessionConfig {
  return {
    timeoutMinutes: own.timeoutMinutes ?? settings['idle.timeoutMinutes'],
    restart: own.restart ?? 'onCrash',
    permissionMode: own.permissionMode ?? settings['permissions.mode'],
  };
}

const errorSchema = z.looseObject({
  code: z.enum(sessionErrorCodes),
  message: z.string(),
  hint: z.string().optional(),
  details: z.looseObject({}).optional(),
});

/** A slash command that the agent advertises; `hint` describes its argument. */
export const slashCommandSchema = z.looseObject({
  name: z.string(),
  description: z.string(),
  hint: z.string().optional(),
});

/** A slash command that the agent advertises. */
export type SlashCommand = z.infer<typeof slashCommandSchema>;

/** What the agent last said about itself in this session; kept so that a dormant panel still shows it. */
export const agentFactsSchema = z.looseObject({
  agentName: z.string().optional(),
  agentVersion: z.string().optional(),
  commands: z.array(slashCommandSchema).default([]),
  currentModeId: z.string().optional(),
  modes: z
    .array(z.looseObject({ id: z.string(), name: z.string(), description: z.string().nullish() }))
    .default([]),
  /** Config options exactly as the agent sent them. */
  configOptions: z.array(z.looseObject({})).default([]),
  usage: z
    .looseObject({ used: z.number(), size: z.number(), cost: z.unknown().optional() })
    .optional(),
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
  messageCount: z.int().min(0),
  /** What was set for this session alone; everything else follows the settings, also later changes of them. */
  config: sessionConfigSchema.partial(),
  keepAwake: z.boolean(),
  /** The agent's own id for the conversation, for resume and load. */
  agentSessionId: z.string().optional(),
  /** Minutes after which the session was stopped for being idle; absent when it rests for another reason. */
  stoppedAfterIdleMinutes: z.number().optional(),
  /** The window closed while the session's agent ran: what an eager restore starts again. */
  aliveAtShutdown: z.boolean().optional(),
  /** A turn was running when this was written; found on disk after a crash it means "interrupted". */
  turnRunning: z.boolean().default(false),
  facts: agentFactsSchema.optional(),
  error: errorSchema.optional(),
});

/** The persisted state of a session. */
export type SessionState = z.infer<typeof sessionStateSchema>;
