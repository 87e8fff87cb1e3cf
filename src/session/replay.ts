// What an agent replays of a conversation, held against the transcript on disk: what is there is not doubled, what is new is kept.
import type { AgentUpdate } from './agentUpdate.ts';
import type { Clock } from './clock.ts';
import { ContextManager } from './context.ts';
import type { IdSource } from './ports.ts';
import type { TranscriptLog } from './storePort.ts';
import type { ReplayedConversation } from './replayIntake.ts';
import { TranscriptBuilder, type TranscriptEntry } from './transcript.ts';

/** Turns at the end of each side that are held against each other. */
const comparedTurns = 200;

/** A prompt this long that is part of another is the same one, with what the agent was told beside it. */
const tellingLength = 4;

/** One prompt and what followed it; what came before the first prompt has none. */
interface ReplayTurn {
  readonly prompt: string | undefined;
  readonly answer: string;
  readonly entries: readonly TranscriptEntry[];
}

/**
 * One replay. Agents send the conversation again as if it were said now, cut into other pieces than at
 * first, some after they have answered the load, and it may have gone on elsewhere. So turns are
 * matched by their prompts, in order; everything behind the last turn that both sides have is new, and
 * so is what the agent's answer in that turn has beyond ours.
 */
export class Replay implements ReplayedConversation {
  readonly #known: readonly ReplayTurn[];
  readonly #toolCalls: ReadonlySet<string>;
  readonly #builder = new TranscriptBuilder();
  readonly #scratch: ContextManager;
  /** What has been handed out, by id. */
  readonly #given = new Map<string, TranscriptEntry>();

