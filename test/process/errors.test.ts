// Every way an operation can fail, brought about by what brings it about in life: who it names, what it advises, what it keeps to itself.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InstalledAgents } from '../../src/agents/installedAgents.ts';
import { knownDefinition } from '../../src/agents/knownDefinitions.ts';
import { RegistryCopy } from '../../src/agents/registryCopy.ts';
import { advice } from '../../src/host/errorAdvice.ts';
import { containedPath } from '../../src/host/files/containedPath.ts';
import { createRoostApi } from '../../src/host/roostApi.ts';
import { systemClock } from '../../src/process/systemClock.ts';
import {
  isSessionError,
  sessionErrorCodes,
  type SessionErrorCode,
} from '../../src/session/errors.ts';
import { TelemetryBus } from '../../src/session/telemetryBus.ts';
import { recordingLogger } from '../fakes/domain.ts';
import { RoostStack, type StackOptions } from '../agents/roostStack.ts';

const root = mkdtempSync(join(tmpdir(), 'roost-errors-'));
const script = join(import.meta.dirname, '../fixtures/agents/scripted.mjs');
const secret = 'sk-live-0123456789abcdef';
let folders = 0;

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** The scripted agent, with things about it that nobody may read. */
function agent(...flags: string[]): object {
  return {
    name: 'Scripted',
    command: process.execPath,
    args: [script, ...flags, '--api-key', secret],
    env: { MY_PASSWORD: 'correct horse' },
  };
}

/** Runs something on a whole Roost of its own; what it logged. */
async function withRoost(
  scripted: object,
  run: (stack: RoostStack, storage: string) => Promise<unknown>,
  more: Partial<StackOptions> = {},
): Promise<void> {
  const folder = join(root, String(folders++));
  const storage = join(folder, 'storage');
  mkdirSync(storage, { recursive: true });
  await using stack = new RoostStack({ folder, storage, agents: { scripted }, ...more });
  try {
    await run(stack, storage);
  } finally {
    const printed = stack.logger.lines.join('\n');
    expect(printed).not.toContain(secret);
    expect(printed).not.toContain('correct horse');
  }
}

/** The situation of a code: rejects with it. */
type Situation = () => Promise<void>;

const start =
  (scripted: object, more: Partial<StackOptions> = {}): Situation =>
  () =>
    withRoost(scripted, (stack) => stack.sessions.create({ agent: 'scripted' }), more);

const prompt =
  (text: string, flags: readonly string[] = [], more: Partial<StackOptions> = {}): Situation =>
  () =>
    withRoost(
      agent(...flags),
      async ({ sessions }) => {
        const { sessionId } = await sessions.create({
          agent: 'scripted',
          config: { restart: 'never' },
        });
        await sessions.prompt(sessionId, text);
      },
      more,
    );

/** A session that was saved and whose files are then changed by `spoil`, opened by the next window. */
const reopened =
  (
    spoil: (head: string) => void,
    use: (stack: RoostStack, id: string) => Promise<unknown>,
  ): Situation =>
  async () => {
    let sessionId = '';
    let place = '';
    await withRoost(agent(), async ({ sessions }, storage) => {
      ({ sessionId } = await sessions.create({ agent: 'scripted' }));
      await sessions.prompt(sessionId, 'say kept');
      place = storage;
    });
    spoil(join(place, 'sessions', `${sessionId}.json`));
    await withRoost(agent(), (stack) => use(stack, sessionId), { storage: place });
  };

/** A registry that would be asked for at an address. */
function registryOf(url: string): RegistryCopy {
  return new RegistryCopy({
    file: join(root, 'registry.json'),
    logger: recordingLogger(),
    url: () => url,
  });
}

const notExecutable = join(root, 'not-executable');
writeFileSync(notExecutable, 'text');
chmodSync(notExecutable, 0o644);

const mute = `
process.stdin.once('data', () => require('node:fs').closeSync(1));
setInterval(() => {}, 1e6);
`;

