// A state for a session whose head cannot be read any more, made of what its other files still tell.
import type { StoredSession } from './storePort.ts';
import type { SessionState } from './state.ts';
import { titleFromPrompt } from './titles.ts';
import type { TranscriptEntry } from './transcript.ts';

/** What stands in for facts that are lost. */
export interface RecoveryDefaults {
  readonly agentId: string;
  readonly cwd: string;
  /** ISO 8601. */
  readonly at: string;
}

/**
 * The state to go on with: the damaged head's readable fields, the transcript's times, its first
 * prompt as title. `undefined` when nothing at all can be read.
 */
export function recoveredState(
  { sessionId, title, agentId, cwd }: StoredSession['info'],
  entries: readonly TranscriptEntry[],
  defaults: RecoveryDefaults,
): SessionState | undefined {
  // A list calls a session without a readable title by its id.
  const named = title !== sessionId;
  if (entries.length === 0 && !named) return undefined;
  const prompt = entries.find((entry) => entry.type === 'user');
  const fromPrompt = prompt === undefined ? undefined : titleFromPrompt(prompt.text);
  return {
    title: named ? title : (fromPrompt ?? sessionId),
    titleSource: named ? 'user' : fromPrompt === undefined ? 'default' : 'prompt',
    agentId: agentId === '' ? defaults.agentId : agentId,
    cwd: cwd === '' ? defaults.cwd : cwd,
    status: 'dormant',
    createdAt: entries[0]?.at ?? defaults.at,
    lastActivityAt: entries.at(-1)?.at ?? defaults.at,
    messageCount: entries.filter(({ type }) => type === 'user' || type === 'agent').length,
    config: {},
    keepAwake: false,
    turnRunning: false,
  };
}
