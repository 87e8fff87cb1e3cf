// Heads written by older versions, brought step by step to the form of this one.

/** A head as parsed JSON: an object, nothing more is known yet. */
export type RawHead = Readonly<Record<string, unknown>>;

/** Turns a head of one version into one of the next. */
export type Migration = (head: RawHead) => RawHead;

/** The version of the heads this Roost writes. */
export const headVersion = 1;

/**
 * One step per version, the one at index n makes version n + 1 of version n. Version 0 is the form
 * before heads named a version: the same three fields without it.
 */
export const headMigrations: readonly Migration[] = [fromVersion0];

/** The version a head says it has; heads from before there was one say none. */
export function versionOf(head: RawHead): number | undefined {
  if (!('version' in head)) return 0;
  const { version } = head;
  return typeof version === 'number' && Number.isInteger(version) && version >= 0
    ? version
    : undefined;
}

/** Applies every step that a head of `version` still lacks. */
export function migrateHead(
  head: RawHead,
  version: number,
  steps: readonly Migration[] = headMigrations,
): RawHead {
  return steps.slice(version).reduce((older, step) => step(older), head);
}

function fromVersion0(head: RawHead): RawHead {
  return { ...head, version: 1 };
}
