// Every command, setting prefix, view and context key of Roost as typed constants; the manifest is proven equal to them.
import * as z from 'zod/mini';
import type { SavedSessionInfo, SessionInfo, TerminationReport } from '../../session/info.ts';
import { ownConfigSchema, sessionIdSchema } from '../../session/config.ts';
import { onFirstUse } from '../../session/onDemand.ts';
import { permissionModeSchema } from '../../session/settings.ts';
import type { RememberedAnswer } from '../../session/state.ts';
import { groupings, sessionFilterSchema, sortings } from '../list/sessionGrouping.ts';

/** The view of sessions in the side bar. */
export const sessionsViewId = 'roost.sessions';

/** The scheme of the addresses that rows of sessions have. */
export const sessionScheme = 'roost-session';

/** The editor for such addresses: it gives its place to the session's panel. */
export const sessionEditorType = 'roost.session';

/** What the `when` clauses of the manifest may ask besides the editor's own keys. */
export const contextKeys = ['roost.hasSessions', 'roost.needsYou', 'roost.filtered'] as const;

/** One of {@link contextKeys}. */
export type ContextKey = (typeof contextKeys)[number];

// Schemas are built with the first call that is checked against them: building all took a third of activation.
const session = onFirstUse(() => z.strictObject({ sessionId: sessionIdSchema() }));
const none = onFirstUse(() => z.strictObject({}));
const agent = onFirstUse(() => z.strictObject({ agent: z.string() }));
const newSession = onFirstUse(() =>
  z.strictObject({
    agent: z.optional(z.string()),
    cwd: z.optional(z.string()),
    title: z.optional(z.string()),
    config: z.optional(ownConfigSchema()),
  }),
);
const request = onFirstUse(() =>
  z.extend(session(), {
    /** Without it the oldest open request of the session is meant. */
    requestId: z.optional(z.string()),
  }),
);

/**
 * Command name (after `roost.`) → what a program may give it. Given an argument, a command asks
 * nothing that the argument answers, and rejects with a `SessionError`; without one it asks the user
 * and shows failures itself.
 */
export const commandArguments = {
  newSession,
  newSessionWith: newSession,
  openSession: session,
  sendPrompt: onFirstUse(() =>
    z.extend(session(), {
      prompt: z.optional(z.union([z.string(), z.array(z.looseObject({ type: z.string() }))])),
    }),
  ),
  cancelPrompt: session,
  respondToRequest: onFirstUse(() => z.extend(request(), { optionId: z.optional(z.string()) })),
  allowRequest: request,
  rejectRequest: request,
  openNeedsYou: none,
  goToRequest: none,
  setPermissionMode: onFirstUse(() =>
    z.extend(session(), {
      /** `inherit` follows the settings again. */
      mode: z.optional(z.union([permissionModeSchema(), z.literal('inherit')])),
    }),
  ),
  rememberedAnswers: onFirstUse(() =>
    z.extend(session(), {
      /** The `answerId` to take back. */
      forget: z.optional(z.string()),
    }),
  ),
  groupSessionsBy: onFirstUse(() => z.strictObject({ by: z.optional(z.enum(groupings)) })),
  sortSessionsBy: onFirstUse(() => z.strictObject({ by: z.optional(z.enum(sortings)) })),
  filterSessions: onFirstUse(() =>
    z.strictObject({ filter: z.optional(z.partial(sessionFilterSchema())) }),
  ),
  clearFilter: none,
  pinSession: session,
  unpinSession: session,
  movePinUp: session,
  movePinDown: session,
  archiveSession: session,
  unarchiveSession: session,
  markRead: session,
  forkSession: session,
  searchSessions: onFirstUse(() =>
    z.strictObject({ query: z.optional(z.string().check(z.minLength(1))) }),
  ),
  showChanges: session,
  openChange: onFirstUse(() => z.extend(session(), { path: z.string() })),
  revertChange: onFirstUse(() => z.extend(session(), { path: z.string() })),
  resumeSession: session,
  terminateSession: session,
  killSession: session,
  restartSession: session,
  renameSession: onFirstUse(() => z.extend(session(), { title: z.optional(z.string()) })),
  changeFolder: onFirstUse(() =>
    z.extend(session(), {
      /** Absolute path of the folder to work in from the next start on. */
      cwd: z.string(),
    }),
  ),
  keepAwake: session,
  allowAutoStop: session,
  saveSession: session,
  saveAllSessions: none,
  restoreSession: session,
  restoreAllSessions: none,
  deleteSavedSession: session,
  undoDelete: onFirstUse(() => z.strictObject({ sessionId: z.optional(sessionIdSchema()) })),
  emptyTrash: none,
  terminateIdleSessions: none,
  exportSession: onFirstUse(() =>
    z.extend(session(), {
      /** Absolute path; `.json` writes JSON, anything else Markdown. Without it an editor opens. */
      file: z.optional(z.string()),
    }),
  ),
  setModelKey: onFirstUse(() =>
    z.strictObject({
      /** Empty forgets it. */
      key: z.optional(z.string()),
    }),
  ),
  importSession: onFirstUse(() =>
    z.strictObject({
      /** Absolute path of a file that `exportSession` has written as JSON. */
      file: z.string(),
    }),
  ),
  findOtherSessions: onFirstUse(() =>
    z.strictObject({
      /** The store to bring sessions over from; without it none are, and what there is is told. */
      directory: z.optional(z.string()),
      /** Which of them; without it all. */
      sessionIds: z.optional(z.array(sessionIdSchema())),
    }),
  ),
  showMetrics: none,
  doctor: none,
  addAgent: onFirstUse(() =>
    z.strictObject({
      command: z.string().check(z.minLength(1)),
      args: z.array(z.string()),
      env: z.optional(z.record(z.string(), z.string())),
      name: z.optional(z.string()),
    }),
  ),
  installAgent: agent,
  removeAgent: agent,
  refreshAgents: none,
  signIn: onFirstUse(() =>
    z.extend(session(), {
      /** The id of one of the agent's own methods; without it the user chooses. */
      methodId: z.optional(z.string()),
    }),
  ),
  setAgentKey: onFirstUse(() =>
    z.extend(agent(), {
      name: z.string().check(z.regex(/^[A-Za-z_]\w*$/)),
      value: z.string().check(z.minLength(1)),
    }),
  ),
  forgetAgentKey: onFirstUse(() =>
    z.extend(agent(), {
      /** Without it all keys of the agent are forgotten. */
      name: z.optional(z.string()),
    }),
  ),
  showLog: none,
} as const;

