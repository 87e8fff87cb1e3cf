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
  /** Whether the agent can fork a conversation. */
  canFork: z.optional(z.boolean()),
  usage: z.optional(
    z.looseObject({ used: z.number(), size: z.number(), cost: z.optional(z.unknown()) }),
  ),
});

/** What the agent last said about itself in this session. */
export type AgentFacts = z.infer<typeof agentFactsSchema>;

/** An answer that the user gave once and for all: given again, by itself, when the agent asks the same. */
export const rememberedAnswerSchema = z.looseObject({
  answerId: z.string(),
  answer: z.enum(['allow', 'reject']),
  /** What was asked, as the user saw it. */
  title: z.string(),
  /** Everything that a later request must have in common with this one; see `sameRequest`. */
  request: z.string(),
  at: z.string(),
});

/** An answer that the user gave once and for all. */
export type RememberedAnswer = z.infer<typeof rememberedAnswerSchema>;

/** How a turn ended that nobody was looking at. */
export const unreadSchema = z.enum(['finished', 'failed']);

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
  config: ownConfigSchema(),
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
  /** The last turn was cut short, by a crash, a stop or the end of its window, and no agent was started since. */
  interrupted: z.optional(z.boolean()),
  facts: z.optional(agentFactsSchema),
  /** The agent's id for the conversation that this one is to be forked from, until it has been. */
  forkOf: z.optional(z.string()),
  /** A turn ended in the background and the user has not looked since. */
  unread: z.optional(unreadSchema),
  /** The session's place among the pinned ones, lowest first; absent when it is not pinned. */
  pinned: z.optional(z.number()),
  /** Put away: at rest, and out of the way in the list. */
  archived: z.optional(z.boolean()),
  /** Files that the session has changed, in the order of their first change; absolute paths. */
  changedFiles: z.optional(z.array(z.string())),
  /** What the user answered with "always", oldest first. */
  remembered: z.optional(z.array(rememberedAnswerSchema)),
  error: z.optional(errorSchema),
});

/** The persisted state of a session. */
export type SessionState = z.infer<typeof sessionStateSchema>;
