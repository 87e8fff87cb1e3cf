// The public API: checks what other extensions hand in and passes it on to the sessions.
import * as vscode from 'vscode';
import * as z from 'zod';
import type { RoostApi } from '../api.ts';
import { SessionError, toSessionError } from '../session/errors.ts';
import type { Event } from '../session/event.ts';
import type { Sessions } from '../session/sessions.ts';
import { sessionConfigSchema } from '../session/state.ts';
import type { TelemetryBus } from '../session/telemetryBus.ts';

const sessionId = z.string();
const options = z
  .strictObject({
    agent: z.string().optional(),
    cwd: z.string().optional(),
    title: z.string().optional(),
    config: sessionConfigSchema.partial().optional(),
  })
  .optional();
const prompt = z.union([z.string(), z.array(z.looseObject({ type: z.string() })).min(1)]);
const force = z.strictObject({ force: z.boolean().optional() }).optional();

/** What the caller handed in, checked. @throws SessionError `invalidArgument` */
function checked<T>(schema: z.ZodType<T>, name: string, value: unknown): T {
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

/** Runs one call; whatever goes wrong leaves as a SessionError. */
async function call<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toSessionError(error);
  }
}

/** The API over the sessions. */
export function createRoostApi(sessions: Sessions, telemetry: TelemetryBus): RoostApi {
  const id = (value: unknown): string => checked(sessionId, 'sessionId', value);
  return Object.freeze<RoostApi>({
    version: 1,
    createSession: (given) =>
      call(async () => {
        const { config, ...rest } = checked(options, 'options', given) ?? {};
        return sessions.create({
          ...defined(rest),
          ...(config === undefined ? {} : { config: defined(config) }),
        });
      }),
    listSessions: () => sessions.list(),
    getSession: (given) => (typeof given === 'string' ? sessions.get(given) : undefined),
    sendPrompt: (given, text) =>
      call(async () => sessions.prompt(id(given), checked(prompt, 'prompt', text))),
    cancelPrompt: (given) => call(async () => sessions.cancel(id(given))),
    respondToPermission: (given, requestId, optionId) =>
      call(async () =>
        sessions.respondToPermission(
          id(given),
          checked(z.string(), 'requestId', requestId),
          checked(z.string().optional(), 'optionId', optionId),
        ),
      ),
    getTranscript: (given) => call(async () => sessions.transcript(id(given))),
    terminateSession: (given, how) =>
      call(async () =>
        sessions.terminate(id(given), defined(checked(force, 'options', how) ?? {})),
      ),
    restartSession: (given) => call(async () => sessions.restart(id(given))),
    saveSession: (given) => call(async () => sessions.save(id(given))),
    restoreSession: (given) => call(async () => sessions.restore(id(given))),
    listSavedSessions: () => call(async () => sessions.listSaved()),
    deleteSavedSession: (given) => call(async () => sessions.deleteSaved(id(given))),
    terminateIdleSessions: () => call(async () => sessions.terminateIdle()),
    onDidChangeSessions: editorEvent((listener) =>
      sessions.onDidChange(({ sessionId: changed, status }) => {
        listener({ sessionId: changed, status });
      }),
    ),
    onTelemetry: editorEvent(telemetry.onEvent),
  });
}

/** An event of ours as the editor's: with `this` for the listener and a list that takes the subscription. */
function editorEvent<T>(event: Event<T>): vscode.Event<T> {
  return (listener, thisArgs: unknown, disposables) => {
    const held = event((value) => {
      listener.call(thisArgs, value);
    });
    const subscription = new vscode.Disposable(() => {
      held.dispose();
    });
    disposables?.push(subscription);
    return subscription;
  };
}
