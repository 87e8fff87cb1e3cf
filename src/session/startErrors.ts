// What went wrong while an agent was started or running, said so that a person can act on it.
import { isSessionError, SessionError, type SessionErrorDetails } from './errors.ts';
import type { AgentDefinition, AgentEnd } from './agentPort.ts';
import { printableArgs, withoutSecrets } from './secrets.ts';

/** Where a failure happened. */
export interface FailureContext {
  readonly sessionId: string;
  readonly agent: AgentDefinition;
  readonly cwd: string;
}

function details(where: FailureContext, more: SessionErrorDetails): SessionErrorDetails {
  const { agent, cwd } = where;
  const { stderrTail } = more;
  return {
    ...{ command: agent.command, args: printableArgs(agent), cwd },
    ...more,
    ...(stderrTail === undefined ? {} : { stderrTail: withoutSecrets(agent, stderrTail) }),
  };
}

/** How a process ended, in words: "exit code 3", "signal SIGKILL". */
export function endInWords(end: Pick<AgentEnd, 'exitCode' | 'signal'>): string {
  if (end.signal !== null) return `signal ${end.signal}`;
  return end.exitCode === null ? 'an unknown cause' : `exit code ${end.exitCode}`;
}

/** Only chooses which line is shown; nothing is decided by it. */
const speaksOfError = /error|cannot|can't|fail|not found|denied|refused|invalid|missing/i;

function lastLine({ agent }: FailureContext, text: string): string {
  const lines = withoutSecrets(agent, text).trim().split('\n');
  // A program's last words are not always its reason: Node ends a stack with its version.
  const last = (lines.findLast((line) => speaksOfError.test(line)) ?? lines.at(-1) ?? '').trim();
  return last === '' ? '' : ` It said: ${last.slice(0, 300)}`;
}

/** The agent's process never came to be. */
function spawnFailure(
  where: FailureContext,
  spawnError: { code: string; message: string },
): SessionError {
  const { agent, sessionId, cwd } = where;
  const more = { sessionId, details: details(where, { cause: spawnError.code }) };
  switch (spawnError.code) {
    case 'ENOENT':
      return new SessionError(
        'commandNotFound',
        `${agent.name}: command not found: ${agent.command}`,
        {
          ...more,
          hint: `Install it, or correct "roost.agents › ${agent.id} › command". It is looked up in the PATH of your login shell.`,
        },
      );
    case 'EACCES':
    case 'EISDIR':
    case 'ENOEXEC':
      return new SessionError(
        'commandNotExecutable',
        `${agent.name}: not executable: ${agent.command}`,
        {
          ...more,
          hint: 'Make the file executable, or name the program that runs it as the command.',
        },
      );
    case 'ENOCWD':
    case 'ENOTDIR':
      return new SessionError('cwdNotFound', `${agent.name}: folder not found: ${cwd}`, {
        ...more,
        hint: 'It has been moved or deleted. "Roost: Change Folder" lets the session work elsewhere.',
      });
    default:
      return new SessionError(
        'spawnFailed',
        `${agent.name} could not be started: ${spawnError.message}`,
        {
          ...more,
          hint: 'The system refused to start a process. Run "Roost: Show Log" for details.',
        },
      );
  }
}

/** The process ended before the session was ready. */
export function endedDuringStart(where: FailureContext, step: string, end: AgentEnd): SessionError {
  if (end.spawnError !== undefined) return spawnFailure(where, end.spawnError);
  return new SessionError(
    'exitedDuringStart',
    `${where.agent.name} ended during ${step} with ${endInWords(end)}.${lastLine(where, end.stderrTail)}`,
    {
      sessionId: where.sessionId,
      hint: `Run "${[where.agent.command, ...printableArgs(where.agent)].join(' ')}" in a terminal to see why.`,
      details: details(where, {
        step,
        exitCode: end.exitCode,
        signal: end.signal,
        stderrTail: end.stderrTail,
      }),
    },
  );
}

/** A start step was not answered in time. */
export function startTimeout(
  where: FailureContext,
  step: string,
  ms: number,
  stderrTail: string,
): SessionError {
  return new SessionError(
    'startTimeout',
    `${where.agent.name} did not answer ${step} within ${Math.round(ms / 100) / 10} s (${where.agent.command}).${lastLine(where, stderrTail)}`,
    {
      sessionId: where.sessionId,
      hint: 'Is this command an ACP agent? If it is only slow, raise "roost.supervision.handshakeTimeoutSeconds".',
      details: details(where, { step, stderrTail }),
    },
  );
}

/** Whatever else a start step was answered with. */
export function startRefused(where: FailureContext, step: string, thrown: unknown): SessionError {
  if (!isSessionError(thrown)) {
    return new SessionError('internal', `${where.agent.name}: ${step} failed.`, {
      sessionId: where.sessionId,
      cause: thrown,
      details: details(where, { step }),
    });
  }
  return new SessionError(thrown.code, withoutSecrets(where.agent, thrown.message), {
    sessionId: where.sessionId,
    hint: thrown.hint,
    cause: thrown,
    details: details(where, { step, ...thrown.details }),
  });
}

/** A running agent ended although nobody had asked it to. */
export function endedUnexpectedly(where: FailureContext, end: AgentEnd): SessionError {
  return new SessionError(
    'agentExited',
    `${where.agent.name} ended unexpectedly with ${endInWords(end)}.${lastLine(where, end.stderrTail)}`,
    {
      sessionId: where.sessionId,
      hint: 'Restart the session: the conversation is saved and goes on where it was.',
      details: details(where, {
        exitCode: end.exitCode,
        signal: end.signal,
        stderrTail: end.stderrTail,
      }),
    },
  );
}
