// What can be set per session, and what a session's id may look like: the schemas that commands and the API check calls by.
import * as z from 'zod/mini';
import { SessionError } from './errors.ts';
import { onFirstUse } from './onDemand.ts';
import { permissionModeSchema, type Settings } from './settings.ts';

/** Ids become file names, so they are short and made of letters, digits, `_` and `-` only. */
export const sessionIdPattern = /^[A-Za-z0-9_-]{1,128}$/;

/** A session's id: see {@link sessionIdPattern}. */
export const sessionIdSchema = onFirstUse(() => z.string().check(z.regex(sessionIdPattern)));

/** What can be set per session. */
export const sessionConfigSchema = onFirstUse(() =>
  z.looseObject({
    /** Minutes without activity until the process is stopped; fractions allowed, 0 = never. */
    timeoutMinutes: z.number().check(z.minimum(0)),
    /** Whether an unexpected exit is followed by a restart. */
    restart: z.enum(['onCrash', 'never']),
    permissionMode: permissionModeSchema(),
  }),
);

/** What can be set per session. */
export interface SessionConfig {
  /** Minutes without activity until the process is stopped; fractions allowed, 0 = never. */
  readonly timeoutMinutes: number;
  /** Whether an unexpected exit is followed by a restart. */
  readonly restart: 'onCrash' | 'never';
  /** When the agent's requests for permission are put to the user. */
  readonly permissionMode: 'ask' | 'allowReads' | 'allowAll';
}

/** What was set for one session alone; what is absent follows the settings. */
export const ownConfigSchema = onFirstUse(() => z.partial(sessionConfigSchema()));

type OwnConfig = z.infer<ReturnType<typeof ownConfigSchema>>;

/** What counts for a session: its own settings before those for its agent, and those before the general ones. */
export function effectiveConfig(
  { config: own, agentId }: { readonly config: OwnConfig; readonly agentId: string },
  settings: Settings,
): SessionConfig {
  return {
    timeoutMinutes: own.timeoutMinutes ?? settings['idle.timeoutMinutes'],
    restart: own.restart ?? 'onCrash',
    permissionMode:
      own.permissionMode ??
      settings['permissions.byAgent'][agentId] ??
      settings['permissions.mode'],
  };
}

/** What somebody wants to set for a session, checked. @throws SessionError `invalidArgument` */
export function checkedConfig(config: unknown, sessionId?: string): OwnConfig {
  const parsed = ownConfigSchema().safeParse(config);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = ['config', ...(issue?.path ?? [])].join('.');
  throw new SessionError('invalidArgument', `${where}: ${issue?.message ?? 'wrong value'}`, {
    sessionId,
  });
}
