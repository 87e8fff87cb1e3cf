// `/run COMMAND`: runs a command in one of the client's terminals, after asking.
import {
  methods,
  type TerminalHandle,
  type TerminalOutputResponse,
} from '@agentclientprotocol/sdk';
import { inlineCode, shorten } from '../markdown.ts';
import { Problem } from '../problem.ts';
import type { ToolCallStart, Turn } from '../turn.ts';
import type { Command } from './command.ts';

/** Output that the client keeps of one command. */
const outputByteLimit = 1024 * 1024;

/** Output that goes into the history, from its end. */
const keptCharacters = 16 * 1024;

/** A client that is cancelled must not keep the turn open by being slow to end a terminal. */
const cleanupMs = 2000;

/** Runs a command line with the user's shell. The terminal never outlives the turn. */
export const runCommand: Command = {
  name: 'run',
  description: 'Run a command in this folder',
  hint: 'command line',
  async run(turn, rest) {
    const line = rest.trim();
    if (line === '') throw new Problem('Write what to run: `/run COMMAND`.');
    if (turn.capabilities.terminal !== true) {
      throw new Problem('This editor offers no terminals, so nothing can be run.');
    }
    const start: ToolCallStart = {
      title: shorten(line, 120),
      kind: 'execute',
      status: 'pending',
      rawInput: { command: line, cwd: turn.cwd },
    };
    const call = await turn.toolCall(start);
    const allowed = await turn.isAllowed({
      call,
      start,
      scope: `run:${line}`,
      alwaysName: 'Allow this command in this session',
    });
    if (!allowed) {
      await call.update({ status: 'failed' });
      await turn.say(`${inlineCode(shorten(line, 120))} was not run: you refused.`);
      return;
    }
    const terminal = await createTerminal(turn, line);
    let result: TerminalOutputResponse | undefined;
    try {
      await call.update({
        status: 'in_progress',
        content: [{ type: 'terminal', terminalId: terminal.id }],
      });
      await turn.client.request(
        methods.client.terminal.waitForExit,
        { sessionId: turn.sessionId, terminalId: terminal.id },
        turn.requestOptions,
      );
      result = await terminal.currentOutput();
    } finally {
      await endTerminal(terminal, result === undefined);
    }
    const { exitCode, signal } = result.exitStatus ?? {};
    await call.update({
      status: exitCode === 0 ? 'completed' : 'failed',
      rawOutput: {
        exitCode: exitCode ?? null,
        signal: signal ?? null,
        truncated: result.truncated,
        output: result.output.slice(-keptCharacters),
      },
    });
    await turn.say(
      typeof exitCode === 'number'
        ? `Exited with code ${exitCode}.`
        : `Ended by signal ${signal ?? 'unknown'}.`,
    );
  },
};

async function createTerminal(turn: Turn, line: string): Promise<TerminalHandle> {
  const windows = process.platform === 'win32';
  // Not given up when cancelled: a terminal that the client has made has to be released.
  const terminal = await turn.client.createTerminal(
    {
      sessionId: turn.sessionId,
      command: windows ? (process.env['ComSpec'] ?? 'cmd.exe') : '/bin/sh',
      args: windows ? ['/d', '/s', '/c', line] : ['-c', line],
      cwd: turn.cwd,
      outputByteLimit,
    },
    { cancellationSignal: turn.signal },
  );
  if (turn.signal.aborted) {
    await endTerminal(terminal, true);
    turn.signal.throwIfAborted();
  }
  return terminal;
}

/** Kills what still runs and releases the terminal; a client that fails at it is not waited for. */
async function endTerminal(terminal: TerminalHandle, running: boolean): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    resolve(undefined);
  }, cleanupMs);
  const ended = (running ? terminal.kill() : Promise.resolve()).then(
    () => terminal.release(),
    () => terminal.release(),
  );
  try {
    await Promise.race([ended, late]);
  } catch {
    // The client has ended the terminal itself, or will when this agent ends.
  } finally {
    clearTimeout(timer);
  }
}