/** A command's name, without the `roost.` in front. */
export type CommandName = keyof typeof commandArguments;

/** What a program may give a command. */
export type CommandArgument<Name extends CommandName> = z.output<
  ReturnType<(typeof commandArguments)[Name]>
>;

/** What a command resolves with; `undefined` also when the user changed their mind. */
export interface CommandResults {
  newSession: SessionInfo;
  newSessionWith: SessionInfo;
  openSession: undefined;
  sendPrompt: { readonly stopReason: string };
  cancelPrompt: undefined;
  respondToRequest: undefined;
  allowRequest: undefined;
  rejectRequest: undefined;
  openNeedsYou: undefined;
  goToRequest: undefined;
  setPermissionMode: undefined;
  /** Those that are left. */
  rememberedAnswers: readonly RememberedAnswer[];
  groupSessionsBy: undefined;
  sortSessionsBy: undefined;
  filterSessions: undefined;
  clearFilter: undefined;
  pinSession: undefined;
  unpinSession: undefined;
  movePinUp: undefined;
  movePinDown: undefined;
  archiveSession: undefined;
  unarchiveSession: undefined;
  markRead: undefined;
  forkSession: SessionInfo;
  /** What was found in transcripts, for a program. */
  searchSessions: readonly {
    readonly sessionId: string;
    readonly title: string;
    readonly entryId: string;
    readonly snippet: string;
  }[];
  /** The files that differ from what they were before the session; to a user their diff is shown. */
  showChanges: readonly {
    readonly path: string;
    readonly kind: 'created' | 'changed' | 'deleted';
    readonly added?: number;
    readonly removed?: number;
  }[];
  openChange: undefined;
  revertChange: undefined;
  resumeSession: SessionInfo;
  terminateSession: TerminationReport;
  killSession: TerminationReport;
  restartSession: SessionInfo;
  changeFolder: SessionInfo;
  renameSession: undefined;
  keepAwake: undefined;
  allowAutoStop: undefined;
  saveSession: SavedSessionInfo;
  saveAllSessions: readonly SavedSessionInfo[];
  restoreSession: SessionInfo;
  /** The ids that are new in the list. */
  restoreAllSessions: readonly string[];
  deleteSavedSession: undefined;
  undoDelete: SessionInfo;
  /** How many sessions were deleted for good. */
  emptyTrash: number;
  /** The ids of those that were stopped. */
  terminateIdleSessions: readonly string[];
  /** Where the export went. */
  exportSession: { readonly uri: string };
  setModelKey: undefined;
  importSession: SessionInfo;
  findOtherSessions: {
    readonly folders: readonly {
      readonly directory: string;
      readonly sessions: readonly SavedSessionInfo[];
    }[];
    readonly brought: readonly SessionInfo[];
  };
  showMetrics: undefined;
  /** The report in Markdown, and how many things in it can be mended. */
  doctor: { readonly report: string; readonly findings: number };
  addAgent: { readonly agent: string };
  /** The version that is there now. */
  installAgent: { readonly agent: string; readonly version: string };
  removeAgent: undefined;
  /** How many agents are new in the list, and how many newer. */
  refreshAgents: { readonly added: number; readonly updated: number };
  signIn: SessionInfo;
  setAgentKey: undefined;
  /** The names of the variables that are gone. */
  forgetAgentKey: readonly string[];
  showLog: undefined;
}

/** All command names. */
export const commandNames: readonly CommandName[] =
  // Object.keys widens; the table's keys are exactly the names.
  Object.keys(commandArguments) as CommandName[];

/** The id of a command as the editor knows it. */
export function commandId(name: CommandName): `roost.${CommandName}` {
  return `roost.${name}`;
}
