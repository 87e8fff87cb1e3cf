// Hands on what an agent said; a very long text in pieces, as if it had been streamed, with turns for others in between.
import type { AgentUpdate } from '../session/agentUpdate.ts';
import type { Clock } from '../session/clock.ts';
import { inSlices, type Share } from './fairShare.ts';

/** Characters of one text that are handed on at once. */
const pieceLength = 64 * 1024;

/** Gives each update to `take`, in order: now, or by the time the promise resolves, which never rejects. */
export function deliver(
  updates: readonly AgentUpdate[],
  around: { readonly clock: Clock; readonly share: Share },
  take: (update: AgentUpdate) => void,
): undefined | Promise<void> {
  if (updates.some(isLong)) return deliverSlowly(updates, around, take);
  for (const update of updates) take(update);
  return undefined;
}

async function deliverSlowly(
  updates: readonly AgentUpdate[],
  { clock, share }: { readonly clock: Clock; readonly share: Share },
  take: (update: AgentUpdate) => void,
): Promise<void> {
  const step = inSlices(clock, share);
  for (const piece of updates.flatMap((update): readonly AgentUpdate[] =>
    isLong(update) ? split(update) : [update],
  )) {
    take(piece);
    await step();
  }
}

type Text = Extract<AgentUpdate, { type: 'text' }>;

function isLong(update: AgentUpdate): update is Text {
  return update.type === 'text' && update.text.length > pieceLength;
}

/** The same text in several updates, no character cut in two. */
function split(update: Text): Text[] {
  const { text } = update;
  const pieces: Text[] = [];
  for (let at = 0; at < text.length;) {
    const cutsPair = /[\uD800-\uDBFF]/.test(text.charAt(at + pieceLength - 1));
    const end = at + pieceLength + (cutsPair ? 1 : 0);
    pieces.push({ ...update, text: text.slice(at, end) });
    at = end;
  }
  return pieces;
}
