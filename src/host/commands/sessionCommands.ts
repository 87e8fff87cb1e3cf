// Handlers of the commands that make, show, drive and end sessions: find the session, call the domain, report.
import { l10n, window } from 'vscode';
import { isSessionError, SessionError } from '../../session/errors.ts';
import type { SessionInfo } from '../../session/info.ts';
import type { CreateOptions } from '../../session/sessions.ts';
import type { CommandDeps, Handlers } from './commandTypes.ts';
import { forkTitle } from './forkTitle.ts';
import { askPrompt, askTitle, pickFolder } from './pickers.ts';
import { allOf, targetSession, targetSessions } from './sessionTarget.ts';

/** Commands about running sessions. */
export function sessionCommands(
  deps: CommandDeps,
): Handlers<
  | 'newSession'
  | 'newSessionWith'
  | 'openSession'
  | 'sendPrompt'
  | 'cancelPrompt'
  | 'resumeSession'
  | 'terminateSession'
  | 'killSession'
  | 'restartSession'
  | 'renameSession'
  | 'forkSession'
  | 'keepAwake'
  | 'allowAutoStop'
  | 'terminateIdleSessions'
  | 'setModelKey'
  | 'showLog'
> {
  const { sessions, agents, panels } = deps;

  /** The session named, as a program may have named one that is gone. */
  const known = (sessionId: string): SessionInfo => {
    const info = sessions.get(sessionId);
    if (info === undefined) {
      throw new SessionError('sessionUnknown', `There is no session "${sessionId}".`, {
        sessionId,
      });
    }
    return info;
  };

  return {
    newSession: async ({ given }) => {
      if (given !== undefined) return sessions.create(createOptions(given));
      const folder = await pickFolder();
      return folder === undefined ? undefined : createAndOpen(deps, inFolder(folder));
    },

    newSessionWith: async ({ given }) => {
      if (given?.agent !== undefined) return sessions.create(createOptions(given));
      const { chooseAgent } = await import('../agents/agentPick.ts');
      const agent = await chooseAgent(deps);
      if (agent === undefined) return undefined;
      await agents.find(agent);
      if (given !== undefined) return sessions.create({ ...createOptions(given), agent });
      const folder = await pickFolder();
      return folder === undefined ? undefined : createAndOpen(deps, { ...inFolder(folder), agent });
    },

    openSession: async (call) => {
      const sessionId = await targetSession(deps, call, undefined, l10n.t('Open which session?'));
      if (sessionId === undefined) return undefined;
      await panels.open(known(sessionId).sessionId);
      return undefined;
    },

    sendPrompt: async (call) => {
      const question = l10n.t('Send a prompt to which session?');
      const sessionId = await targetSession(deps, call, 'canPrompt', question);
      if (sessionId === undefined) return undefined;
      const info = known(sessionId);
      if (call.given?.prompt !== undefined) {
        return sessions.prompt(sessionId, call.given.prompt);
      }
      const prompt = await askPrompt(info);
      if (prompt === undefined) return undefined;
      await panels.open(sessionId);
      return signedIn(
        deps,
        () => sessions.prompt(sessionId, prompt),
        () => sessions.prompt(sessionId, prompt, true),
      );
    },

    cancelPrompt: async (call) => {
      const question = l10n.t('Cancel the turn of which session?');
      const ids = await targetSessions(deps, call, 'canCancel', question);
      await allOf(ids.map((id) => sessions.cancel(id)));
      return undefined;
    },

    resumeSession: async (call) => {
      const question = l10n.t('Start which session?');
      const ids = await targetSessions(deps, call, 'canResume', question);
      return theOnly(await allOf(ids.map((id) => sessions.resume(id))));
    },

    terminateSession: async (call) => {
      const question = l10n.t('Stop which session?');
      const ids = await targetSessions(deps, call, 'canStop', question);
      return theOnly(await allOf(ids.map((id) => sessions.terminate(id))));
    },

    killSession: async (call) => {
      const question = l10n.t('Kill the process of which session?');
      const ids = await targetSessions(deps, call, 'alive', question);
      return theOnly(await allOf(ids.map((id) => sessions.terminate(id, { force: true }))));
    },

    restartSession: async (call) => {
      const question = l10n.t('Restart which session?');
      const ids = await targetSessions(deps, call, 'canRestart', question);
      return theOnly(await allOf(ids.map((id) => sessions.restart(id))));
    },

    forkSession: async (call) => {
      const question = l10n.t('Fork which session?');
      const sessionId = await targetSession(deps, call, 'canFork', question);
      if (sessionId === undefined) return undefined;
      const taken = sessions.list().map(({ title }) => title);
      const title = forkTitle(known(sessionId).title, taken, l10n.t);
      const info = await sessions.fork(sessionId, title);
      if (call.given === undefined) await panels.open(info.sessionId);
      return info;
    },

    renameSession: async (call) => {
      const question = l10n.t('Rename which session?');
      const sessionId = await targetSession(deps, call, 'canRename', question);
      if (sessionId === undefined) return undefined;
      const title = call.given?.title ?? (await askTitle(known(sessionId)));
      if (title !== undefined) await sessions.rename(sessionId, title.trim());
      return undefined;
    },

    keepAwake: async (call) => {
      const question = l10n.t('Keep which session awake?');
      const ids = await targetSessions(deps, call, 'autoStop', question);
      await allOf(ids.map((id) => sessions.setKeepAwake(id, true)));
      return undefined;
    },

    allowAutoStop: async (call) => {
      const question = l10n.t('Let which session be stopped when it is idle?');
      const ids = await targetSessions(deps, call, 'keptAwake', question);
      await allOf(ids.map((id) => sessions.setKeepAwake(id, false)));
      return undefined;
    },

    terminateIdleSessions: async ({ given }) => {
      const stopped = await sessions.terminateIdle();
      if (given === undefined) {
        const said =
          stopped.length === 0
            ? l10n.t('No session has been idle for long enough.')
            : l10n.t('Saved and stopped {0} idle sessions.', stopped.length);
        void window.showInformationMessage(said);
      }
      return stopped;
    },

    setModelKey: ({ given }) => deps.setModelKey(given?.key),

    showLog: () => {
      deps.showLog();
      return Promise.resolve(undefined);
    },
  };
}

