// A registry of packages on loopback with one package in it, which is the scripted agent; real npm installs from it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** The name of the package. */
export const packageName = 'roost-fixture-agent';

const scripted = join(import.meta.dirname, '../../fixtures/agents/scripted.mjs');

/** What a package waits for before it is handed out. */
interface Gate {
  open: Promise<undefined>;
}

/** Serves some versions of the package. */
export class PackageServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #gate: Gate;

  private constructor(server: Server, gate: Gate) {
    this.#server = server;
    this.#gate = gate;
  }

  /** Packs the versions into a folder and listens. */
  static async start(folder: string, versions: readonly string[]): Promise<PackageServer> {
    const tarballs = new Map(versions.map((version) => [version, pack(folder, version)]));
    const gate: Gate = { open: Promise.resolve(undefined) };
    const server = createServer((request, response) => {
      const version = /-(\d[\d.]*)\.tgz$/.exec(request.url ?? '')?.[1];
      if (version !== undefined) {
        void gate.open.then(() => response.end(tarballs.get(version)));
      } else if (request.url === `/${packageName}`) {
        response.setHeader('content-type', 'application/json');
        const origin = `http://${request.headers.host ?? ''}`;
        response.end(JSON.stringify(packument(origin, tarballs)));
      } else {
        response.statusCode = 404;
        response.end('{}');
      }
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return new PackageServer(server, gate);
  }

  /** Keeps packages back from now on; what is returned lets them go. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#gate.open = promise;
    return () => {
      resolve(undefined);
    };
  }

  get url(): string {
    // Listening on a port, it has an address of this kind.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}

function manifest(version: string): object {
  return { name: packageName, version, bin: { 'fixture-agent': 'agent.mjs' } };
}

function pack(folder: string, version: string): Buffer {
  const home = join(folder, version);
  const content = join(home, 'package');
  mkdirSync(content, { recursive: true });
  copyFileSync(scripted, join(content, 'agent.mjs'));
  writeFileSync(join(content, 'package.json'), JSON.stringify(manifest(version)));
  execFileSync('tar', ['-czf', 'package.tgz', 'package'], { cwd: home });
  return readFileSync(join(home, 'package.tgz'));
}

function packument(origin: string, tarballs: ReadonlyMap<string, Buffer>): object {
  const versions = [...tarballs].map(([version, tarball]) => [
    version,
    {
      ...manifest(version),
      dist: {
        tarball: `${origin}/${packageName}/-/${packageName}-${version}.tgz`,
        integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
      },
    },
  ]);
  return {
    name: packageName,
    'dist-tags': { latest: [...tarballs.keys()].at(-1) },
    versions: Object.fromEntries(versions) as object,
  };
}
