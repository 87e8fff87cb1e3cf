// The other end of the driver extension: tells it what to do in its window, and hears what came of it.
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Order, Outcome } from '../../fixtures/extensions/driver/extension.ts';

/** How long a window may take until its driver speaks, or a command until it has run. */
const deadlineMs = 30_000;

/** A window that does as it is told. */
export class Driver {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();
  #nextId = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    // The window is killed at the end of its round: its socket may end in any way.
    socket.on('error', () => socket.destroy());
    createInterface({ input: socket }).on('line', (line) => {
      // Written by the driver extension in this very run.
      const outcome = JSON.parse(line) as Outcome;
      this.#waiting.get(outcome.id)?.(outcome);
      this.#waiting.delete(outcome.id);
    });
  }

  /** Activates an extension. Rejects when that fails. */
  async activate(extension: string): Promise<void> {
    await this.#order({ activate: extension });
  }

  /** Installs an extension from its file. Rejects when that fails. */
  async install(file: string): Promise<void> {
    await this.#order({ install: file });
  }

  /** Runs a command and resolves with what it returned, as far as that is JSON. Rejects when it fails or takes too long. */
  execute(command: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.#order({ command, args });
  }

  /** Runs a command that returns when a person has closed what it showed, or never: only its start is waited for. */
  begin(command: string, ...args: readonly unknown[]): void {
    this.#order({ command, args }).catch(() => undefined);
  }

  async #order(order: Omit<Order, 'id'>): Promise<unknown> {
    const id = this.#nextId++;
    const answer = new Promise<Outcome>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.write(`${JSON.stringify({ id, ...order })}\n`);
    const what = order.command ?? order.activate ?? order.install ?? '';
    const { result, error } = await within(answer, what);
    if (error !== undefined) throw new Error(`${what}: ${error}`);
    return result;
  }
}

/** Where drivers call when their window has started. */
export class DriverSocket implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #arrived: Driver[] = [];
  #awaited: ((driver: Driver) => void) | undefined;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      const driver = new Driver(socket);
      if (this.#awaited === undefined) this.#arrived.push(driver);
      else this.#awaited(driver);
      this.#awaited = undefined;
    });
  }

  /** Listens at a path. */
  static async listen(path: string): Promise<DriverSocket> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return new DriverSocket(server);
  }

  /** The driver of the window that was opened last. */
  async next(): Promise<Driver> {
    const arrived = this.#arrived.pop();
    this.#arrived.length = 0;
    if (arrived !== undefined) return arrived;
    return within(
      new Promise<Driver>((resolve) => {
        this.#awaited = resolve;
      }),
      'the driver',
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Rejects when it takes too long. */
export async function within<T>(wanted: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} took longer than ${deadlineMs / 1000} s`));
    }, deadlineMs);
  });
  try {
    return await Promise.race([wanted, late]);
  } finally {
    clearTimeout(timer);
  }
}
