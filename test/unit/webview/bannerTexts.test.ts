// What stands above the composer: one banner for one thing that is wrong.
import { expect, it } from 'vitest';
import { bannersOf } from '../../../src/webview/bannerTexts.ts';
import { sessionView } from '../../fakes/sessionView.ts';

const session = sessionView('Ada');

const signIn = {
  code: 'authRequired',
  message: 'Ada wants you to log in: no key.',
  hint: 'Log in.',
  action: 'signIn',
} as const;
const prompt = { text: 'precious', attached: [] };

it('a message that could not be sent because the start failed is told of once, and can be put back', () => {
  const failed = { ...session, status: 'failed', error: signIn } as const;
  expect(bannersOf(failed, undefined).map(({ actions }) => actions)).toEqual([
    ['signIn', 'showLog'],
  ]);
  expect(bannersOf(failed, { ...signIn, prompt }).map(({ actions }) => actions)).toEqual([
    ['signIn', 'putBack', 'dismissError'],
  ]);
  expect(bannersOf(failed, { ...signIn, message: 'Something else.' })).toHaveLength(2);
});
