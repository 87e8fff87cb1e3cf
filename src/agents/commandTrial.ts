// Tries a command before it is saved as an agent: starts it, asks who it is, and ends it again.
import { startStep } from '../session/agentRun.ts';
import type { TrialOptions } from '../session/agentOffers.ts';
import type { Clock } from '../session/clock.ts';
import { isSessionError, SessionError, type SessionErrorCode } from '../session/errors.ts';
import type {
  AgentDefinition,
  AgentEvents,
  AgentInfo,
  AgentLauncher,
} from '../session/agentPort.ts';

/** What a trial works with. */
export interface TrialDeps {
  readonly launcher: () => Promise<AgentLauncher>;
  readonly clock: Clock;
}

/** Nothing that it says before it is asked anything matters, and nothing that it asks is granted. */
const deaf: AgentEvents = {
  onUpdate: () => undefined,
  requestPermission: () => Promise.resolve(undefined),
  elicit: () => Promise.resolve({ action: 'cancel' }),
  onElicitationComplete: () => undefined,
  onTerminalsChanged: () => undefined,
  onErrorFlood: () => undefined,
  onMessage: () => undefined,
};

/**
 * What the agent behind a command says about itself. Resolves and rejects only when nothing of the
 * command is alive any more.
 * @throws SessionError that says why it is not an agent, or none that can be started
 */
export async function tryCommand(
  { launcher, clock }: TrialDeps,
  agent: AgentDefinition,
  options: TrialOptions,
): Promise<AgentInfo> {
  const { cwd, signal, deadlineMs } = options;
  const request = { sessionId: `trial-${agent.id}`, agent, cwd };
  const link = (await launcher()).launch(request, deaf);
  try {
    return await startStep({ clock, where: request, link, signal, deadlineMs }, 'initialize', () =>
      link.initialize(),
    );
  } catch (error) {
    throw asOfTrial(error);
  } finally {
    await link.stop({ force: true, graceMs: 0 });
  }
}

/** What helps with a command that is in no setting yet. */
const hints: Partial<Record<SessionErrorCode, string>> = {
  commandNotFound:
    'Install it, or correct the command. It is looked up in the PATH of your login shell.',
  startTimeout: 'Is this an ACP agent? Many programs need an argument to be one, such as "--acp".',
};

/** The failure without the session that there never was. */
function asOfTrial(thrown: unknown): unknown {
  if (!isSessionError(thrown)) return thrown;
  const { code, message, details } = thrown;
  return new SessionError(code, message, {
    hint: hints[code] ?? thrown.hint,
    details,
    cause: thrown,
  });
}
