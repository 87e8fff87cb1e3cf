// Who may write a session: one process, named in an exclusive file next to the session's own.
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { SessionError } from '../session/errors.ts';
import { createFile, readIfThere, removeIfThere, removeQuietly } from './files.ts';
import type { FileSystem } from './fileSystem.ts';
import type { OwnerIdentity, ProcessIdentity } from './processIdentity.ts';
import { isTaken, storageFailed } from './storageErrors.ts';

const ownerSchema = z.object({
  pid: z.int().check(z.positive()),
  startedAt: z.string(),
  /** Which store of the process: one process may have the same folder open twice. */
  store: z.string(),
});

type Owner = z.infer<typeof ownerSchema>;

/** What taking and giving back ownership needs. */
export interface OwnerDeps {
  readonly fs: FileSystem;
  readonly identity: ProcessIdentity;
  /** Names this store among those of all processes. */
  readonly storeId: string;
  readonly temporaryName: () => string;
}

/** How often somebody else's change is met in the middle before it counts as owned. */
const attempts = 5;

/**
 * Makes this store the session's owner; owning it already is fine.
 * @throws SessionError `sessionReadOnly` when a live process or store owns it, `storageFailed`
 */
export async function takeOwnership(
  deps: OwnerDeps,
  file: string,
  sessionId: string,
): Promise<void> {
  const { fs } = deps;
  const temporary = `${file}.${deps.temporaryName()}.tmp`;
  try {
    // Linked into place rather than created there: the file is never seen without its content. It is not
    // synced: after a power cut its owner does not live, and what is left of it then is nobody's.
    await createFile(fs, temporary, Buffer.from(`${JSON.stringify(ownOwner(deps))}\n`), false);
    try {
      for (let attempt = 0; attempt < attempts; attempt++) {
        if (await claim(fs, temporary, file)) return;
        const bytes = await readIfThere(fs, file);
        if (bytes === undefined) continue;
        const owner = ownerIn(bytes);
        if (owner !== 'unreadable' && isOwn(deps, owner)) return;
        if (await isLive(deps, owner)) break;
        await removeStale(deps, temporary, file, bytes);
      }
    } finally {
      await removeQuietly(fs, temporary);
    }
  } catch (error) {
    throw storageFailed('take', file, error, sessionId);
  }
  throw ownedElsewhere(sessionId, file);
}

/** Gives ownership back. A file that names somebody else is left alone. */
export async function dropOwnership(deps: OwnerDeps, file: string): Promise<void> {
  const owner = await readOwner(deps.fs, file);
  if (owner === 'none' || owner === 'unreadable' || !isOwn(deps, owner)) return;
  await removeIfThere(deps.fs, file);
}

/** Whether somebody else who still lives owns the session. Rejects when the file cannot be read. */
export async function isOwnedElsewhere(deps: OwnerDeps, file: string): Promise<boolean> {
  const owner = await readOwner(deps.fs, file);
  if (owner === 'none' || (owner !== 'unreadable' && isOwn(deps, owner))) return false;
  return isLive(deps, owner);
}

/** Whether somebody who lives owns the session, this store too. Rejects when the file cannot be read. */
export async function isOwned(deps: OwnerDeps, file: string): Promise<boolean> {
  const owner = await readOwner(deps.fs, file);
  return owner !== 'none' && (await isLive(deps, owner));
}

/** The error of whoever wants to write a session that another window has open. */
export function ownedElsewhere(sessionId: string, file: string): SessionError {
  return new SessionError('sessionReadOnly', 'Another window has this session open.', {
    sessionId,
    hint: 'Continue it there, or stop it there first.',
    details: { file },
  });
}

/** Puts the file in place unless one is there; where names cannot be linked it is copied instead. */
async function claim(fs: FileSystem, temporary: string, file: string): Promise<boolean> {
  try {
    await fs.link(temporary, file).catch((error: unknown) => {
      if (isTaken(error)) throw error;
      return fs.copyFile(temporary, file);
    });
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

/**
 * Removes a dead owner's file, whose content is `dead`. Two that find the same dead owner must not remove
 * each other's new file, so this is done by whoever holds a second exclusive file, after looking again.
 * That one is named after the dead owner, so whoever is late holds one that is about nobody any more; and
 * where its holder died, it is removed in the same way, never by merely finding it.
 */
async function removeStale(
  deps: OwnerDeps,
  temporary: string,
  file: string,
  dead: Buffer,
): Promise<void> {
  const { fs } = deps;
  const guard = `${file}.taking-${createHash('sha256').update(dead).digest('hex').slice(0, 16)}`;
  if (!(await claim(fs, temporary, guard))) {
    const bytes = await readIfThere(fs, guard);
    if (bytes === undefined || (await isLive(deps, ownerIn(bytes)))) return;
    await removeStale(deps, temporary, guard, bytes);
    return;
  }
  try {
    const now = await readIfThere(fs, file);
    if (now?.equals(dead) === true) await removeIfThere(fs, file);
  } finally {
    await removeQuietly(fs, guard);
  }
}

/** Content is complete as soon as the name is there, so what cannot be read was damaged: nobody's. */
async function isLive(deps: OwnerDeps, owner: Owner | 'unreadable'): Promise<boolean> {
  return owner !== 'unreadable' && (await deps.identity.isAlive(owner));
}

function ownOwner({ identity, storeId }: OwnerDeps): Owner {
  const { pid, startedAt }: OwnerIdentity = identity.self();
  return { pid, startedAt, store: storeId };
}

function isOwn(deps: OwnerDeps, owner: Owner): boolean {
  const own = ownOwner(deps);
  return owner.store === own.store && owner.pid === own.pid && owner.startedAt === own.startedAt;
}

async function readOwner(fs: FileSystem, file: string): Promise<Owner | 'none' | 'unreadable'> {
  const bytes = await readIfThere(fs, file);
  return bytes === undefined ? 'none' : ownerIn(bytes);
}

function ownerIn(bytes: Buffer): Owner | 'unreadable' {
  try {
    return ownerSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    return 'unreadable';
  }
}
