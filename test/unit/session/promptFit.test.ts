// A prompt is told to an agent in the ways the agent has offered, and what could not be told is named.
import { describe, expect, it } from 'vitest';
import { fitPrompt } from '../../../src/session/promptFit.ts';
import { fakeDomain } from '../../fakes/domain.ts';
import { fullInfo } from '../../fakes/fakeAgents.ts';

const text = { type: 'text', text: 'Look' };
const link = { type: 'resource_link', uri: 'file:///a.ts', name: 'a.ts' };
const embedded = { type: 'resource', resource: { uri: 'file:///a.ts', text: 'a ```` b' } };
const image = { type: 'image', mimeType: 'image/png', data: 'AAAA' };
const everything = { ...fullInfo.can, image: true, audio: true, embeddedContext: true };

describe('a prompt', () => {
  it('is left as it is for an agent that takes everything', () => {
    const blocks = [text, link, embedded, image];
    expect(fitPrompt(blocks, everything)).toEqual({ blocks, leftOut: [] });
  });

  it('has embedded text as text, in a fence that holds, and no image, for one that takes neither', () => {
    expect(fitPrompt([text, link, embedded, image], fullInfo.can)).toEqual({
      blocks: [text, link, { type: 'text', text: 'file:///a.ts\n`````\na ```` b\n`````' }],
      leftOut: ['image'],
    });
  });

  it('says in the transcript what was not sent', async () => {
    const { manager, agents } = fakeDomain();
    await manager.create();
    await manager.prompt('session-1', [text, image]);
    expect(agents.last.prompts).toEqual([[text]]);
    const entries = await manager.transcript('session-1');
    expect(entries).toContainEqual(
      expect.objectContaining({ type: 'notice', code: 'attachmentLeftOut' }),
    );
  });
});
