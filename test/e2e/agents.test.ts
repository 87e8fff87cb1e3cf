// Agents in a window, as a person has them: chosen from the list, installed, updated, a command of one's own, and every way to sign in.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hostNames, hostsToTest } from '../launch/hosts.ts';
import { until } from '../process/support/tags.ts';
import {
  inAgentsWindow,
  layAgent,
  offered,
  scripted,
  type AgentsWindow,
} from './support/agentsWindow.ts';
import type { RoostWindow } from './support/roostWindow.ts';

const key = 'kept-from-every-file';

describe.each(hostsToTest(hostNames))('agents on the %s host', (hostName) => {
  let agents: AgentsWindow;
  let roost: RoostWindow;

  inAgentsWindow(
    hostName,
    {
      settings: (scratch) => ({
        later: scripted('Asks Late', '--needs-auth', '--auth-at-prompt'),
        shell: scripted(
          'Asks In A Terminal',
          ...['--needs-auth', '--auth-file', join(scratch, 'signed-in')],
        ),
        keyed: scripted('Wants A Key', '--auth-key', 'ROOST_TEST_KEY'),
      }),
      registry: [offered('fixture', 'Fixture', '1.0.0'), offered('older', 'Older', '1.1.0')],
      programs: ['goose', 'own-agent'],
    },
    (installed) => {
      layAgent(installed, { id: 'older', name: 'Older', version: '1.0.0' });
    },
    (window) => {
      agents = window;
      ({ roost } = window);
    },
  );

  function said(text: string | RegExp): Locator {
    return agents.said(text);
  }

  async function picture(name: string): Promise<void> {
    await roost.picture(`${hostName}-agents-${name}`);
  }

  /** The versions of an installed agent that run. */
  function running(id: string): string[] {
    const program = new RegExp(`/agents/${id}/([^/]+)/.*agent\\.mjs`);
    return agents.commands().flatMap((command) => program.exec(command)?.[1] ?? []);
  }

  function npmRuns(): boolean {
    return agents.commands().some((command) => /\bnpm\b.*\binstall\b/.test(command));
  }

  /** The files of this window, whoever wrote them, that hold a text. */
  function filesWith(text: string): string[] {
    return readdirSync(agents.scratch, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file).includes(text));
  }

  describe('an agent in the list', () => {
    it('that can be started comes before those that can be installed', async () => {
      await roost.commandDoing('Roost: New Session With…', (patience) =>
        agents.row('Workspace').waitFor(patience),
      );
      await agents.choice(/goose.*on your PATH/).waitFor();
      await agents.row('Claude Agent').waitFor();
      await picture('1-list');
      const labels = await roost.page.locator('.quick-input-list .monaco-list-row').allInnerTexts();
      const at = (text: string): number => labels.findIndex((label) => label.includes(text));
      expect(at('Workspace')).toBeGreaterThanOrEqual(0);
      expect(at('Workspace')).toBeLessThan(at('goose'));
      expect(at('goose')).toBeLessThan(at('Claude Agent'));
      await agents.leaveList();
    });

    it('is installed with progress, its log at hand, and nothing is left when it is cancelled', async () => {
      const letGo = agents.packages.hold();
      await agents.newSession('Fixture');
      const progress = await roost.notification(/Installing Fixture.*packages fetched: 1/);
      await picture('2-installing');
      expect(npmRuns()).toBe(true);
      await progress.getByRole('link', { name: 'Show Log' }).click();
      // The editor shows its spaces as hard ones.
      const line = /npm\shttp\sfetch\sGET\s200/;
      await roost.page.locator('.view-line').filter({ hasText: line }).first().waitFor();
      await picture('3-log');
      await progress.getByRole('button', { name: 'Cancel' }).click();
      // The editor takes the notice away at the click; npm and its folder go a moment later.
      await progress.waitFor({ state: 'detached' });
      await until('npm has ended', () => !npmRuns(), 20_000);
      const home = join(agents.installed, 'fixture');
      await until('its folder is gone', () => !existsSync(home), 20_000);
      letGo();
    });

    it('is installed to its end with one click, and its session starts', async () => {
      await agents.newSession('Fixture');
      await roost.row('Fixture').waitFor();
      await roost.send('say from the package');
      await said('from the package').last().waitFor();
      await picture('4-installed');
      await roost.commandDoing('Roost: New Session With…', (patience) =>
        agents.row('Fixture', /^1\.0\.0$/).waitFor(patience),
      );
      await picture('5-installed-list');
      await agents.leaveList();
    });

    it('is started in the version that is there, though a newer one is offered', async () => {
      await agents.newSession('Older', /^1\.0\.0 · 1\.1\.0 is available$/);
      await roost.row('Older').waitFor();
      await roost.send('say by the one before');
      await said('by the one before').last().waitFor();
      expect(running('older')).toEqual(['1.0.0']);
      expect(existsSync(join(agents.installed, 'older', '1.1.0'))).toBe(false);
    });

    it('is updated by the button of its row, and the next session has the newer one', async () => {
      await roost.commandDoing('Roost: New Session With…', async (patience) => {
        await agents.row('Older').hover(patience);
        await picture('6-update');
        await agents.row('Older').getByLabel('Update to 1.1.0').click(patience);
      });
      // The list comes back, and says what it has changed.
      await agents.row('Older', /^1\.1\.0$/).waitFor();
      await agents.leaveList();
      // Who works is left alone.
      expect(running('older')).toEqual(['1.0.0']);
      await agents.newSession('Older');
      // The other one is called by what was said in it.
      await roost.page.locator('.tab.active', { hasText: /^Older$/ }).waitFor();
      await roost.send('say by the newer one');
      await said('by the newer one').last().waitFor();
      expect(running('older').toSorted()).toEqual(['1.0.0', '1.1.0']);
    });
  });

  describe('the list of agents', () => {
    /** Refreshes it from the palette, and reads why that was not possible. */
    async function refused(why: RegExp): Promise<void> {
      await roost.command('Roost: Refresh List of Agents');
      await roost.notification(why);
    }

    it('stays as it is when the registry cannot be read, which is said', async () => {
      const { registry } = agents;
      registry.answer = (response) => response.destroy();
      await refused(/The list of agents at http:.* could not be read: other side closed/);
      registry.answer = [200, '<html>Please log in</html>'];
      await refused(/could not be read: it answered with something else/);
      const taken = registry.floods(50_000_000);
      await refused(/could not be read: its answer is too long/);
      expect(taken()).toBeLessThan(25_000_000);
      await picture('6b-not-refreshed');
      await roost.hideNotifications();
      await agents.newSession('Fixture', /^1\.0\.0$/);
      await roost.page.locator('.tab.active', { hasText: /^Fixture$/ }).waitFor();
      await roost.send('say as before');
      await said('as before').last().waitFor();
    });

    it('is refreshed by its button: what is new is offered, and what is installed stays', async () => {
      agents.registry.lists([
        offered('fixture', 'Fixture', '1.1.0'),
        offered('fresh', 'Fresh', '1.0.0'),
      ]);
      await roost.commandDoing('Roost: New Session With…', async (patience) => {
        await agents.row('Workspace').waitFor(patience);
        const refresh = 'Refresh the List of Agents';
        await roost.page.locator('.quick-input-widget').getByLabel(refresh).click(patience);
      });
      await agents.row('Fixture', /^1\.0\.0 · 1\.1\.0 is available$/).waitFor();
      await (await agents.find('Fresh')).waitFor();
      // Its registry names it no more.
      await (await agents.find('Older', /^1\.1\.0$/)).waitFor();
      await picture('6c-refreshed');
      await agents.leaveList();
      await roost.notification('The list of agents is up to date: 1 new, 1 newer.');
      await roost.hideNotifications();
      expect(existsSync(join(agents.installed, 'fixture', '1.1.0'))).toBe(false);
      expect(new Set(running('fixture'))).toEqual(new Set(['1.0.0']));
    });
  });

  describe('a command of one’s own', () => {
    it('that is no agent is refused with the reason, and can be edited until it is one', async () => {
      await agents.newSession('Add Your Own Command…');
      await roost.answer('Add Your Own Agent', 'roost-no-such-command --acp');
      const dialog = roost.page.locator('.monaco-dialog-box');
      await dialog.getByText('roost-no-such-command').first().waitFor();
      await picture('7-no-agent');
      await dialog.getByRole('button', { name: 'Edit' }).click();
      await roost.answer('Add Your Own Agent', `own-agent --name "Mine Alone"`);
      await roost.row('Mine Alone').waitFor();
      await roost.send('say at your service');
      await said('at your service').last().waitFor();
      await picture('8-own');
    });
  });

  describe('an agent that wants a sign-in', () => {
    it('is signed in to from its prompt, which goes on', async () => {
      await agents.newSession('Asks Late');
      await roost.send('say after the sign-in');
      await agents.choice('Log in in a terminal').waitFor();
      await picture('9-sign-in');
      await agents.choice('Just says yes').click();
      await said(/^after the sign-in$/).waitFor();
      // The prompt stands there once, though the agent was given it twice.
      expect(await said('say after the sign-in').count()).toBe(1);
      await picture('10-signed-in');
    });

    it('is signed in to in a terminal, and its session starts when that closes', async () => {
      await agents.newSession('Asks In A Terminal');
      await agents.choice('Log in in a terminal').click();
      await roost.panel.getByText('Ready', { exact: true }).first().waitFor();
      await roost.send('say out of the terminal');
      await said(/^out of the terminal$/).waitFor();
      await picture('11-terminal');
      expect(readFileSync(join(agents.scratch, 'signed-in'), 'utf8')).toBe('signed in');
    });

    it('takes a key, which reaches that agent and no file', async () => {
      await agents.newSession('Wants A Key');
      await agents.choice('Use ROOST_TEST_KEY').click();
      const question = 'Key for Wants A Key';
      await roost.page.locator('.quick-input-title', { hasText: question }).waitFor();
      await picture('12-key');
      await roost.answer(question, key);
      await roost.send('say with the key');
      await said(/^with the key$/).waitFor();
      await agents.newSession('goose');
      await roost.send('env ROOST_TEST_KEY');
      await said(/^ROOST_TEST_KEY=$/).waitFor();
      expect(filesWith(key)).toEqual([]);
    });
  });
});