  /** @param known the newest entries of the transcript, in order */
  constructor(
    known: readonly TranscriptEntry[],
    deps: { readonly clock: Clock; readonly ids: IdSource },
  ) {
    this.#known = turnsOf(known).slice(-comparedTurns);
    this.#toolCalls = new Set(
      known.flatMap((entry) => (entry.type === 'toolCall' ? [entry.toolCallId] : [])),
    );
    this.#scratch = new ContextManager({ ...deps, events: unheard });
    this.#scratch.attach(scratchLog(this.#builder));
  }

  apply(update: AgentUpdate): void {
    this.#scratch.apply(update);
  }

  news(): readonly { readonly entry: TranscriptEntry; readonly first: boolean }[] {
    this.#scratch.flush();
    return this.#fresh().flatMap((entry) => {
      const given = this.#given.get(entry.id);
      if (given !== undefined && sameText(given, entry)) return [];
      this.#given.set(entry.id, entry);
      return [{ entry, first: given === undefined }];
    });
  }

  get complete(): boolean {
    this.#scratch.flush();
    const last = this.#known.at(-1);
    const compared = turnsOf(this.#builder.entries()).slice(-comparedTurns);
    const match = lastMatch(this.#known, compared);
    if (last === undefined || match?.known !== last) return false;
    return (compared[match.replayed]?.answer.length ?? 0) >= last.answer.length;
  }

  dispose(): void {
    this.#scratch.close().catch(() => undefined);
  }

  #fresh(): readonly TranscriptEntry[] {
    const replayed = turnsOf(this.#builder.entries());
    const compared = replayed.slice(-comparedTurns);
    const match = lastMatch(this.#known, compared);
    if (match === undefined) {
      // Another conversation, or one that the agent has put into other words: nothing to add to.
      if (replayed.some(({ prompt }) => prompt !== undefined)) return [];
      const said = this.#known.map(({ answer }) => answer);
      return replayed.flatMap(({ entries, answer }) =>
        said.some((one) => one.includes(answer)) ? [] : entries,
      );
    }
    const behind = compared.slice(match.replayed + 1).flatMap(({ entries }) => entries);
    return [...this.#beyond(match.known, compared[match.replayed]), ...behind];
  }

  /** What the agent has of a turn beyond what was saved of it: the end of its answer, and tool calls. */
  #beyond(known: ReplayTurn, replayed: ReplayTurn | undefined): readonly TranscriptEntry[] {
    let at = 0;
    const beyond: TranscriptEntry[] = [];
    for (const entry of replayed?.entries ?? []) {
      if (entry.type === 'toolCall' && !this.#toolCalls.has(entry.toolCallId)) beyond.push(entry);
      if (entry.type !== 'agent') continue;
      const { used, rest } = spend(known.answer, at, entry.text);
      // Other words than ours: which of them are new cannot be told.
      if (used === undefined) return [];
      at = used;
      if (rest.trim() !== '') beyond.push({ ...entry, text: rest });
    }
    return beyond;
  }
}

function turnsOf(entries: readonly TranscriptEntry[]): ReplayTurn[] {
  const turns: { prompt: string | undefined; answer: string; entries: TranscriptEntry[] }[] = [];
  for (const entry of entries) {
    if (entry.type === 'user' || turns.length === 0) {
      const prompt = entry.type === 'user' ? dense(entry.text) : undefined;
      turns.push({ prompt, answer: '', entries: [] });
    }
    const turn = turns.at(-1);
    if (turn === undefined) continue;
    turn.entries.push(entry);
    if (entry.type === 'agent') turn.answer += dense(entry.text);
  }
  return turns;
}

/** Spaces and line breaks differ between what was streamed and what is replayed. */
function dense(text: string): string {
  return text.replaceAll(/\s+/g, '');
}

/**
 * The last pair of the longest common run of turns: as late as possible in what is known, as early as
 * possible in what was replayed.
 */
function lastMatch(
  known: readonly ReplayTurn[],
  replayed: readonly ReplayTurn[],
): { readonly known: ReplayTurn; readonly replayed: number } | undefined {
  const width = replayed.length + 1;
  const longest = new Uint16Array((known.length + 1) * width);
  const length = (k: number, r: number): number => longest[k * width + r] ?? 0;
  for (let k = known.length - 1; k >= 0; k--) {
    for (let r = replayed.length - 1; r >= 0; r--) {
      const both = isSame(known[k], replayed[r]) ? 1 + length(k + 1, r + 1) : 0;
      longest[k * width + r] = Math.max(both, length(k + 1, r), length(k, r + 1));
    }
  }
  let match: { readonly known: ReplayTurn; readonly replayed: number } | undefined;
  for (let [k, r] = [0, 0]; length(k, r) > 0;) {
    const turn = known[k];
    if (length(k + 1, r) === length(k, r)) {
      k++;
    } else if (turn !== undefined && isSame(turn, replayed[r])) {
      match = { known: turn, replayed: r };
      k++;
      r++;
    } else {
      r++;
    }
  }
  return match;
}

/** Whether two turns begin with the same prompt. Agents replay it with what they were told beside it. */
function isSame(a: ReplayTurn | undefined, b: ReplayTurn | undefined): boolean {
  const [ours, theirs] = [a?.prompt, b?.prompt];
  if (ours === undefined || theirs === undefined) return false;
  if (ours === theirs) return true;
  const [shorter, longer] = ours.length < theirs.length ? [ours, theirs] : [theirs, ours];
  return shorter.length >= tellingLength && longer.includes(shorter);
}

/**
 * Goes through a text as long as it says what is known from a place on, spaces aside.
 * @returns the place reached, and the rest of the text that goes beyond; `used` is `undefined` when they differ
 */
function spend(
  known: string,
  from: number,
  text: string,
): { readonly used: number | undefined; readonly rest: string } {
  let used = from;
  let at = 0;
  for (; at < text.length && used < known.length; at++) {
    const char = text.charAt(at);
    if (/\s/.test(char)) continue;
    if (char !== known.charAt(used)) return { used: undefined, rest: '' };
    used++;
  }
  return { used, rest: text.slice(at) };
}

function sameText(a: TranscriptEntry, b: TranscriptEntry): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** A replay is nobody's news until it has been compared. */
const unheard = {
  onChange: (): void => undefined,
  onActivity: (): void => undefined,
  onFacts: (): void => undefined,
  onFailing: (): void => undefined,
  onMessage: (): void => undefined,
  onFirstChange: (): boolean => false,
};

function scratchLog(builder: TranscriptBuilder): TranscriptLog {
  return {
    append: (change) => {
      builder.apply(change);
    },
    sync: () => Promise.resolve(),
    failing: false,
    failure: undefined,
    onDidChangeFailing: () => ({ dispose: () => undefined }),
    close: () => Promise.resolve(),
  };
}
