// "Allow" and "Reject" stand for the mildest option that says so; each failure comes with what helps.
import { describe, expect, it } from 'vitest';
import { advice, needsSession } from '../../../src/host/errorAdvice.ts';
import {
  allowOption,
  rejectOption,
  requestFlagsOf,
} from '../../../src/host/list/sessionTreeModel.ts';
import { sessionErrorCodes } from '../../../src/session/errors.ts';
import { permission } from './sessionFixtures.ts';

describe('one-click answers', () => {
  it('take this time over for ever', () => {
    expect(allowOption(permission('1'))).toBe('once');
    expect(rejectOption(permission('1'))).toBe('no');
  });

  it('take what there is, and offer no Allow where nothing allows', () => {
    const odd = {
      ...permission('1'),
      options: [
        { optionId: 'x', name: 'Other', kind: 'something_newer' },
        { optionId: 'y', name: 'Never', kind: 'reject_always' },
      ],
    };
    expect(allowOption(odd)).toBeUndefined();
    expect(rejectOption(odd)).toBe('y');
    expect([...requestFlagsOf(odd)]).toEqual(['canReject']);
    expect(rejectOption({ ...odd, options: [] })).toBeUndefined();
  });
});

describe('advice', () => {
  it('is there for every failure, with at most three buttons', () => {
    expect(Object.keys(advice).sort()).toEqual([...sessionErrorCodes].sort());
    for (const { actions } of Object.values(advice)) {
      expect(actions.length).toBeLessThanOrEqual(3);
      expect(new Set(actions).size).toBe(actions.length);
    }
    expect([...needsSession]).toEqual(['open', 'resume', 'restart', 'signIn', 'changeFolder']);
  });
});
