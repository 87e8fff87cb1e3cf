// What an agent asks, in a real browser: permissions and questions, answered by mouse, by keys, and elsewhere.
import { describe, expect, it } from 'vitest';
import type { PanelStage } from './support/panelStage.ts';
import { composer, eachInPanel, options } from './support/panelSuite.ts';

let stage: PanelStage;
eachInPanel((set) => {
  stage = set;
});

function ask(title: string): Promise<string | undefined> {
  return stage.agent.events.requestPermission(
    { agentSessionId: 'fake-1', toolCall: { toolCallId: title, title, kind: 'execute' }, options },
    new AbortController().signal,
  );
}

describe('a request for permission', () => {
  it('is answered by its buttons, and gone at once', async () => {
    const { page } = stage;
    await stage.startTurn('go');
    const answer = ask('rm -rf build');
    await page.waitForSelector('.card.permission');
    expect(await page.textContent('.card-title-text')).toBe('rm -rf build');
    await page.click('.card.permission button:has-text("Always allow")');
    expect(await answer).toBe('always');
    await page.waitForSelector('.card', { state: 'detached' });
  });

  it('is answered by keys, unless somebody is writing', async () => {
    const { page } = stage;
    await stage.startTurn('go');
    const first = ask('one');
    await page.waitForSelector('.card.permission');
    await page.click(composer);
    await page.keyboard.type('1');
    expect(await page.inputValue(composer)).toBe('1');
    await page.focus('.transcript');
    await page.keyboard.press('Enter');
    await page.keyboard.press('2');
    expect(await first).toBe('always');
    const second = ask('two');
    await page.waitForSelector('.card-title-text:has-text("two")');
    await page.keyboard.press('Escape');
    expect(await second).toBe('no');
  });

  it('is led to from the message box, the oldest one first', async () => {
    const { page } = stage;
    await stage.startTurn('go');
    const first = ask('one');
    const second = ask('two');
    await page.waitForSelector('.card-title-text:has-text("two")');
    expect(await page.textContent('.card-hint')).toMatch(/^(Ctrl\+Shift\+A|⇧⌘A) leads here/);
    await page.fill(composer, 'half a thought');
    stage.focus('request');
    await page.waitForFunction(() => document.activeElement?.closest('.card') !== null);
    const focused = page.locator('.card:has(:focus)');
    expect(await focused.locator('.card-title-text').textContent()).toBe('one');
    expect(await focused.locator(':focus').textContent()).toContain('Allow');
    await page.keyboard.press('Enter');
    expect(await first).toBe('once');
    await page.waitForSelector('.card >> nth=1', { state: 'detached' });
    // What follows is written, not decided.
    await page.keyboard.type('2');
    expect(await page.inputValue(composer)).toBe('half a thought2');
    stage.focus('request');
    await page.waitForFunction(() => document.activeElement?.closest('.card') !== null);
    await page.keyboard.press('3');
    expect(await second).toBe('no');
    await page.waitForSelector('.card', { state: 'detached' });
    await page.focus('.transcript');
    // With nothing to answer, the message box is where the cursor goes.
    stage.focus('request');
    await page.waitForFunction(() => document.activeElement?.className === 'composer-input');
  });

  it('that is answered elsewhere disappears, and the cursor goes to the composer', async () => {
    const { page } = stage;
    await stage.startTurn('go');
    const answer = ask('one');
    await page.waitForSelector('.card.permission');
    await page.focus('.card.permission button');
    const requestId = stage.domain.manager.details(stage.sessionId).pending[0]?.requestId ?? '';
    await stage.domain.manager.respondToPermission(stage.sessionId, requestId, 'once');
    expect(await answer).toBe('once');
    await page.waitForSelector('.card', { state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('composer-input');
  });
});

describe('a question', () => {
  it('is a form that says what is missing and sends typed values', async () => {
    const { page } = stage;
    await stage.startTurn('go');
    const answer = stage.agent.events.elicit(
      {
        agentSessionId: 'fake-1',
        mode: 'form',
        message: 'Release?',
        requestedSchema: {
          type: 'object',
          required: ['name'],
          properties: {
            name: { type: 'string', title: 'Name' },
            level: { type: 'string', enum: ['minor', 'major'] },
            count: { type: 'integer', title: 'Copies' },
            sure: { type: 'boolean', title: 'Sure' },
          },
        },
      },
      new AbortController().signal,
    );
    await page.waitForSelector('.card.question');
    await page.click('.card.question .primary');
    expect(await page.textContent('.field-error:not(:empty)')).toBe('Fill this in.');
    await page.fill('.card input >> nth=0', 'v2');
    await page.selectOption('.card select', 'major');
    await page.fill('.card input >> nth=1', '3');
    await page.check('.card input[type=checkbox]');
    await page.click('.card.question .primary');
    expect(await answer).toEqual({
      action: 'accept',
      content: { name: 'v2', level: 'major', count: 3, sure: true },
    });
  });

  it('is a page to visit, with its whole address', async () => {
    const { page } = stage;
    await stage.startTurn('go');
    const url = 'https://example.com/sign-in?long=address';
    const answer = stage.agent.events.elicit(
      { agentSessionId: 'fake-1', mode: 'url', message: 'Sign in', url },
      new AbortController().signal,
    );
    await page.waitForSelector('.card-url');
    expect(await page.textContent('.card-url')).toBe(url);
    await page.click('.card .primary');
    expect(await answer).toEqual({ action: 'accept' });
    expect(stage.opened).toEqual([`link ${url}`]);
  });
});
