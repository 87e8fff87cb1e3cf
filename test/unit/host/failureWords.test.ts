// The domain's sentences in another language.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { expect, it } from 'vitest';
import { failureTexts } from '../../../src/host/failureTexts.ts';
import { inUserLanguage } from '../../../src/host/failureWords.ts';
import { messageFor } from '../../../src/host/panel/panelLanguage.ts';
import type { Translate } from '../../../src/host/translate.ts';
import { sessionView } from '../../fakes/sessionView.ts';
import { english } from './sessionFixtures.ts';

const bundle = join(import.meta.dirname, '../../../l10n/bundle.l10n.de.json');
const strings = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(bundle, 'utf8')));
const german: Translate = (message, ...args) => english(strings[message] ?? message, ...args);
const say = (text: string): string => inUserLanguage(text, german);

it('are found with what stands in their blanks, which may be ours as well', () => {
  expect(say('Reload the window.')).toBe('Lade das Fenster neu.');
  expect(say('Claude: command not found: claude-acp')).toBe(
    'Claude: Befehl nicht gefunden: claude-acp',
  );
  expect(say('Claude ended unexpectedly with exit code 3. It said: no')).toBe(
    'Claude ist unerwartet zu Ende gegangen, mit Exit-Code 3. It said: no',
  );
  expect(
    say('This turn was cut short: the window it ran in ended. It is not sent again by itself.'),
  ).toMatch(/^Diese Runde wurde abgebrochen: das Fenster/);
});

it('are found inside each other', () => {
  const text = 'This turn was cut short: A ended with exit code 3. It is not sent again by itself.';
  expect(say(text)).toContain('abgebrochen: A ist zu Ende gegangen, mit Exit-Code 3. Sie wird');
});

it('are told from each other, each as itself', () => {
  const back = (text: string): string => inUserLanguage(text, (sentence) => sentence);
  const filled = failureTexts.map((text) => english(text, 'A', 'B', 'C', 'D', 'E'));
  expect(filled.map(back)).toEqual(failureTexts);
});

it('leave alone what an agent has said, however long', () => {
  expect(say('I could not do that.')).toBe('I could not do that.');
  const long = `${'did not answer '.repeat(100_000)}.`;
  expect(say(long)).toBe(long);
  const nested = `A${' failed.'.repeat(4)}`;
  expect(say(nested)).toBe('A failed. ist fehlgeschlagen. ist fehlgeschlagen. ist fehlgeschlagen.');
});

it('are in what a panel is told', () => {
  const error = { code: 'agentExited', message: 'A ended by itself.', hint: 'Reload the window.' };
  const session = { ...sessionView(), error };
  const notice = {
    id: '1',
    at: '',
    type: 'notice',
    code: 'restarted',
    text: 'A was restarted.',
  } as const;
  const told = messageFor({ type: 'delta', seq: 1, changes: [notice], session }, say);
  expect(told).toMatchObject({
    changes: [{ text: 'A wurde neu gestartet.' }],
    session: {
      error: { message: 'A ist von selbst zu Ende gegangen.', hint: 'Lade das Fenster neu.' },
    },
  });
  expect(messageFor({ type: 'error', seq: 2, error }, say)).toMatchObject({
    error: { hint: 'Lade das Fenster neu.' },
  });
});
