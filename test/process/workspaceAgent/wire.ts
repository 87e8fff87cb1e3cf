// The Workspace agent on a bare pipe, whose reading end can be held, so that a cancel surely comes in the midst of a turn.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Fixture } from './fixture.ts';

/** One turn as it went over the pipe. */
export interface WireTurn {
  readonly stopReason: string | undefined;
  /** What the agent said. */
  readonly text: string;
  readonly lines: readonly string[];
}

/** One agent process; it ends with `dispose`. */
export class Wire implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: string[] = [];
  readonly #waiting = new Set<() => void>();
  #nextId = 0;

  constructor({ bundle, folder, home }: Fixture) {
    this.#child = spawn(process.execPath, [bundle], {
      cwd: folder,
      env: { ...process.env, ROOST_WORKSPACE_AGENT_HOME: home },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#lines.push(line);
      for (const wake of this.#waiting) wake();
    });
  }

  /** Handshake and a new session, without any of the client's own abilities; its id. */
  async openSession(cwd: string): Promise<string> {
    await this.#request('initialize', { protocolVersion: 1 });
    return (await this.#request('session/new', { cwd, mcpServers: [] }))['sessionId'] ?? '';
  }

  /** One turn. */
  async prompt(sessionId: string, text: string): Promise<WireTurn> {
    const from = this.#lines.length;
    return this.#turn(from, await this.#prompt(sessionId, text));
  }

  /**
   * One turn that is cancelled when the agent begins to speak. From then on nothing is read until
   * the cancel is on its way: what the agent says must be more than the system holds meanwhile.
   */
  async promptAndCancel(sessionId: string, text: string): Promise<WireTurn> {
    const from = this.#lines.length;
    const turn = this.#prompt(sessionId, text);
    await this.#until('agent_message_chunk', from);
    this.#child.stdout.pause();
    this.#send({ method: 'session/cancel', params: { sessionId } });
    this.#child.stdout.resume();
    return this.#turn(from, await turn);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  #turn(from: number, { stopReason }: Readonly<Record<string, string>>): WireTurn {
    const lines = this.#lines.slice(from);
    const chunks = lines
      .filter((line) => line.includes('"agent_message_chunk"'))
      // Only lines of this shape have that word with quotes around it.
      .map((line) => JSON.parse(line) as { params: { update: { content: { text: string } } } });
    return {
      stopReason,
      lines,
      text: chunks.map((one) => one.params.update.content.text).join(''),
    };
  }

  #prompt(sessionId: string, text: string): Promise<Readonly<Record<string, string>>> {
    return this.#request('session/prompt', { sessionId, prompt: [{ type: 'text', text }] });
  }

  #send(message: object): void {
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  async #request(method: string, params: object): Promise<Readonly<Record<string, string>>> {
    const id = (this.#nextId += 1);
    this.#send({ id, method, params });
    const line = await this.#until(`"id":${id},"result"`, 0);
    // The callers know which result it is.
    return (JSON.parse(line) as { result: Record<string, string> }).result;
  }

  /** The first line from a position on that has a text in it, now or later. */
  async #until(text: string, from: number): Promise<string> {
    for (;;) {
      const line = this.#lines.slice(from).find((one) => one.includes(text));
      if (line !== undefined) return line;
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const wake = (): void => {
        resolve(undefined);
      };
      this.#waiting.add(wake);
      await promise;
      this.#waiting.delete(wake);
    }
  }
}
