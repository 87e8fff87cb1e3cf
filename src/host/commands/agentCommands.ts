// Handlers of the commands about agents: their installation, their keys, and signing in. What they do is loaded with the first of them.
import { l10n, window } from 'vscode';
import type { CommandDeps, Handlers } from './commandTypes.ts';
import { targetSession } from './sessionTarget.ts';

/** Commands about agents. */
export function agentCommands(
  deps: CommandDeps,
): Handlers<
  | 'addAgent'
  | 'installAgent'
  | 'removeAgent'
  | 'refreshAgents'
  | 'signIn'
  | 'setAgentKey'
  | 'forgetAgentKey'
> {
  const { agentServices } = deps;

  return {
    addAgent: async ({ given }) => {
      const { addAgent, addCommand } = await import('../agents/agentAdding.ts');
      const id = given === undefined ? await addAgent(deps) : await addCommand(deps, given);
      if (given === undefined && id !== undefined) {
        void window.showInformationMessage(l10n.t('Saved in your settings as "{0}".', id));
      }
      return id === undefined ? undefined : { agent: id };
    },

    installAgent: async ({ given }) => {
      if (given !== undefined) {
        const directory = await agentServices.directory();
        const { signal } = new AbortController();
        const version = await directory.install(given.agent, { signal });
        return version === undefined ? undefined : { agent: given.agent, version };
      }
      const { pickInstallable } = await import('../agents/agentQuestions.ts');
      const agent = await pickInstallable(deps);
      if (agent === undefined) return undefined;
      const { installAgent } = await import('../agents/agentInstallation.ts');
      const version = await installAgent(deps, agent);
      return version === undefined ? undefined : { agent, version };
    },

    removeAgent: async ({ given }) => {
      if (given !== undefined) {
        await (await agentServices.directory()).remove(given.agent);
        return undefined;
      }
      const { pickInstalled } = await import('../agents/agentQuestions.ts');
      const offer = await pickInstalled(deps);
      if (offer === undefined) return undefined;
      const { removeAgent } = await import('../agents/agentInstallation.ts');
      await removeAgent(deps, offer);
      return undefined;
    },

    refreshAgents: async () => {
      const { refreshAgents } = await import('../agents/agentInstallation.ts');
      return refreshAgents(deps);
    },

    signIn: async (call) => {
      const question = l10n.t('Sign in to the agent of which session?');
      const sessionId = await targetSession(deps, call, undefined, question);
      if (sessionId === undefined) return undefined;
      const { signIn } = await import('../agents/signInFlow.ts');
      return signIn(deps, sessionId, call.given?.methodId);
    },

    setAgentKey: async ({ given }) => {
      if (given !== undefined) {
        await agentServices.keys.set(given.agent, given.name, given.value);
        return undefined;
      }
      const { pickAgentForKey, setKey } = await import('../agents/agentKeyQuestions.ts');
      const agent = await pickAgentForKey(deps, l10n.t('Set a key of which agent?'));
      if (agent === undefined) return undefined;
      const name = await setKey(deps, agent);
      if (name !== undefined) {
        void window.showInformationMessage(
          l10n.t('Kept. Sessions of this agent have it when they start the next time.'),
        );
      }
      return undefined;
    },

    forgetAgentKey: async ({ given }) => {
      const { keys } = agentServices;
      if (given !== undefined) return keys.forget(given.agent, given.name);
      const { pickAgentForKey } = await import('../agents/agentKeyQuestions.ts');
      const question = l10n.t('Forget the keys of which agent?');
      const hasKeys = async (id: string): Promise<boolean> =>
        Object.keys(await keys.of(id)).length > 0;
      const agent = await pickAgentForKey(deps, question, hasKeys);
      if (agent === undefined) return undefined;
      const gone = await keys.forget(agent);
      void window.showInformationMessage(l10n.t('Forgotten: {0}', gone.join(', ')));
      return gone;
    },
  };
}
