// What says how Roost is doing, as a person sees it: the status bar, a row's tooltip, idle notices, the doctor and the metrics.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RoostWindow } from './support/roostWindow.ts';
import { inWindow, scriptedAgents } from './support/windowSuite.ts';

const { scripted } = scriptedAgents['roost.agents'];
const [agent] = scripted.args;

let roost: RoostWindow;
let folder: string;
let storage: string;
/** An agent whose program a test puts there when it wants it to work. */
let late: string;

inWindow(
  'support',
  'newest',
  async (window) => {
    ({ roost, folder } = window);
    await roost.openSideBar();
  },
  (scratch) => {
    storage = join(scratch, 'storage');
    late = join(scratch, 'late.mjs');
    return {
      'roost.agents': {
        scripted,
        late: { name: 'Late', command: process.execPath, args: [late] },
        mute: { ...scripted, name: 'Mute', args: [...scripted.args, '--silent-at', 'initialize'] },
      },
      'roost.defaultAgent': 'scripted',
      'roost.idle.timeoutMinutes': 0,
      'roost.persistence.directory': storage,
      'roost.supervision.handshakeTimeoutSeconds': 5,
    };
  },
);

/** Settings of the folder, which count at once. */
function set(more: Readonly<Record<string, unknown>>): void {
  mkdirSync(join(folder, '.vscode'), { recursive: true });
  writeFileSync(join(folder, '.vscode', 'settings.json'), JSON.stringify(more));
}

describe('Roost says', () => {
  it('what happens, in charts, while it happens', async () => {
    await roost.command('Roost: Show Metrics');
    const page = roost.panel;
    await page.locator('svg.chart').first().waitFor();
    await roost.command('Roost: New Session');
    await roost.panel.locator('.composer-input').waitFor();
    await roost.send('stream 400 2000 10');
    await roost.row(/^Working\s*1$/).waitFor();
    await roost.row(/^Ready\s*1$/).waitFor();
    await roost.page.locator('.tab', { hasText: 'Roost Metrics' }).click();
    await page.locator('.wire').first().waitFor();
    await page.locator('.tile', { hasText: 'started' }).getByText('1', { exact: true }).waitFor();
    await roost.picture('support-1-metrics');
    await roost.closePanels();
  });

  it('what a session costs, on its row and in the status bar', async () => {
    const tip = await roost.tooltip(roost.row('Scripted'), 'Memory');
    await tip.getByText(/On disk: \d/).waitFor();
    await tip.getByText(/Processor: /).waitFor();
    await roost.picture('support-2-row');
    const item = roost.page.locator('.statusbar-item[id="roost.roost.roost.status"]');
    await roost.tooltip(item, /Agents now: \d+ MB in/);
    await roost.picture('support-3-status');
  });

  it('how it is, in a report that can be copied', async () => {
    await roost.command('Roost: Doctor');
    await roost.panel.getByText('Nothing is wrong.').waitFor();
    await roost.panel.getByRole('cell', { name: 'ready', exact: true }).waitFor();
    await roost.picture('support-4-doctor');
    await roost.closePanels();
  });

  it('that an idle session is about to be stopped, and afterwards why it rests', async () => {
    set({ 'roost.idle.timeoutMinutes': 0.3 });
    await roost.row(/stops in 1 min/).waitFor();
    const notice = await roost.notification('Idle, will be saved and stopped in');
    await notice.getByRole('button', { name: 'Keep' }).waitFor();
    await roost.picture('support-5-notice');
    await roost.row(/saved, stopped after 0\.3 min idle/).waitFor();
    await roost.picture('support-6-idle');
    set({ 'roost.idle.timeoutMinutes': 0 });
  });
});

/** Starts a session with an agent chosen by its name. */
async function startWith(name: string): Promise<void> {
  await roost.commandWith('Roost: New Session With…', name);
}

/** Clicks what a notification offers. */
async function choose(text: string, button: string): Promise<void> {
  const notice = await roost.notification(text);
  await notice.getByRole('button', { name: button }).click();
}

describe('what went wrong is mended by what is offered', () => {
  it('a session whose agent ended while it started: started again', async () => {
    await startWith('Late');
    const notice = await roost.notification('Late ended during');
    await roost.row(/^Failed\s*1$/).waitFor();
    await roost.picture('support-7-failed');
    writeFileSync(late, `import ${JSON.stringify(pathToFileURL(agent).href)};\n`);
    await notice.getByRole('button', { name: 'Restart' }).click();
    await roost.row(/^Ready\s*\d$/).waitFor();
    await roost.row(/^Failed/).waitFor({ state: 'detached' });
    await roost.closePanels();
  });

  it('a start that takes too long: the setting is shown, or the log', async () => {
    await startWith('Mute');
    await choose('Mute did not answer', 'Open Settings');
    await roost.page
      .locator('.settings-editor:visible')
      .getByText('Handshake Timeout Seconds', { exact: false })
      .first()
      .waitFor();
    await startWith('Mute');
    await choose('Mute did not answer', 'Show Log');
    await roost.page
      .locator('.part.panel', { hasText: 'Roost' })
      .locator('.monaco-editor')
      .waitFor();
    await roost.picture('support-8-log');
    await roost.closePanels();
  });

  it('what Roost: Doctor finds: a failed session and a damaged file', async () => {
    const damaged = join(storage, 'sessions', 'damaged-1.json');
    writeFileSync(damaged, '{"version": 1, "session_id": "dam');
    await roost.command('Roost: Doctor');
    await roost.panel.getByText('damaged').first().waitFor();
    await choose('Roost Doctor found 3 things', 'Repair…');
    const found = roost.page.locator('.quick-input-list .monaco-list-row');
    await found.filter({ hasText: 'Restart: ' }).first().waitFor();
    await roost.picture('support-9-repair');
    await found.filter({ hasText: 'Move to Trash: ' }).click();
    await roost.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
    await expect.poll(() => existsSync(damaged)).toBe(false);
    expect(readdirSync(join(storage, 'trash')).join()).toContain('damaged-1');
    await roost.closePanels();
  });
});
