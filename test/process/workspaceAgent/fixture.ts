// What the tests of the Workspace agent share: its bundle, a folder to work in, and processes that end with the test.
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RequestError, type SessionUpdate } from '@agentclientprotocol/sdk';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { everything, SdkPeer, type PeerAnswers } from '../../agents/sdkPeer.ts';
import { buildWorkspaceAgent } from '../../agents/workspaceAgentBundle.ts';

/** One test's surroundings; the folders are new for each test. */
export interface Fixture {
  /** The folder the sessions work in. */
  folder: string;
  /** The agent's own folder. */
  home: string;
  /** The agent's program. */
  bundle: string;
  /** Another new folder. */
  another(): Promise<string>;
  /** Writes files into `folder`. */
  put(files: Record<string, string | Buffer>): Promise<void>;
  /** A file of `folder` as it is on disk. */
  on(path: string): Promise<string>;
  /** Starts an agent process; it ends with the test. */
  start(answers?: PeerAnswers): SdkPeer;
  /** An agent process with a new session in `folder`. */
  open(answers?: PeerAnswers): Promise<{ peer: SdkPeer; sessionId: string }>;
}

/** Prepares the surroundings of every test in a file. */
export function useWorkspaceAgent(): Fixture {
  const peers: SdkPeer[] = [];
  let scratch = '';
  const fixture: Fixture = {
    folder: '',
    home: '',
    bundle: '',
    another: () => mkdtemp(join(scratch, 'another-')),
    async put(files) {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(fixture.folder, path)), { recursive: true });
        await writeFile(join(fixture.folder, path), content);
      }
    },
    on: (path) => readFile(join(fixture.folder, path), 'utf8'),
    start(answers = { capabilities: everything }) {
      const peer = new SdkPeer(
        {
          command: process.execPath,
          args: [fixture.bundle],
          env: { ELECTRON_RUN_AS_NODE: '1', ROOST_WORKSPACE_AGENT_HOME: fixture.home },
          cwd: fixture.folder,
        },
        answers,
      );
      peers.push(peer);
      return peer;
    },
    async open(answers) {
      const peer = fixture.start(answers);
      await peer.initialize();
      const { sessionId } = await peer.newSession(fixture.folder);
      return { peer, sessionId };
    },
  };

  beforeAll(async () => {
    scratch = await realpath(await mkdtemp(join(tmpdir(), 'roost-workspace-agent-')));
    fixture.bundle = join(scratch, 'workspaceAgent.cjs');
    await buildWorkspaceAgent(scratch);
  });
  afterAll(async () => {
    await rm(scratch, { recursive: true, force: true });
  });
  beforeEach(async () => {
    fixture.folder = await mkdtemp(join(scratch, 'folder-'));
    fixture.home = await mkdtemp(join(scratch, 'home-'));
  });
  afterEach(async () => {
    await Promise.all(peers.splice(0).map((peer) => peer[Symbol.asyncDispose]()));
  });
  return fixture;
}

type Call = Extract<SessionUpdate, { sessionUpdate: 'tool_call' }>;

/** The tool calls of some updates as they stand in the end. */
export function calls(updates: readonly SessionUpdate[]): Call[] {
  const byId = new Map<string, Call>();
  for (const update of updates) {
    if (update.sessionUpdate === 'tool_call') byId.set(update.toolCallId, update);
    if (update.sessionUpdate !== 'tool_call_update') continue;
    const known = byId.get(update.toolCallId);
    if (known === undefined) throw new Error('an update came before its tool call');
    // A patch of this agent never has a field it does not change.
    byId.set(update.toolCallId, { ...known, ...update, sessionUpdate: 'tool_call' } as Call);
  }
  return [...byId.values()];
}

/** The code a request is refused with; `undefined` when it is not. */
export async function codeOf(work: Promise<unknown>): Promise<number | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => (error instanceof RequestError ? error.code : Number.NaN),
  );
}
