// Values for MCP servers: asked for as a question of each session that waits, given once for all of them.
import { describe, expect, it } from 'vitest';
import { McpInputs, type WantedValue } from '../../../src/host/agents/mcpInputs.ts';
import { formFields } from '../../../src/host/panel/panelForm.ts';
import type { ElicitationAnswer, ElicitationAsk } from '../../../src/session/agentPort.ts';
import { PendingRequests } from '../../../src/session/pendingRequests.ts';
import { english } from './sessionFixtures.ts';

const token = {
  id: 'token',
  type: 'promptString',
  description: 'A token',
  password: true,
  options: [],
};
const wanted: WantedValue = {
  from: '/work/.vscode/mcp.json',
  server: 'github',
  id: 'token',
  input: token,
};

/** A session that can be asked, and stopped. */
function session() {
  let ids = 0;
  const stop = new AbortController();
  const open = new PendingRequests(
    () => `request-${ids++}`,
    () => undefined,
  );
  const ask = (question: ElicitationAsk, signal: AbortSignal): Promise<ElicitationAnswer> =>
    open.elicitation(question, signal);
  return {
    request: { ask, signal: stop.signal },
    titles: () => open.list().map(({ title }) => title),
    fields: () =>
      open
        .list()
        .flatMap((one) => (one.kind === 'elicitation' ? formFields(one.ask.requestedSchema) : [])),
    answer: (answer: ElicitationAnswer) => {
      open.respondToElicitation(open.list()[0]?.requestId ?? '', answer);
    },
    stop: () => {
      stop.abort();
    },
  };
}

const given = (value: string): ElicitationAnswer => ({ action: 'accept', content: { value } });

describe('a value for an MCP server', () => {
  it('is a question of every session that waits, and whoever answers one has answered all', async () => {
    const inputs = new McpInputs(english);
    const [one, other] = [session(), session()];
    const values = [inputs.value(wanted, one.request), inputs.value(wanted, other.request)];
    expect(one.titles()).toEqual(['A token (for the MCP server github)']);
    expect(other.titles()).toEqual(one.titles());
    expect(one.fields()).toMatchObject([
      { type: 'text', title: 'token', format: 'password', required: false },
    ]);
    other.answer(given('secret'));
    await expect(Promise.all(values)).resolves.toEqual(['secret', 'secret']);
    expect(one.titles()).toEqual([]);
    const later = session();
    await expect(inputs.value(wanted, later.request)).resolves.toBe('secret');
    expect(later.titles()).toEqual([]);
  });

  it('that is declined is missed by all that wait now, and asked for again later', async () => {
    const inputs = new McpInputs(english);
    const [one, other] = [session(), session()];
    const values = [inputs.value(wanted, one.request), inputs.value(wanted, other.request)];
    one.answer({ action: 'decline' });
    await expect(Promise.all(values)).resolves.toEqual([undefined, undefined]);
    expect(other.titles()).toEqual([]);
    const later = session();
    const value = inputs.value(wanted, later.request);
    later.answer({ action: 'accept', content: {} });
    await expect(value).resolves.toBe('');
  });

  it('is still wanted by the others when one of them is stopped', async () => {
    const inputs = new McpInputs(english);
    const [one, other] = [session(), session()];
    const first = inputs.value(wanted, one.request);
    const second = inputs.value(wanted, other.request);
    one.stop();
    await expect(first).resolves.toBeUndefined();
    expect(other.titles()).toHaveLength(1);
    other.answer(given('secret'));
    await expect(second).resolves.toBe('secret');
  });

  it('is chosen where there is a choice, and what is not described is called by its id', () => {
    const inputs = new McpInputs(english);
    const one = session();
    const input = {
      ...token,
      type: 'pickString',
      options: ['a', 'b'],
      password: false,
      default: 'b',
    };
    void inputs.value({ ...wanted, input }, one.request);
    expect(one.fields()).toMatchObject([
      { type: 'choice', required: true, initial: 'b', choices: [{ value: 'a' }, { value: 'b' }] },
    ]);
    const other = session();
    void inputs.value({ ...wanted, id: 'key', input: undefined }, other.request);
    expect(other.titles()).toEqual(['key (for the MCP server github)']);
  });
});
