// Sessions that go from one window to another: started again by themselves after their window died, and handed over between two that are open.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { panelWords } from '../../src/chatProtocol/words.ts';
import { hostsToTest } from '../launch/hosts.ts';
import { signal } from '../launch/processes.ts';
import { openWorkbench } from '../launch/workbench.ts';
import { RoostWindow } from './support/roostWindow.ts';
import { agentsBelow, inWindow, scriptedAgents, type SuiteWindow } from './support/windowSuite.ts';

const { scripted } = scriptedAgents['roost.agents'];

let suite: SuiteWindow;
let roost: RoostWindow;
let log: string;

inWindow(
  'passed-on',
  hostsToTest()[0] ?? 'newest',
  async (window) => {
    suite = window;
    ({ roost } = window);
    await roost.openSideBar();
  },
  (scratch) => {
    log = join(scratch, 'agent.log');
    // Slow enough that more than are wanted would be seen to start at the same time.
    const slow = ['--delay-at', 'initialize:200', '--store', join(scratch, 'agent'), '--log', log];
    return {
      'roost.agents': { scripted: { ...scripted, args: [...scripted.args, ...slow] } },
      'roost.defaultAgent': 'scripted',
      'roost.restore.policy': 'eager',
    };
  },
);

/** What all agents have logged, in order: `started`, or the method of what they received. */
function logged(): readonly string[] {
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly started?: number; readonly method?: string })
    .map(({ started, method }) => (started === undefined ? (method ?? 'answer') : 'started'));
}

/** How many agents were being started at the same time, at most. */
function startedAtOnce(events: readonly string[]): number {
  let starting = 0;
  let most = 0;
  for (const event of events) {
    if (event === 'started') starting += 1;
    if (event === 'session/resume' || event === 'session/load') starting -= 1;
    most = Math.max(most, starting);
  }
  return most;
}

/** A new session in which something was said. */
async function talk(prompt: string): Promise<void> {
  await roost.command('Roost: New Session');
  await roost.panel.locator('.composer-input').waitFor();
  await roost.send(prompt);
  await roost.row(new RegExp(`^${prompt}`)).waitFor();
}

/** Something in the conversation of the panel in front, said by anybody. */
function said(window: RoostWindow, text: string): Promise<void> {
  return window.panel.getByRole('log').getByText(text, { exact: true }).first().waitFor();
}

describe('sessions that ran when their window died', () => {
  it('start again where that is wanted, two at a time, and are sent nothing again', async () => {
    for (const word of ['rest', 'one', 'two', 'three']) {
      await talk(`say ${word}`);
      await said(roost, word);
    }
    await roost.act(roost.row(/^say rest/), 'Stop Session');
    await roost.row(/^Dormant\s*1$/).waitFor();
    await roost.send('hang');
    await roost.row(/^Working\s*1$/).waitFor();
    expect(agentsBelow(suite.server)).toBe(3);
    const before = logged().length;
    for (const { pid } of suite.server.extensionHosts()) signal(pid, 'SIGKILL');
    await roost.page.reload();
    await roost.row(/^Ready\s*3$/).waitFor();
    await roost.row(/^Dormant\s*1$/).waitFor();
    const after = logged().slice(before);
    expect(after.filter((event) => event === 'started')).toHaveLength(3);
    expect(startedAtOnce(after)).toBe(2);
    expect(after).not.toContain('session/prompt');
    expect(agentsBelow(suite.server)).toBe(3);
    // Which panels are open again depends on how much of that the page had noted by then.
    await roost.row(/^say three/).click();
    await roost.panel.getByText('This turn was cut short').waitFor();
    await roost.picture('passed-on-1-started-again');
    await roost.send('say awake');
    await said(roost, 'awake');
  });
});

describe('a session in two windows', () => {
  it('runs in one, is read in the other, and is taken over when the first lets go of it', async () => {
    const { browser, server, folder } = suite;
    const second = await openWorkbench(browser, server, folder);
    const other = new RoostWindow(second.page);
    const ownedElsewhere = (window: RoostWindow) =>
      window.panel.locator('.banner', { hasText: panelWords.composerOwnedElsewhere });
    try {
      await other.openSideBar();
      await other.row(/^say three.*read only/).click();
      await said(other, 'awake');
      await ownedElsewhere(other).waitFor();
      expect(await other.panel.locator('.composer-input').isDisabled()).toBe(true);
      // It is the same one for both, and nobody has started it twice.
      expect(agentsBelow(server)).toBe(3);
      await other.picture('passed-on-2-read-only');
      await roost.act(roost.row(/^say three/), 'Stop Session');
      await ownedElsewhere(other).waitFor({ state: 'detached' });
      await other.send('say taken over');
      await said(other, 'taken over');
      await other.picture('passed-on-3-taken-over');
      // The first window has not heard of that until it wants the session itself.
      await roost.send('say too early');
      await ownedElsewhere(roost).waitFor();
      await roost.picture('passed-on-4-the-first');
      expect(agentsBelow(server)).toBe(3);
    } finally {
      await other.picture('passed-on-4-the-second');
      // As when a person closes it: its extension host ends in order.
      await second.page.goto('about:blank');
    }
    await ownedElsewhere(roost).waitFor({ state: 'detached' });
    await said(roost, 'taken over');
    await roost.send('say back again');
    await said(roost, 'back again');
    await roost.picture('passed-on-5-back');
    await second.close();
  });
});
