// What an agent is called: the user's name for it first, then its own, then what is known without it.
import { expect, it } from 'vitest';
import type { AgentCatalog, AgentDefinition } from '../../../src/session/agentPort.ts';
import { agentName } from '../../../src/session/agentLookup.ts';
import { SessionError } from '../../../src/session/errors.ts';
import { fakeAgent } from '../../fakes/fakeAgents.ts';

function catalogOf(agent: AgentDefinition | undefined): AgentCatalog {
  return {
    defaultAgentId: 'fake',
    resolve: () => {
      if (agent === undefined) throw new SessionError('agentUnknown', 'There is no such agent.');
      return agent;
    },
    find: () => Promise.reject(new Error('nothing is looked for here')),
  };
}

it('an agent is called as the user named it, else as it introduced itself, else as it is known', () => {
  const named = catalogOf({ ...fakeAgent, name: 'Mine', namedByUser: true });
  expect(agentName(named, 'fake', 'fake-agent-cli')).toBe('Mine');
  expect(agentName(catalogOf(fakeAgent), 'fake', 'fake-agent-cli')).toBe('fake-agent-cli');
  expect(agentName(catalogOf(fakeAgent), 'fake', undefined)).toBe('Fake');
  expect(agentName(catalogOf(undefined), 'fake', 'fake-agent-cli')).toBe('fake-agent-cli');
  expect(agentName(catalogOf(undefined), 'fake', undefined)).toBe('fake');
});
