// Ids of sessions and transcript entries.
import { randomBytes } from 'node:crypto';
import type { IdSource } from '../session/ports.ts';

/**
 * Ids made of lower-case letters and digits, so that they are different file names everywhere. Entry
 * ids carry a part of this host's life, because a transcript is written by many hosts one after another.
 */
export function createIds(): IdSource {
  const life = randomBytes(5).toString('hex');
  let count = 0;
  return {
    sessionId: () => `session_${randomBytes(9).toString('hex')}`,
    entryId: () => `${life}-${(++count).toString(36)}`,
  };
}
