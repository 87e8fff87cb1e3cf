// Text of an agent that tries to be more than text: it runs nothing, loads nothing, leads nowhere, and makes no button.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../launch/browser.ts';
import { hostileTexts } from './support/hostileTexts.ts';
import { PanelStage } from './support/panelStage.ts';

let browser: Browser;
let stage: PanelStage;

// One conversation for all of them: what one text does to the page would show with the next.
beforeAll(async () => {
  browser = await launchBrowser((line) => {
    console.log(line);
  });
  stage = await PanelStage.set(browser);
  await stage.show();
  await stage.startTurn('go');
});

afterAll(async () => {
  await stage.dispose();
  await browser.close();
});

const options = [
  { optionId: 'once', name: 'Allow', kind: 'allow_once' },
  { optionId: 'no', name: 'Reject', kind: 'reject_once' },
];
let count = 0;

describe('hostile text', () => {
  it.each(hostileTexts)('%s stays text', async (name, text) => {
    const { page } = stage;
    count += 1;
    stage.say({ type: 'text', role: 'user', text });
    stage.write(text);
    stage.say({ type: 'text', role: 'thought', text });
    stage.say({
      type: 'toolCall',
      patch: {
        toolCallId: `call ${count}`,
        title: text,
        kind: text,
        status: text,
        rawInput: { text },
        locations: [{ path: text }],
        content: [
          { type: 'text', text },
          { type: 'diff', path: text, oldText: text, newText: `${text}x` },
        ],
      },
    });
    stage.say({ type: 'plan', entries: [{ content: text, status: text }] });
    stage.say({ type: 'notice', code: text, text });
    stage.say({ type: 'commands', commands: [{ name: text, description: text, hint: text }] });
    const answer = stage.agent.events.requestPermission(
      {
        agentSessionId: 'fake-1',
        toolCall: { toolCallId: `asked ${count}`, title: text, kind: 'execute' },
        options: [...options, { optionId: text, name: text, kind: text }],
      },
      new AbortController().signal,
    );
    await page.waitForSelector('.card.permission');
    // In the page and at once: each click changes what the next locator would find.
    await page.evaluate(() => {
      for (const button of document.querySelectorAll<HTMLElement>(
        '.disclosure-button[aria-expanded=false]',
      )) {
        button.click();
      }
    });
    stage.say({ type: 'notice', code: 'end', text: `The end of ${name}` });
    await page.waitForSelector(`.notice:has-text("The end of ${name}")`);
    const made = await page.evaluate(() => ({
      bad: document.querySelectorAll(
        'script:not([nonce]),iframe,object,embed,svg,img,video,audio,form,style,base,meta[http-equiv=refresh],[href]:not(link),[src]:not(script),[style*=url],[onclick],[onerror],[onload],[srcdoc],[id=x]',
      ).length,
      // What an agent writes becomes none of the things that answer for the user.
      forged: document.querySelectorAll('.markdown .button, .markdown input, .plain-text *').length,
      allows: [...document.querySelectorAll('.card .button.primary')].length,
      frames: window.frames.length,
      address: location.href,
    }));
    // First what the next text would be taken for.
    const trouble = stage.trouble.splice(0);
    await page.click('.card.permission button:has-text("Reject")');
    expect(await answer).toBe('no');
    await page.waitForSelector('.card', { state: 'detached' });
    expect(made).toEqual({
      bad: 0,
      forged: 0,
      allows: 1,
      frames: 0,
      address: 'http://panel.test/',
    });
    expect(trouble).toEqual([]);
  });
});
