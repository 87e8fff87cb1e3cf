// Whatever happens between host, panel and agent: a panel that applies what it gets shows what is true.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toPanelSchema } from '../../../src/chatProtocol/messages.ts';
import { entryView } from '../../../src/host/panel/panelEntries.ts';
import { opened, text } from './openChannel.ts';

/** What may happen between host, panel and agent, in any order. */
type Step =
  | 'chunk'
  | 'other'
  | 'call'
  | 'terminal'
  | 'frame'
  | 'applied'
  | 'hide'
  | 'show'
  | 'older'
  | 'flush';

const steps: readonly Step[] = [
  ...(['chunk', 'other', 'call', 'terminal', 'frame', 'applied', 'hide', 'show'] as const),
  ...(['older', 'flush'] as const),
];

it('shows what is true after any course of events', async () => {
  const course = fc.array(fc.constantFrom(...steps), { minLength: 5, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(course, async (events) => {
      const { domain, channel, panel, say, endTurn, truth } = await opened();
      let count = 0;
      const waiting: Promise<void>[] = [];
      for (const event of events) {
        count += 1;
        switch (event) {
          case 'chunk':
            say(text(`${count} `));
            break;
          case 'other':
            say({ type: 'text', role: 'thought', text: `t${count}` });
            break;
          case 'call':
            say({ type: 'terminal', terminalId: 't1', command: 'x' });
            say({
              type: 'toolCall',
              patch: {
                toolCallId: 'c1',
                title: `call ${count}`,
                status: 'in_progress',
                content: [{ type: 'terminal', terminalId: 't1' }],
              },
            });
            break;
          case 'terminal':
            say({ type: 'terminalOutput', terminalId: 't1', data: `${count};` });
            break;
          case 'frame':
            await domain.clock.advance(16);
            break;
          case 'flush':
            await domain.clock.advance(300);
            break;
          case 'applied':
            channel.applied(panel.model.seq);
            break;
          case 'hide':
            channel.close();
            break;
          case 'show':
            waiting.push(channel.ready());
            break;
          case 'older':
            if (panel.model.before !== undefined) waiting.push(channel.older(panel.model.before));
            break;
        }
        if (panel.model.lost) waiting.push(channel.resync());
      }
      endTurn();
      say(text('the end'));
      waiting.push(channel.ready());
      for (
        let round = 0;
        round < 60 && (round < 10 || panel.model.before !== undefined);
        round += 1
      ) {
        await domain.clock.advance(100);
        channel.applied(panel.model.seq);
        if (panel.model.before !== undefined) waiting.push(channel.older(panel.model.before));
      }
      await Promise.all(waiting);
      expect(panel.model).toMatchObject({ lost: false, before: undefined });
      const expected = toPanelSchema.parse({
        type: 'older',
        seq: 0,
        asked: '',
        entries: truth.entries().map(entryView),
      });
      expect({ ...expected, entries: panel.model.entries }).toEqual(expected);
    }),
    { numRuns: 150 },
  );
}, 60_000);
