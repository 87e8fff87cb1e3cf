// Starts the stand-in for an extension host in a process of its own and talks to it.
import { fork, type ChildProcess } from 'node:child_process';
import type { SweepReport } from '../../../src/process/sweep.ts';

/** What the stand-in is told. */
export type HostCommand =
  | {
      readonly do: 'spawn';
      readonly tags: readonly string[];
      readonly shapes: string;
      /** Whether to answer only when the trees stand. */
      readonly wait: boolean;
    }
  | { readonly do: 'describe' | 'sweep' | 'shutdown' | 'abort' | 'throw' | 'exit' | 'exhaust' };

/** What it answers. */
export type HostReply =
  | { readonly did: 'spawn'; readonly pids: readonly number[] }
  | { readonly did: 'describe'; readonly facts: Readonly<Record<string, string>> }
  | { readonly did: 'sweep'; readonly report: SweepReport }
  | { readonly did: 'shutdown' };

/** A stand-in that runs. */
export class HostProcess {
  readonly #child: ChildProcess;
  readonly exited: Promise<void>;

  /** `environment` stands for the editor's own. */
  constructor(
    guardPath: string,
    pidNamespace: 'off' | 'auto' = 'off',
    environment?: NodeJS.ProcessEnv,
  ) {
    const more = environment === undefined ? [] : [JSON.stringify(environment)];
    const program = new URL('./hostProgram.ts', import.meta.url).pathname;
    this.#child = fork(program, [guardPath, pidNamespace, ...more], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // Little memory, so that it is soon used up when that is what it is told.
      execArgv: ['--no-warnings', '--max-old-space-size=64'],
      // Leads a group, as an editor's server does, so that a test can end the whole group.
      detached: true,
    });
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', () => {
        resolve();
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Tells it something it does not answer. */
  tell(command: HostCommand): void {
    this.#child.send(command);
  }

  /** Tells it something and waits for the answer of that kind. */
  async ask<Kind extends HostReply['did']>(
    command: HostCommand & { readonly do: Kind },
  ): Promise<Extract<HostReply, { did: Kind }>> {
    const reply = new Promise<HostReply>((resolve, reject) => {
      this.#child.once('message', (message: HostReply) => {
        resolve(message);
      });
      void this.exited.then(() => {
        reject(new Error(`the host ended before it answered ${command.do}`));
      });
    });
    this.tell(command);
    // The stand-in answers what it was asked, one thing at a time.
    return (await reply) as Extract<HostReply, { did: Kind }>;
  }

  /** The pid of its guard, once that has reported for duty. */
  async guardPid(): Promise<number> {
    for (;;) {
      const { facts } = await this.ask({ do: 'describe' });
      const match = /^process (\d+), ready$/.exec(facts['guard'] ?? '');
      if (match !== null) return Number(match[1]);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Signals the whole process group that it leads. */
  killGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }
}
