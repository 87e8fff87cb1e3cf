// Agents that go wrong, in a window: each says on its row or in a notice what it is, and has a way out that is taken here.
import { describe, expect, it } from 'vitest';
import { hostNames, hostsToTest } from '../launch/hosts.ts';
import {
  inAgentsWindow,
  layAgent,
  offered,
  scripted,
  type AgentsWindow,
} from './support/agentsWindow.ts';
import type { RoostWindow } from './support/roostWindow.ts';

describe.each(hostsToTest(hostNames))('on the %s host an agent that', (hostName) => {
  let agents: AgentsWindow;
  let roost: RoostWindow;

  inAgentsWindow(
    hostName,
    {
      settings: () => ({
        forever: scripted('Asks For Ever', '--needs-auth', '--auth-forever'),
        bare: scripted('Bare', '--caps', 'none', '--flood-stderr', '3000000'),
        loud: scripted('Loud', '--flood-stderr', '3000000', '--crash-at', 'initialize'),
      }),
      registry: [
        offered('half', 'Half', '1.0.0'),
        offered('gone', 'Gone', '9.9.9'),
        offered('future', 'Future', '1.1.0'),
      ],
      programs: [],
    },
    (installed) => {
      layAgent(installed, { id: 'half', name: 'Half', version: '1.0.0', half: true });
      const flags = ['--protocol', '2'];
      layAgent(installed, { id: 'future', name: 'Future', version: '1.0.0', flags });
    },
    (window) => {
      agents = window;
      ({ roost } = window);
    },
  );

  async function picture(name: string): Promise<void> {
    await roost.picture(`${hostName}-bad-${name}`);
  }

  it('is half installed says so, and is repaired by choosing it', async () => {
    await agents.newSession('Half', /not installed to its end; choose it to repair it/);
    await roost.row('Half').waitFor();
    await roost.send('say whole now');
    await agents.said('whole now').last().waitFor();
  });

  it('cannot be installed says why, and leads back to the list, where it still is', async () => {
    await agents.newSession('Gone');
    const notice = await roost.notification(
      /Gone could not be installed: npm ended with exit code/,
    );
    await picture('1-not-installed');
    await notice.getByRole('button', { name: 'Choose Agent' }).click();
    await agents.row('Workspace').waitFor();
    await roost.page.locator('.quick-input-widget input[type="text"]').fill('Gone');
    await agents.row('Gone', /^9\.9\.9/).waitFor();
    await agents.leaveList();
  });

  it('speaks a newer protocol says both versions, and leads to where it is updated', async () => {
    await agents.newSession('Future');
    const words = /Future speaks version 2 of the protocol, Roost speaks version 1\./;
    await roost.row('Failed').waitFor();
    const notice = await roost.notification(words);
    await picture('2-protocol');
    await notice.getByRole('button', { name: 'Choose Agent' }).click();
    await agents.row('Workspace').waitFor();
    await roost.page.locator('.quick-input-widget input[type="text"]').fill('Future');
    await agents.row('Future').hover();
    await agents.row('Future').getByLabel('Update to 1.1.0').click();
    await agents.row('Future', /^1\.1\.0$/).waitFor();
    await agents.row('Future').click();
    await roost.send('say of today');
    await agents.said('of today').last().waitFor();
  });

  it('asks for a sign-in for ever is asked once for each time that its user tries', async () => {
    await agents.newSession('Asks For Ever');
    await agents.choice('Just says yes').click();
    const notice = await roost.notification(
      /Asks For Ever accepted the sign-in and still asks for one\. Try another way/,
    );
    await picture('3-for-ever');
    // Nothing asks by itself any more; the way out is the user's, by the notice or the row.
    expect(await roost.page.locator('.quick-input-list:visible').count()).toBe(0);
    await notice.getByRole('button', { name: 'Sign In' }).click();
    await agents.choice('Log in in a terminal').waitFor();
    await agents.leaveList();
    await roost.row('Asks For Ever').waitFor();
  });

  it('offers nothing optional and floods its standard error works all the same, which is said once', async () => {
    await agents.newSession('Bare');
    const notices = roost.panel.locator('.entry.notice', {
      hasText: 'Bare writes very much to its standard error',
    });
    await notices.waitFor();
    await roost.send('say plainly');
    await agents.said('plainly').last().waitFor();
    await roost.send('flood-stderr 3000000');
    await roost.send('say once more');
    await agents.said('once more').last().waitFor();
    expect(await notices.count()).toBe(1);
    await picture('4-bare');
    await notices.getByRole('button', { name: 'Show Log' }).click();
    await roost.page
      .locator('.view-line')
      .filter({ hasText: /^e{50}/ })
      .first()
      .waitFor();
    await picture('4b-bare-log');
    await notices.getByRole('button', { name: 'Restart' }).click();
    // It floods again: another run, another notice.
    await notices.nth(1).waitFor();
    await roost.send('say afterwards');
    await agents.said('afterwards').last().waitFor();
  });

  it('fails a turn with the code of a missing sign-in and offers none is told by its own words', async () => {
    await roost.send('fail -32000 Out of tokens');
    const banner = roost.panel.locator('.banner');
    await banner.getByText('Bare answered session/prompt with: Out of tokens').waitFor();
    await banner.getByText(/offers no way to sign in/).waitFor();
    expect(await banner.getByRole('button', { name: 'Sign In' }).count()).toBe(0);
    await roost.row('Ready').first().waitFor();
    await picture('4c-turn-failed');
  });

  it('floods its standard error and dies is told by its last words alone, and can be started again', async () => {
    await agents.newSession('Loud');
    const notice = await roost.notification(/Loud ended during initialize with exit code 3/);
    await picture('5-loud');
    expect((await notice.innerText()).length).toBeLessThan(1000);
    await notice.getByRole('button', { name: 'Restart' }).waitFor();
    await roost.row('Failed').waitFor();
  });
});
