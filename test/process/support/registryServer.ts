// A registry of agents on loopback: answers what a test has it answer, also without end.
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What it answers: a status and a text, or whatever is done with the response. */
export type RegistryAnswer = readonly [number, string] | ((response: ServerResponse) => void);

/** Serves one file. */
export class RegistryServer implements AsyncDisposable {
  /** What whoever asks next is answered. */
  answer: RegistryAnswer = [404, ''];
  /** Its address, also when it has gone. */
  url = '';
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((_request, response) => {
      const { answer } = this;
      if (typeof answer === 'function') {
        answer(response);
        return;
      }
      const [status, text] = answer;
      response.statusCode = status;
      response.end(text);
    });
  }

  static async start(): Promise<RegistryServer> {
    const registry = new RegistryServer();
    await new Promise<void>((resolve) => {
      registry.#server.listen(0, '127.0.0.1', resolve);
    });
    // Listening on a port, it has an address of this kind.
    const { port } = registry.#server.address() as AddressInfo;
    registry.url = `http://127.0.0.1:${port}/registry.json`;
    return registry;
  }

  /** A list with these agents. */
  lists(agents: readonly object[]): void {
    this.answer = [200, JSON.stringify({ agents })];
  }

  /** Hands a list over that has not ended after these bytes; what is returned says how many were taken of it. */
  floods(bytes: number): () => number {
    const piece = Buffer.alloc(64 * 1024, ' ');
    let sent = 0;
    this.answer = (response) => {
      const more = (): void => {
        while (sent < bytes && !response.destroyed) {
          sent += piece.length;
          if (!response.write(piece)) return;
        }
        if (sent >= bytes) response.end();
      };
      response.on('drain', more);
      response.on('error', () => undefined);
      more();
    };
    return () => sent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}
