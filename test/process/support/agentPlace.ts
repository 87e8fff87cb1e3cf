// Where agents are installed in tests: a storage folder and a PATH of their own for each test, and the parts of Roost that work on them.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { AcpAgentLauncher } from '../../../src/acp/agentLauncher.ts';
import { createAgentParts, type AgentParts } from '../../../src/agents/agentParts.ts';
import { createAgentCatalog, type ListableAgentCatalog } from '../../../src/agents/catalog.ts';
import { processIdentities } from '../../../src/process/ownerIdentity.ts';
import type { ProcessHost } from '../../../src/process/processHost.ts';
import { runProgram } from '../../../src/process/programRun.ts';
import { systemClock } from '../../../src/process/systemClock.ts';
import type { AgentOffer } from '../../../src/session/agentOffers.ts';
import { parseSettings } from '../../../src/session/settings.ts';
import { recordingLogger } from '../../fakes/domain.ts';
import { useHosts } from './host.ts';
import { packageName } from './packageServer.ts';

/** The scripts that stand in for agents and for npm. */
export const fixtures = join(import.meta.dirname, '../../fixtures/agents');

/** A signal that is never given. */
export const never = new AbortController().signal;

/** Everything about agents as activation wires it. */
interface Parts extends AgentParts {
  readonly catalog: ListableAgentCatalog;
  readonly launcher: AcpAgentLauncher;
  readonly offer: (id: string) => Promise<AgentOffer | undefined>;
}

/** The place of the test that runs now. */
class AgentPlace {
  readonly folder = mkdtempSync(join(tmpdir(), 'roost-install-'));
  /** The first folder of the PATH. */
  readonly bin = join(this.folder, 'bin');
  /** Where Roost installs. */
  readonly root = join(this.folder, 'storage', 'agents');

  constructor() {
    mkdirSync(this.bin, { recursive: true });
  }

  /** A program on the PATH that runs a script with this Node. */
  program(name: string, script: string): void {
    const file = join(this.bin, name);
    writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
    chmodSync(file, 0o755);
  }

  /** The registry as it would have been refreshed: one agent that can be installed. */
  registry(version: string, id = 'fixture'): void {
    mkdirSync(this.root, { recursive: true });
    const npx = { package: `${packageName}@${version}`, args: ['--name', 'installed'] };
    const agent = { id, name: 'Fixture', version, description: 'A test', distribution: { npx } };
    writeFileSync(join(this.root, 'registry.json'), JSON.stringify({ agents: [agent] }));
  }

  /** Lays an agent into the folder of those that were installed before. */
  installed(id: string, version: string): void {
    mkdirSync(join(this.root, id, version), { recursive: true });
    writeFileSync(join(this.root, id, version, 'agent.mjs'), '');
    const receipt = {
      ...{ format: 1, id, name: 'Fixture', version, args: [], env: {} },
      ...{ program: `${version}/agent.mjs`, runBy: 'node', installedAt: '' },
    };
    writeFileSync(join(this.root, id, 'agent.json'), JSON.stringify(receipt));
  }

  /** What is in the folder of an agent. */
  contents(id = 'fixture'): readonly string[] {
    return existsSync(join(this.root, id)) ? readdirSync(join(this.root, id)).sort() : [];
  }

  /** The parts of Roost, on a process host of their own. */
  partsOn(processHost: ProcessHost, registryUrl?: string): Parts {
    const clock = systemClock();
    const logger = recordingLogger();
    const launcher = new AcpAgentLauncher({
      processHost,
      clock,
      logger,
      files: {
        readTextFile: () => Promise.reject(new Error('no files here')),
        writeTextFile: () => Promise.reject(new Error('no files here')),
      },
      roots: { folders: () => [this.folder] },
      clientVersion: '0.0.0-test',
    });
    const catalog: ListableAgentCatalog = createAgentCatalog({
      settings: () => parseSettings(() => undefined).settings,
      isTrusted: () => true,
      workspaceAgent: { execPath: process.execPath, script: '' },
      others: (id) => made.definitionOf(id),
    });
    const made = createAgentParts({
      root: this.root,
      catalog,
      launcher: () => Promise.resolve(launcher),
      locate: (command) => processHost.locate(command),
      run: (request) => runProgram(processHost, clock, request),
      owners: processIdentities(),
      clock,
      logger,
      registryUrl: () => registryUrl ?? 'http://127.0.0.1:9/no-registry',
    });
    return {
      ...made,
      catalog,
      launcher,
      offer: async (id) => (await made.directory.offers()).find((one) => one.id === id),
    };
  }

  /** Nothing is left of it. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Makes a place for each test of a file, and its parts on hosts that end with the test.
 * `parts` takes variables over those of this process; the PATH begins with the place's `bin`.
 */
export function useAgentPlaces(): {
  readonly place: () => AgentPlace;
  readonly parts: (env?: Readonly<Record<string, string>>, registryUrl?: string) => Parts;
} {
  const hosts = useHosts();
  let place: AgentPlace;
  beforeEach(() => {
    place = new AgentPlace();
  });
  afterEach(() => {
    place.remove();
  });
  return {
    place: () => place,
    parts: (env = {}, registryUrl) => {
      const path = env['PATH'] ?? `${place.bin}:${process.env['PATH'] ?? ''}`;
      const environment = { ...process.env, VSCODE_CLI: '1', ...env, PATH: path };
      return place.partsOn(hosts.create({ environment }), registryUrl);
    },
  };
}
