// Leads a user through an agent's own ways to sign in, and starts the session again afterwards.
import * as vscode from 'vscode';
import { isSessionError, SessionError } from '../../session/errors.ts';
import type { SessionInfo } from '../../session/info.ts';
import {
  knownMethods,
  signInPlan,
  type SignInPlan,
  type TerminalCommand,
} from '../../session/signInPlan.ts';
import { setKey } from './agentKeyQuestions.ts';
import type { CommandDeps } from '../commands/commandTypes.ts';
import { notificationText, withoutIcons } from '../plainText.ts';

type Deps = Pick<CommandDeps, 'agentServices' | 'sessions'>;

/** A way to sign in as it is offered. */
interface Way extends vscode.QuickPickItem {
  readonly methodId: string;
  readonly plan: SignInPlan;
}

/**
 * Signs in and starts the session; `undefined` when the user changed their mind.
 * @param methodId the way to take; the user chooses when absent
 * @throws SessionError `authRequired` when the agent still asks afterwards, or offers no way
 */
export async function signIn(
  deps: Deps,
  sessionId: string,
  methodId?: string,
): Promise<SessionInfo | undefined> {
  const started = await askAgent(deps, sessionId);
  if (started !== undefined) return started;
  const { sessions } = deps;
  const { agentId } = sessions.details(sessionId).info;
  const ways = await waysOf(deps, sessionId);
  const name = sessions.details(sessionId).agentName;
  if (ways.length === 0) throw noWay(sessionId, name);
  const way =
    methodId === undefined
      ? await chooseWay(ways, name)
      : ways.find((one) => one.methodId === methodId);
  if (way === undefined) {
    if (methodId === undefined) return undefined;
    throw new SessionError('invalidArgument', `${name} offers no sign-in "${methodId}".`, {
      sessionId,
      hint: `It offers: ${ways.map((one) => one.methodId).join(', ')}.`,
    });
  }
  const { plan } = way;
  switch (plan.kind) {
    case 'agent':
      return withCancel(
        deps,
        sessionId,
        vscode.l10n.t('Signing in to {0}', notificationText(name)),
        () => sessions.signIn(sessionId, way.methodId),
      );
    case 'terminal': {
      const before = sessions.get(sessionId)?.pid;
      if (!(await runInTerminal(deps, plan.run, sessionId, name))) return undefined;
      return startAgain(deps, sessionId, before);
    }
    case 'key': {
      const before = sessions.get(sessionId)?.pid;
      if ((await setKey(deps, agentId, plan.names)) === undefined) return undefined;
      if (!plan.authenticate) return startAgain(deps, sessionId, before);
      // The key is in the environment of the next process only.
      if (sessions.get(sessionId)?.processAlive === true) await sessions.terminate(sessionId);
      return sessions.signIn(sessionId, way.methodId);
    }
  }
}

/** The ways are known once the agent was asked in this window: a start does that, or needs no sign-in at all. */
async function askAgent(deps: Deps, sessionId: string): Promise<SessionInfo | undefined> {
  const { sessions } = deps;
  if (sessions.details(sessionId).authMethods !== undefined) return undefined;
  try {
    return await sessions.resume(sessionId);
  } catch (error) {
    if (isSessionError(error) && error.code === 'authRequired') return undefined;
    throw error;
  }
}

async function waysOf(deps: Deps, sessionId: string): Promise<readonly Way[]> {
  const { agentServices, sessions } = deps;
  const { info, authMethods = [] } = sessions.details(sessionId);
  const { definition, note } = await (await agentServices.directory()).describe(info.agentId);
  const own = authMethods.map((method): Way => {
    const plan = signInPlan(method, definition, note);
    return {
      label: `${icons[plan.kind]} ${withoutIcons(method.name)}`,
      detail: withoutIcons(method.description ?? '', 200),
      methodId: method.id,
      plan,
    };
  });
  const has = new Set(own.map(({ plan }) => plan.kind));
  const known = knownMethods(definition, note)
    .filter(({ plan }) => !has.has(plan.kind))
    .map(({ id, plan }): Way => {
      const label =
        plan.kind === 'key'
          ? vscode.l10n.t('Use an API Key')
          : vscode.l10n.t('Sign In in a Terminal');
      return { label: `${icons[plan.kind]} ${label}`, detail: told(plan), methodId: id, plan };
    });
  return [...own, ...known];
}

