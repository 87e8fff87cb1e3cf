// The public API: checks what other extensions hand in and passes it on to the sessions.
import type * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { RoostApi } from '../api.ts';
import { SessionError, toSessionError } from '../session/errors.ts';
import type { Event } from '../session/event.ts';
import { onFirstUse } from '../session/onDemand.ts';
import type { ContentBlock } from '../session/agentPort.ts';
import type { Sessions } from '../session/sessions.ts';
import { ownConfigSchema } from '../session/config.ts';
import type { TelemetryBus } from '../session/telemetryBus.ts';

/** What callers may hand in; built with the first call, as activation has no use for it. */
const schemas = onFirstUse(() => {
  const text = z.string();
  const filled = text.check(z.minLength(1));
  return {
    text,
    options: z.optional(
      z.strictObject({
        agent: z.optional(filled),
        cwd: z.optional(filled),
        title: z.optional(text),
        // Files keep what a newer Roost wrote; a caller's unknown key is a mistake of theirs.
        config: z.optional(z.strictObject(ownConfigSchema().shape)),
      }),
    ),
    prompt: z.union([text, z.array(z.looseObject({ type: text })).check(z.minLength(1))], {
      error: 'Expected a string, or a list of at least one content block with a "type"',
    }),
    optionId: z.optional(text),
    force: z.optional(z.strictObject({ force: z.optional(z.boolean()) })),
  };
});

/** What the caller handed in, checked. @throws SessionError `invalidArgument` */
function checked<T>(schema: z.ZodMiniType<T>, name: string, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = [name, ...(issue?.path ?? [])].join('.');
  throw new SessionError('invalidArgument', `${where}: ${issue?.message ?? 'wrong value'}`, {
    hint: 'See the RoostApi types for what each function takes.',
  });
}

/** Drops keys that are there but undefined: inside, absent is absent. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  // Filtering the undefined parts out is exactly what the mapped type says.
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/**
 * A prompt as it is now: it may wait in a queue, where its sender must not be able to change it, and
 * will be written as JSON. @throws SessionError `invalidArgument`
 */
function promptNow(value: unknown): string | readonly ContentBlock[] {
  const given = checked(schemas().prompt, 'prompt', value);
  if (typeof given === 'string') return given;
  try {
    // What has passed the schema is a list of blocks, and stays one through JSON.
    return JSON.parse(JSON.stringify(given)) as readonly ContentBlock[];
  } catch (error) {
    throw new SessionError('invalidArgument', `prompt: ${String(error)}`, {
      hint: 'Content blocks are plain data, as the Agent Client Protocol has them.',
      cause: error,
    });
  }
}

/** Runs one call; whatever goes wrong leaves as a SessionError that names the session asked for. */
async function call<T>(given: unknown, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toSessionError(error, typeof given === 'string' ? given : undefined);
  }
}

/**
 * The API over the sessions.
 * @param disposable makes the editor's own kind of subscription, which other extensions expect
 */
export function createRoostApi(
  sessions: Sessions,
  telemetry: TelemetryBus,
  disposable: (dispose: () => void) => vscode.Disposable,
): RoostApi {
  /** One call about the session that the caller names. */
  const about = <T>(given: unknown, run: (sessionId: string) => Promise<T>): Promise<T> =>
    call(given, async () => run(checked(schemas().text, 'sessionId', given)));
  return Object.freeze<RoostApi>({
    version: 1,
    createSession: (given) =>
      call(undefined, async () => {
        const { config, ...rest } = checked(schemas().options, 'options', given) ?? {};
        return sessions.create({
          ...defined(rest),
          ...(config === undefined ? {} : { config: defined(config) }),
        });
      }),
    listSessions: () => sessions.list(),
    getSession: (given) => (typeof given === 'string' ? sessions.get(given) : undefined),
    sendPrompt: (given, said) =>
      about(given, async (sessionId) => sessions.prompt(sessionId, promptNow(said))),
    cancelPrompt: (given) => about(given, async (sessionId) => sessions.cancel(sessionId)),
    respondToPermission: (given, requestId, optionId) =>
      about(given, async (sessionId) =>
        sessions.respondToPermission(
          sessionId,
          checked(schemas().text, 'requestId', requestId),
          checked(schemas().optionId, 'optionId', optionId),
        ),
      ),
    getTranscript: (given) => about(given, async (sessionId) => sessions.transcript(sessionId)),
    terminateSession: (given, how) =>
      about(given, async (sessionId) =>
        sessions.terminate(sessionId, defined(checked(schemas().force, 'options', how) ?? {})),
      ),
    restartSession: (given) => about(given, async (sessionId) => sessions.restart(sessionId)),
    saveSession: (given) => about(given, async (sessionId) => sessions.save(sessionId)),
    restoreSession: (given) => about(given, async (sessionId) => sessions.restore(sessionId)),
    listSavedSessions: () => call(undefined, async () => sessions.listSaved()),
    deleteSavedSession: (given) =>
      about(given, async (sessionId) => sessions.deleteSaved(sessionId)),
    terminateIdleSessions: () => call(undefined, async () => sessions.terminateIdle()),
    onDidChangeSessions: editorEvent(
      (listener) =>
        sessions.onDidChange(({ sessionId, status }) => {
          listener({ sessionId, status });
        }),
      disposable,
    ),
    onTelemetry: editorEvent(telemetry.onEvent, disposable),
  });
}

/** An event of ours as the editor's: with `this` for the listener and a list that takes the subscription. */
function editorEvent<T>(
  event: Event<T>,
  disposable: (dispose: () => void) => vscode.Disposable,
): vscode.Event<T> {
  return (listener, thisArgs: unknown, disposables) => {
    const held = event((value) => {
      listener.call(thisArgs, value);
    });
    const subscription = disposable(() => {
      held.dispose();
    });
    disposables?.push(subscription);
    return subscription;
  };
}
