// The text of a head file: how it is read without trust, and written without losing what is not understood.
import * as z from 'zod/mini';
import { sessionConfigSchema } from '../session/config.ts';
import { agentFactsSchema, sessionStateSchema, type SessionState } from '../session/state.ts';
import {
  headMigrations,
  headVersion,
  migrateHead,
  versionOf,
  type Migration,
  type RawHead,
} from './migrations.ts';

const headSchema = z.looseObject({
  version: z.int().check(z.minimum(1)),
  session_id: z.string(),
  state: sessionStateSchema,
  saved_at: z.string(),
});

/** A head file's content. */
export type Head = z.infer<typeof headSchema>;

/** What a head's text turned out to be. `readable` is what a damaged one still tells. */
export type ParsedHead =
  | { readonly kind: 'whole'; readonly head: Head; readonly newer: boolean }
  | {
      readonly kind: 'damaged';
      readonly reason: string;
      readonly readable: ReadableHead;
      /** It says that a newer Roost wrote it, so that one may well be able to read it. */
      readonly newer: boolean;
    };

/** The facts of a list row that could be saved from a damaged head. */
export interface ReadableHead {
  readonly title?: string;
  readonly agentId?: string;
  readonly cwd?: string;
  readonly savedAt?: string;
  readonly messageCount?: number;
}

/**
 * Bytes of a head that are parsed in one go, which takes some tens of milliseconds. A head has a
 * hundredth of that at most; what is larger is somebody else's file.
 */
export const maxHeadBytes = 8 * 1024 * 1024;

/** What is said of a file that is larger, without looking into it. */
export function tooLargeHead(bytes: number): ParsedHead {
  const megabytes = Math.ceil(bytes / 1024 / 1024);
  return damaged(`is too large for a head (${megabytes} MB)`);
}

/** The version scheme; replaced in tests only. */
export interface HeadVersions {
  readonly current: number;
  readonly steps: readonly Migration[];
}

const versions: HeadVersions = { current: headVersion, steps: headMigrations };

/**
 * Reads a head; never throws.
 * @param sessionId the session whose file it is; a head of another session is damage
 */
export function parseHead(
  text: string,
  sessionId: string,
  { current, steps }: HeadVersions = versions,
): ParsedHead {
  if (text.trim() === '') return damaged('is empty');
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return damaged('is not valid JSON');
  }
  if (!isRecord(raw)) return damaged('is not a JSON object');
  const version = versionOf(raw);
  if (version === undefined) return damaged('has no valid version', raw);
  const newer = version > current;
  let upToDate: RawHead;
  try {
    upToDate = newer ? raw : migrateHead(raw, version, steps);
  } catch {
    // A step met data that its version never had.
    return damaged(`cannot be read as version ${version}`, raw);
  }
  const parsed = headSchema.safeParse(upToDate);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    const field = where === '' ? 'fields' : `"${where}"`;
    return newer
      ? {
          ...damaged(
            `was written by a newer Roost (version ${version}) and cannot be read by this one`,
            raw,
          ),
          newer,
        }
      : damaged(`has a missing or wrong ${field}`, raw);
  }
  // Case matters: on a file system that ignores it, one name would stand for two sessions.
  if (parsed.data.session_id !== sessionId) return damaged('belongs to another session', raw);
  return { kind: 'whole', head: parsed.data, newer };
}

/**
 * The text of a head. What the head on disk holds and this Roost does not know is carried over, in
 * the head, its state, and the state's config and facts. Everything below those is a value that is
 * replaced as a whole: an error's details must not outlive the error.
 */
export function formatHead(
  head: { readonly sessionId: string; readonly state: SessionState; readonly savedAt: string },
  onDisk: Head | undefined,
): string {
  const state = onDisk === undefined ? head.state : carryOver(onDisk.state, head.state);
  const known = { version: headVersion, session_id: head.sessionId, state, saved_at: head.savedAt };
  return `${JSON.stringify({ ...known, ...unknownOf(headSchema, onDisk ?? {}, known) }, null, 2)}\n`;
}

function carryOver(before: SessionState, now: SessionState): SessionState {
  const config = { ...now.config, ...unknownOf(sessionConfigSchema(), before.config, now.config) };
  const facts =
    now.facts === undefined
      ? undefined
      : { ...now.facts, ...unknownOf(agentFactsSchema, before.facts ?? {}, now.facts) };
  return {
    ...now,
    ...unknownOf(sessionStateSchema, before, now),
    config,
    ...(facts === undefined ? {} : { facts }),
  };
}

/** Fields of `before` that neither the schema nor `now` has. */
function unknownOf(schema: z.ZodMiniObject, before: RawHead, now: RawHead): RawHead {
  return Object.fromEntries(
    Object.entries(before).filter(
      ([key]) => !Object.hasOwn(schema.shape, key) && !Object.hasOwn(now, key),
    ),
  );
}

function damaged(reason: string, raw: RawHead = {}): ParsedHead {
  return { kind: 'damaged', reason, readable: readableSchema.parse(raw), newer: false };
}

/** Absent where it is not what it should be. */
const text = z.catch(z.optional(z.string()), undefined);

const readableSchema = z.pipe(
  z.object({
    saved_at: text,
    state: z.catch(
      z.object({
        title: text,
        agentId: text,
        cwd: text,
        messageCount: z.catch(z.optional(z.int().check(z.minimum(0))), undefined),
      }),
      {},
    ),
  }),
  z.transform(({ saved_at, state }): ReadableHead => {
    const { title, agentId, cwd, messageCount } = state;
    return {
      ...(title === undefined ? {} : { title }),
      ...(agentId === undefined ? {} : { agentId }),
      ...(cwd === undefined ? {} : { cwd }),
      ...(messageCount === undefined ? {} : { messageCount }),
      ...(saved_at === undefined ? {} : { savedAt: saved_at }),
    };
  }),
);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