/** Code → what brings it about. Total: a new code without a situation does not compile. */
const situations: Readonly<Record<SessionErrorCode, Situation>> = {
  agentUnknown: () => withRoost(agent(), ({ sessions }) => sessions.create({ agent: 'nobody' })),
  commandNotFound: start({ ...agent(), command: 'roost-no-such-command' }),
  commandNotExecutable: start({ ...agent(), command: notExecutable }),
  cwdNotFound: () =>
    withRoost(agent(), ({ sessions }) =>
      sessions.create({ agent: 'scripted', cwd: join(root, 'gone') }),
    ),
  // More than the system lets a program be started with.
  spawnFailed: start({ ...agent(), args: ['x'.repeat(4_000_000)] }),
  exitedDuringStart: start(
    agent('--crash-at', 'initialize', '--stderr', `bad key ${secret}, correct horse`),
  ),
  startTimeout: start(agent('--silent-at', 'initialize'), {
    settings: { 'supervision.handshakeTimeoutSeconds': 1 },
  }),
  protocolVersion: start(agent('--protocol', '99')),
  authRequired: start(agent('--needs-auth')),
  workspaceUntrusted: start(agent(), { trusted: () => false }),
  // Half of an installation: a folder without a receipt.
  installFailed: async () => {
    const installed = new InstalledAgents(join(root, 'agents'));
    mkdirSync(join(installed.root, 'gemini', '1.0.0'), { recursive: true });
    await knownDefinition({ installed, registry: registryOf('http://127.0.0.1:9/') }, 'gemini');
  },
  registryUnreachable: async () => {
    await registryOf('http://127.0.0.1:9/registry.json').refresh(new AbortController().signal);
  },
  agentError: prompt('fail -32603 out of credit'),
  agentExited: prompt('crash'),
  // Closes its output instead of answering, and lives on.
  connectionClosed: () =>
    withRoost({ name: 'Mute', command: process.execPath, args: ['-e', mute] }, ({ sessions }) =>
      sessions.create({ agent: 'scripted' }),
    ),
  messageTooLarge: prompt('fail -32603 ' + 'x'.repeat(60_000), [], { maxMessageBytes: 20_000 }),
  requestUnknown: () =>
    withRoost(agent(), async ({ sessions }) => {
      const { sessionId } = await sessions.create({ agent: 'scripted' });
      await sessions.respondToPermission(sessionId, 'answered-before', undefined);
    }),
  sessionUnknown: () => withRoost(agent(), ({ sessions }) => sessions.prompt('nobody', 'x')),
  sessionStopped: () =>
    withRoost(agent('--silent-at', 'new'), async (stack) => {
      const starting = stack.sessions.create({ agent: 'scripted' });
      starting.catch(() => undefined);
      await stack.until(() => stack.sessions.list().length > 0);
      const [row] = stack.sessions.list();
      await stack.sessions.terminate(row?.sessionId ?? '');
      await starting;
    }),
  sessionReadOnly: () =>
    withRoost(agent(), async ({ sessions }, storage) => {
      const { sessionId } = await sessions.create({ agent: 'scripted' });
      await withRoost(
        agent(),
        async (other) => {
          await other.sessions.restoreAll();
          await other.sessions.prompt(sessionId, 'from another window');
        },
        { storage },
      );
    }),
  invalidArgument: () =>
    withRoost(agent(), ({ sessions }) =>
      sessions.create({ agent: 'scripted', config: { timeoutMinutes: -1 } }),
    ),
  disposed: () =>
    withRoost(agent(), async ({ sessions }) => {
      await sessions.shutdown(0);
      await sessions.create({ agent: 'scripted' });
    }),
  pathOutsideWorkspace: async () => {
    await containedPath('/etc/hostname', [root]);
  },
  storageFailed: () =>
    withRoost(agent(), async ({ sessions }, storage) => {
      const { sessionId } = await sessions.create({ agent: 'scripted' });
      // A file where the folder should be: nothing can be written below it.
      rmSync(join(storage, 'sessions'), { recursive: true });
      writeFileSync(join(storage, 'sessions'), '');
      await sessions.save(sessionId);
    }),
  storageDamaged: reopened(
    (head) => {
      writeFileSync(head, '{ "version": 1, "session_id":');
      rmSync(`${head}.bak`, { force: true });
      // With a transcript it would come back without its head.
      rmSync(`${head}l`);
    },
    (stack, id) => stack.sessions.restore(id),
  ),
  storageNewer: reopened(
    (head) => {
      const newer: unknown = JSON.parse(readFileSync(head, 'utf8'));
      writeFileSync(head, JSON.stringify({ ...(newer as object), version: 99 }));
    },
    async (stack, id) => {
      await stack.sessions.restore(id);
      await stack.sessions.save(id);
    },
  ),
  savedSessionUnknown: () => withRoost(agent(), ({ sessions }) => sessions.restore('nobody')),
  // A bug of Roost's own, at the border where other extensions meet it.
  internal: () =>
    withRoost(
      agent(),
      async ({ sessions }) => {
        // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the editor's class exists in an editor only
        const api = createRoostApi(sessions, new TelemetryBus(systemClock()), (dispose) => ({
          dispose,
        }));
        await api.createSession({ agent: 'scripted' });
      },
      {
        trusted: () => {
          throw new TypeError('cannot read properties of undefined');
        },
      },
    ),
};

/** Codes that concern no session: none exists yet, or the whole window is meant. */
const noSession = new Set<SessionErrorCode>([
  'agentUnknown',
  'internal',
  'workspaceUntrusted',
  'invalidArgument',
  'disposed',
  'pathOutsideWorkspace',
  'installFailed',
  'registryUnreachable',
]);

describe('every failure', () => {
  it.each(sessionErrorCodes)('%s names what it is about and says what to do', async (code) => {
    const thrown: unknown = await situations[code]().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!isSessionError(thrown)) throw new Error(`no SessionError but ${String(thrown)}`);
    expect(thrown.code).toBe(code);
    expect(thrown.message.length).toBeGreaterThan(10);
    expect(thrown.hint).toMatch(/\w{3}.*[.?]$/);
    if (!noSession.has(code)) expect(thrown.sessionId).toMatch(/^\w/);
    const data = JSON.stringify(thrown);
    expect(JSON.parse(data)).toMatchObject({ name: 'SessionError', code, message: thrown.message });
    expect(data).not.toContain(secret);
    expect(data).not.toContain('correct horse');
    expect(advice[code]).toBeDefined();
  });
});
