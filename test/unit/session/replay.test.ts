// Replays held against the transcript: however the agent cuts them, what is known is never doubled and what is new is kept.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Replay } from '../../../src/session/replay.ts';
import type { TranscriptEntry } from '../../../src/session/transcript.ts';
import { FakeClock } from '../../fakes/fakeClock.ts';

interface Turn {
  readonly prompt: string;
  readonly answer: string;
}

const word = fc.stringMatching(/^[a-z]{4,9}$/);
const sentence = fc.array(word, { minLength: 2, maxLength: 6 }).map((words) => words.join(' '));
const turns = fc.uniqueArray(fc.record({ prompt: sentence, answer: sentence }), {
  selector: ({ prompt }) => prompt,
  comparator: (a, b) => a.includes(b) || b.includes(a),
  minLength: 1,
  maxLength: 6,
});

function transcript(known: readonly Turn[]): TranscriptEntry[] {
  const at = '2026-01-01T00:00:00.000Z';
  return known.flatMap(({ prompt, answer }, index): TranscriptEntry[] => [
    { id: `u${index}`, at, type: 'user', text: prompt },
    { id: `a${index}`, at, type: 'agent', text: answer },
    { id: `n${index}`, at, type: 'notice', code: 'x', text: 'of Roost’s own' },
  ]);
}

function replayOf(known: readonly TranscriptEntry[]): Replay {
  let count = 0;
  const ids = { sessionId: () => 's', entryId: () => `r${++count}` };
  return new Replay(known, { clock: new FakeClock(), ids });
}

/** Says turns in pieces of at most so many characters; `ask` changes prompts as agents do. */
function say(
  replay: Replay,
  said: readonly Turn[],
  size: number,
  ask = (prompt: string): string => prompt,
): void {
  for (const { prompt, answer } of said) {
    for (const piece of pieces(ask(prompt), size))
      replay.apply({ type: 'text', role: 'user', text: piece });
    for (const piece of pieces(answer, size))
      replay.apply({ type: 'text', role: 'agent', text: piece });
  }
}

function pieces(text: string, size: number): string[] {
  return text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
}

function texts(replay: Replay): string[] {
  return replay.news().map(({ entry }) => ('text' in entry ? String(entry.text) : entry.type));
}

const spoken = (said: readonly Turn[]): string[] =>
  said.flatMap(({ prompt, answer }) => [prompt, answer]);

describe('a replay', () => {
  it('of what is known brings nothing, at no moment of it', () => {
    fc.assert(
      fc.property(turns, fc.integer({ min: 1, max: 9 }), (known, size) => {
        const replay = replayOf(transcript(known));
        for (const turn of known) {
          say(replay, [turn], size, (prompt) => `<context/> ${prompt}\n`);
          expect(texts(replay)).toEqual([]);
        }
        expect(replay.complete).toBe(true);
      }),
    );
  });

  it('of more than is known brings the rest, once', () => {
    fc.assert(
      fc.property(turns, fc.nat(5), fc.nat(30), (all, split, cut) => {
        const known = all.slice(0, Math.max(1, split));
        const last = known.at(-1);
        if (last === undefined) return;
        // What a crash left of the last answer.
        const saved = [...known.slice(0, -1), { ...last, answer: last.answer.slice(0, cut) }];
        const replay = replayOf(transcript(saved));
        say(replay, all, 5);
        const rest = last.answer.slice(cut);
        const wanted = [...(rest.trim() === '' ? [] : [rest]), ...spoken(all.slice(known.length))];
        // A space at the cut may count for either side.
        expect(texts(replay).map((one) => one.trim())).toEqual(wanted.map((one) => one.trim()));
        expect(texts(replay)).toEqual([]);
      }),
    );
  });

  it('that begins later than the transcript, or lacks its last prompts, doubles nothing', () => {
    fc.assert(
      fc.property(turns, fc.nat(5), fc.nat(5), (all, from, to) => {
        const replay = replayOf(transcript(all));
        say(replay, all.slice(from, to), 7);
        expect(texts(replay)).toEqual([]);
      }),
    );
  });

  it('tells prompts apart that were said more than once', () => {
    const known = [
      { prompt: 'continue', answer: 'first' },
      { prompt: 'continue', answer: 'second' },
    ];
    const more = { prompt: 'continue', answer: 'third' };
    const replay = replayOf(transcript(known));
    say(replay, [...known, more], 4);
    expect(texts(replay)).toEqual(spoken([more]));
  });

  it('of another conversation, or in other words, is left alone', () => {
    const known = [{ prompt: 'tell me all', answer: 'all of it' }];
    const other = replayOf(transcript(known));
    say(other, [{ prompt: 'a summary', answer: 'in short' }], 4);
    expect(texts(other)).toEqual([]);
    const reworded = replayOf(transcript(known));
    say(reworded, [{ prompt: 'tell me all', answer: 'everything, and more' }], 4);
    expect(texts(reworded)).toEqual([]);
  });

  it('without any prompt brings only what was not said before', () => {
    const replay = replayOf(transcript([{ prompt: 'do it', answer: 'done as asked' }]));
    replay.apply({ type: 'text', role: 'agent', text: 'done as' });
    expect(texts(replay)).toEqual([]);
    const unasked = replayOf(transcript([{ prompt: 'do it', answer: 'done as asked' }]));
    unasked.apply({ type: 'text', role: 'agent', text: 'by the way' });
    expect(texts(unasked)).toEqual(['by the way']);
  });
});