/** What a program is told of the one session that it named; of several nothing is told. */
function theOnly<T>(results: readonly T[]): T | undefined {
  return results.length === 1 ? results[0] : undefined;
}

/** A session that a user made is shown at once, while its agent still starts. */
async function createAndOpen(deps: CommandDeps, options: CreateOptions): Promise<SessionInfo> {
  const { sessions, panels } = deps;
  const listed = Promise.withResolvers<string>();
  const creating = signedIn(
    deps,
    () => sessions.create(options, listed.resolve),
    (info) => info,
  );
  // What fails without a row has none to show.
  const opening = listed.promise.then((sessionId) => panels.open(sessionId));
  const [info] = await Promise.all([creating, opening]);
  return info;
}

/**
 * Does something for a user, and where the agent asks for a sign-in, leads them through it and goes on.
 * @param next what is done afterwards with the session that is ready then; the same again when absent
 */
async function signedIn<T>(
  deps: CommandDeps,
  work: () => Promise<T>,
  next: (info: SessionInfo) => Promise<T> | T = work,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSessionError(error) || error.code !== 'authRequired' || error.sessionId === undefined) {
      throw error;
    }
    const { signIn } = await import('../agents/signInFlow.ts');
    const info = await signIn(deps, error.sessionId);
    if (info === undefined) throw error;
    return next(info);
  }
}

function inFolder(folder: string): CreateOptions {
  return folder === 'default' ? {} : { cwd: folder };
}

/** Without the keys that were not given: absent and `undefined` are not the same to the domain. */
function createOptions(given: {
  readonly agent?: string | undefined;
  readonly cwd?: string | undefined;
  readonly title?: string | undefined;
  readonly config?: object | undefined;
}): CreateOptions {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
