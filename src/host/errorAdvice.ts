// What to offer the user for each way an operation can fail: decided by the error's code alone. No editor.
import type { SessionErrorCode } from '../session/errors.ts';
import { commandId } from './commands/commandIds.ts';

/** Something the user can do about a failure with one click. */
export type AdviceAction =
  | 'open'
  | 'resume'
  | 'restart'
  | 'newSessionWith'
  | 'signIn'
  | 'changeFolder'
  | 'agentSettings'
  | 'timeoutSettings'
  | 'storageSettings'
  | 'manageTrust'
  | 'showLog';

/** How loudly to say it, and what to offer. */
export interface Advice {
  readonly severity: 'info' | 'warning' | 'error';
  readonly actions: readonly AdviceAction[];
}

const error = (...actions: AdviceAction[]): Advice => ({ severity: 'error', actions });
const warning = (...actions: AdviceAction[]): Advice => ({ severity: 'warning', actions });

/** Code → advice. Total: a new code without an entry does not compile. */
export const advice: Readonly<Record<SessionErrorCode, Advice>> = {
  agentUnknown: error('newSessionWith', 'agentSettings'),
  commandNotFound: error('agentSettings', 'showLog'),
  commandNotExecutable: error('agentSettings', 'showLog'),
  cwdNotFound: error('changeFolder', 'showLog'),
  spawnFailed: error('restart', 'showLog'),
  exitedDuringStart: error('restart', 'agentSettings', 'showLog'),
  startTimeout: error('restart', 'timeoutSettings', 'showLog'),
  // Its newer version, where there is one, is offered in the list of agents.
  protocolVersion: error('newSessionWith', 'agentSettings', 'showLog'),
  authRequired: warning('signIn', 'open', 'showLog'),
  workspaceUntrusted: warning('manageTrust'),
  installFailed: error('newSessionWith', 'showLog'),
  registryUnreachable: warning('showLog'),
  agentError: error('open', 'showLog'),
  agentExited: error('restart', 'open', 'showLog'),
  connectionClosed: error('restart', 'showLog'),
  messageTooLarge: error('showLog'),
  // Somebody else was faster: nothing is wrong.
  requestUnknown: { severity: 'info', actions: [] },
  sessionUnknown: warning(),
  sessionStopped: warning('resume'),
  sessionReadOnly: warning('open'),
  invalidArgument: error('showLog'),
  disposed: warning(),
  pathOutsideWorkspace: error(),
  storageFailed: error('storageSettings', 'showLog'),
  storageDamaged: error('showLog'),
  storageNewer: warning('showLog'),
  savedSessionUnknown: warning(),
  internal: error('showLog'),
};

/** Actions that make sense only for a session that is in the list. */
export const needsSession: ReadonlySet<AdviceAction> = new Set([
  'open',
  'resume',
  'restart',
  'signIn',
  'changeFolder',
]);

/** The command behind an action, and what it is given: the session's row, or a word. */
export interface AdviceCommand {
  readonly command: string;
  readonly argument?: string;
}

const settings = (argument: string): AdviceCommand => ({
  command: 'workbench.action.openSettings',
  argument,
});

/** Action → command. */
export const adviceCommands: Readonly<Record<AdviceAction, AdviceCommand>> = {
  open: { command: commandId('openSession') },
  resume: { command: commandId('resumeSession') },
  restart: { command: commandId('restartSession') },
  signIn: { command: commandId('signIn') },
  changeFolder: { command: commandId('changeFolder') },
  newSessionWith: { command: commandId('newSessionWith') },
  agentSettings: settings('roost.agents'),
  timeoutSettings: settings('roost.supervision.handshakeTimeoutSeconds'),
  storageSettings: settings('roost.persistence.directory'),
  manageTrust: { command: 'workbench.trust.manage' },
  showLog: { command: commandId('showLog') },
};