const icons: Readonly<Record<SignInPlan['kind'], string>> = {
  agent: '$(account)',
  terminal: '$(terminal)',
  key: '$(key)',
};

function told(plan: SignInPlan): string {
  if (plan.kind === 'terminal')
    return withoutIcons([plan.run.command, ...plan.run.args].join(' '), 200);
  return plan.kind === 'key' ? plan.names.join(', ') : '';
}

async function chooseWay(ways: readonly Way[], agent: string): Promise<Way | undefined> {
  return vscode.window.showQuickPick(ways, {
    title: vscode.l10n.t('Sign In to {0}', withoutIcons(agent)),
    placeHolder: vscode.l10n.t('How do you want to sign in?'),
    ignoreFocusOut: true,
  });
}

/**
 * A process that ran without the new credentials is replaced by one that has them.
 * @param before that process: another one was started meanwhile, by a prompt perhaps, and is left alone
 */
async function startAgain(
  { sessions }: Deps,
  sessionId: string,
  before: number | undefined,
): Promise<SessionInfo> {
  const now = sessions.get(sessionId);
  return now?.processAlive === true && now.pid === before
    ? sessions.restart(sessionId)
    : sessions.resume(sessionId);
}

/** Shows that something is waited for; cancelling it stops the session, and with it the sign-in. */
async function withCancel(
  { sessions }: Deps,
  sessionId: string,
  title: string,
  work: () => Promise<SessionInfo>,
): Promise<SessionInfo | undefined> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress(
    { location, title, cancellable: true },
    async (_step, token) => {
      let stopping: Promise<unknown> | undefined;
      const cancel = token.onCancellationRequested(() => {
        stopping = sessions.terminate(sessionId, { force: true });
      });
      try {
        return await work();
      } catch (error) {
        if (!token.isCancellationRequested) throw error;
        await stopping;
        return undefined;
      } finally {
        cancel.dispose();
      }
    },
  );
}

/** Runs a command where the user can see and answer it; `false` when they stopped waiting. */
async function runInTerminal(
  { agentServices, sessions }: Deps,
  { command, args, env }: TerminalCommand,
  sessionId: string,
  agent: string,
): Promise<boolean> {
  const cwd = sessions.get(sessionId)?.cwd;
  const terminal = vscode.window.createTerminal({
    name: vscode.l10n.t('Sign In to {0}', withoutIcons(agent)),
    shellPath: (await agentServices.locate(command)) ?? command,
    shellArgs: [...args],
    env: { ...env },
    ...(cwd === undefined ? {} : { cwd }),
    isTransient: true,
  });
  terminal.show();
  const title = vscode.l10n.t('Sign in in the terminal. The session goes on when it closes.');
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress(
    { location, title, cancellable: true },
    async (_step, token) => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const held = [
        vscode.window.onDidCloseTerminal((closed) => {
          if (closed === terminal) resolve(true);
        }),
        token.onCancellationRequested(() => {
          resolve(false);
        }),
      ];
      if (terminal.exitStatus !== undefined) resolve(true);
      try {
        return await promise;
      } finally {
        for (const one of held) one.dispose();
        terminal.dispose();
      }
    },
  );
}

function noWay(sessionId: string, agent: string): SessionError {
  return new SessionError(
    'authRequired',
    `${agent} asks for a sign-in and offers no way to do it.`,
    {
      sessionId,
      hint: 'Sign in with the agent’s own program in a terminal, then restart the session.',
    },
  );
}
