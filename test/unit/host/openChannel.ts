// A session at work with a channel to a panel, as the panel's tests begin; its pages are read slowly.
import { expect } from 'vitest';
import { type ToPanel, toPanelSchema } from '../../../src/chatProtocol/messages.ts';
import { PanelChannel } from '../../../src/host/panel/panelChannel.ts';
import type { AgentUpdate } from '../../../src/session/agentUpdate.ts';
import { TranscriptBuilder } from '../../../src/session/transcript.ts';
import { emptyModel, reduce } from '../../../src/webview/store.ts';
import { fakeDomain } from '../../fakes/domain.ts';
import type { FakeDomain } from '../../fakes/domain.ts';
import { settle } from '../../fakes/fakeClock.ts';

/** A session at work, a channel to it, and the model that a panel would have. */
export async function opened(): Promise<{
  domain: FakeDomain;
  sessionId: string;
  channel: PanelChannel;
  posted: ToPanel[];
  panel: { model: typeof emptyModel };
  say: (update: AgentUpdate) => void;
  endTurn: () => void;
  truth: TranscriptBuilder;
}> {
  const domain = fakeDomain();
  const truth = slowPages(domain);
  domain.agents.script = { hold: ['session/prompt'] };
  const { sessionId } = await domain.manager.create();
  const posted: ToPanel[] = [];
  const panel = { model: emptyModel };
  const channel = new PanelChannel({
    sessionId,
    sessions: domain.manager,
    clock: domain.clock,
    logger: domain.logger,
    words: {},
    draft: () => undefined,
    post: (message) => {
      // As on the wire: parsed, and without a share in the sender's objects.
      const parsed = toPanelSchema.parse(structuredClone(message));
      posted.push(parsed);
      panel.model = reduce(panel.model, parsed);
    },
  });
  const subscriptions = [
    domain.manager.onDidChangeTranscript(({ change }) => {
      channel.transcriptChanged(change);
    }),
    domain.manager.onDidChange(() => {
      channel.sessionChanged();
    }),
  ];
  expect(subscriptions).toHaveLength(2);
  void domain.manager.prompt(sessionId, 'go').catch(() => undefined);
  await settle();
  const link = domain.agents.last;
  return {
    domain,
    truth,
    sessionId,
    channel,
    posted,
    panel,
    say: (update) => {
      link.events.onUpdate('fake-1', update);
    },
    endTurn: () => {
      link.answer('session/prompt', { stopReason: 'end_turn' });
    },
  };
}

/** The panel is ready, and its first page has been read. */
export async function ready(domain: FakeDomain, channel: PanelChannel): Promise<void> {
  const done = channel.ready();
  await domain.clock.advance(20);
  await done;
}

/** A piece of the answer. */
export function text(words: string): AgentUpdate {
  return { type: 'text', role: 'agent', text: words };
}

/** Pages of three entries that take a while to be read, each as the transcript was when it was asked for. */
function slowPages(domain: FakeDomain): TranscriptBuilder {
  const truth = new TranscriptBuilder();
  const subscription = domain.manager.onDidChangeTranscript(({ change }) => {
    truth.apply(change);
  });
  domain.store.readSlice = (_, { before }: { limit: number; before?: string }) => {
    const entries = truth.entries();
    const end = before === undefined ? entries.length : Number(before);
    const start = Math.max(0, end - 3);
    return new Promise((resolve) => {
      const timer = domain.clock.after(20, () => {
        resolve({
          entries: entries.slice(start, end),
          before: start === 0 ? undefined : String(start),
        });
      });
      expect([timer, subscription]).toHaveLength(2);
    });
  };
  return truth;
}
