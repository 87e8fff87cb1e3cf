// What many tests of the manager begin with: a session in the middle of a turn that only the test ends; and how they read a transcript.
import type { SettingName } from '../../../../src/session/settings.ts';
import { fakeDomain, type FakeDomain } from '../../../fakes/domain.ts';
import { settle } from '../../../fakes/fakeClock.ts';

/** A domain whose `session-1` works. */
export interface HeldTurn extends FakeDomain {
  /** The turn of the prompt `go`: ends when the test answers `session/prompt`. Nobody has to wait for it. */
  readonly turn: Promise<{ readonly stopReason: string }>;
}

/** Builds one. */
export async function heldTurn(
  settings: Partial<Record<SettingName, unknown>> = {},
  title?: string,
): Promise<HeldTurn> {
  const domain = fakeDomain(settings);
  domain.agents.script = { hold: ['session/prompt'] };
  await domain.manager.create(title === undefined ? {} : { title });
  const turn = domain.manager.prompt('session-1', 'go');
  turn.catch(() => undefined);
  await settle();
  return { ...domain, turn };
}

/** `type: text` of each entry, or its type alone. */
export function texts(entries: readonly { readonly type: string }[]): string[] {
  return entries.map((entry) => {
    if ('text' in entry) return `${entry.type}: ${String(entry.text)}`;
    return entry.type;
  });
}
