// Writing in the conversation panel, in a real browser: sending, completing, attaching, queueing, and what comes back when it goes wrong.
import { describe, expect, it } from 'vitest';
import type { PanelStage } from './support/panelStage.ts';
import { composer, eachInPanel } from './support/panelSuite.ts';
import { pastePicture } from './support/pastePicture.ts';

let stage: PanelStage;
eachInPanel((set) => {
  stage = set;
});

describe('the composer', () => {
  it('sends with Enter, breaks lines with Shift+Enter, and is empty afterwards', async () => {
    const { page } = stage;
    await page.click(composer);
    await page.keyboard.type('first');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('second');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.entry.user');
    expect(await page.textContent('.entry.user .plain-text')).toBe('first\nsecond');
    expect(await page.inputValue(composer)).toBe('');
    expect(stage.agent.prompts).toEqual([[{ type: 'text', text: 'first\nsecond' }]]);
  });

  it('completes slash commands by keyboard alone', async () => {
    const { page } = stage;
    stage.say({
      type: 'commands',
      commands: [
        { name: 'find', description: 'Search', hint: 'TEXT' },
        { name: 'files', description: 'List' },
        { name: 'help', description: 'Help' },
      ],
    });
    await page.click(composer);
    await page.keyboard.type('/f');
    await page.waitForSelector('.completion >> nth=1');
    expect(await page.getAttribute(composer, 'aria-activedescendant')).toBe('completion-0');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Tab');
    expect(await page.inputValue(composer)).toBe('/find ');
    expect(await page.textContent('.composer-hint')).toContain('TEXT');
    await page.keyboard.type('needle');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => stage.agent.prompts.at(-1))
      .toEqual([{ type: 'text', text: '/find needle' }]);
  });

  it('walks the history from an empty input', async () => {
    const { page } = stage;
    await stage.startTurn('one');
    stage.endTurn();
    await page.waitForSelector('.stop[hidden]', { state: 'attached' });
    await page.click(composer);
    await page.keyboard.press('ArrowUp');
    expect(await page.inputValue(composer)).toBe('one');
    await page.keyboard.press('ArrowDown');
    expect(await page.inputValue(composer)).toBe('');
  });

  it('walks on to prompts of pages that are not loaded yet', async () => {
    const { page } = stage;
    await stage.startTurn('long ago');
    for (let count = 0; count < 450; count += 1) {
      const patch = { toolCallId: `c${count}`, title: `Call number ${count}` };
      stage.say({ type: 'toolCall', patch: { ...patch, status: 'completed' } });
    }
    stage.endTurn();
    await page.waitForSelector('.stop[hidden]', { state: 'attached' });
    await stage.hide();
    await stage.show();
    await page.waitForSelector('text=Call number 449');
    await page.click(composer);
    await page.keyboard.press('ArrowUp');
    await page.waitForFunction(
      () => document.querySelector<HTMLTextAreaElement>('.composer-input')?.value === 'long ago',
    );
  });

  it('attaches by name with the keyboard, and sends what the agent can read', async () => {
    const { page } = stage;
    await page.click(composer);
    await page.keyboard.type('Look at @ma');
    await page.waitForSelector('.completion:has-text("src/main.ts")');
    expect(await page.locator('.completion').count()).toBe(1);
    await page.keyboard.press('Tab');
    await page.waitForSelector('.attached .chip:has-text("main.ts")');
    expect(await page.inputValue(composer)).toBe('Look at @main.ts ');
    await page.click('.attach');
    await page.waitForSelector('.completion:has-text("Selection")');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.attached .chip >> nth=1');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.entry.user .chip >> nth=1');
    expect(await page.textContent('.entry.user .plain-text')).toBe('Look at @main.ts @Selection ');
    // This agent has not offered to take embedded text: it is told the text as text.
    expect(stage.agent.prompts.at(-1)).toEqual([
      { type: 'text', text: 'Look at @main.ts @Selection ' },
      { type: 'resource_link', uri: 'file:///work/src/main.ts', name: 'main.ts' },
      {
        type: 'text',
        text: 'file:///work/src/list.ts#L3-L5\n```\nthree\nlines\nof text\n```',
      },
    ]);
    expect(await page.locator('.attached .chip').count()).toBe(0);
  });

  it('takes pictures and files that are dropped, and lets them go again', async () => {
    const { page } = stage;
    await pastePicture(page.locator(composer));
    await page.evaluate(() => {
      const files = new DataTransfer();
      files.setData('text/uri-list', 'file:///work/src/list.ts\r\nhttps://evil.test/x');
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true }));
    });
    // The agent of this stage says that it takes no images.
    await page.waitForSelector('.composer-note:has-text("does not take images")');
    await page.waitForSelector('.attached .chip:has-text("list.ts")');
    expect(await page.locator('.attached .chip').count()).toBe(1);
    await page.press(composer, 'Backspace');
    await page.waitForSelector('.attached', { state: 'hidden' });
  });

  it('queues what is sent while a turn runs; it can be edited, moved and taken back', async () => {
    const { page } = stage;
    await stage.startTurn('first');
    for (const text of ['second', 'third', 'fourth']) {
      await page.fill(composer, text);
      await page.press(composer, 'Enter');
      await page.waitForSelector(`.queued:has-text("${text}")`);
    }
    await page.click('.queued:has-text("fourth") .sendSooner');
    await expect
      .poll(() => page.locator('.queued-text').allTextContents())
      .toEqual(['second', 'fourth', 'third']);
    await page.keyboard.press('Alt+ArrowUp');
    await expect
      .poll(() => page.locator('.queued-text').allTextContents())
      .toEqual(['fourth', 'second', 'third']);
    await page.click('.queued:has-text("second") .removeQueued');
    await page.click('.queued:has-text("fourth") .editQueued');
    await page.waitForFunction(
      () => document.querySelector<HTMLTextAreaElement>('.composer-input')?.value === 'fourth',
    );
    stage.endTurn();
    await expect
      .poll(() => stage.agent.prompts.map(([block]) => block?.['text']))
      .toEqual(['first', 'third']);
  });

  it('leaves the focus in the queue when a prompt is taken out or can move no further, and with the last one beside it', async () => {
    const { page } = stage;
    await stage.startTurn('first');
    for (const text of ['second', 'third']) {
      await page.fill(composer, text);
      await page.press(composer, 'Enter');
      await page.waitForSelector(`.queued:has-text("${text}")`);
    }
    const focused = (): Promise<string> =>
      page.evaluate(() => {
        const { activeElement } = document;
        const row = activeElement?.closest('.queued')?.querySelector('.queued-text');
        return `${activeElement?.classList.item(1) ?? activeElement?.className ?? ''} ${row?.textContent ?? ''}`;
      });
    await page.focus('.queued:has-text("third") .sendSooner');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('sendLater third');
    await page.focus('.queued:has-text("third") .removeQueued');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('removeQueued second');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.queued', { state: 'detached' });
    await expect.poll(focused).toBe('composer-input ');
  });

  it('shows again what is set when what was chosen could not be', async () => {
    const { page } = stage;
    const options = [
      { value: 'large', name: 'Large' },
      { value: 'small', name: 'Small' },
    ];
    const model = { type: 'select', id: 'model', name: 'Model', currentValue: 'large', options };
    stage.say({ type: 'configOptions', configOptions: [model] });
    stage.domain.manager.setConfigOption = () => Promise.reject(new Error('not today'));
    // Also while a turn runs.
    await stage.startTurn('go');
    await page.selectOption('.picker-select', 'small');
    await page.waitForSelector('.banner-error:has-text("not today")');
    await expect.poll(() => page.inputValue('.picker-select')).toBe('large');
  });

  it('brings a draft back when its panel was closed', async () => {
    const { page } = stage;
    await page.fill(composer, 'half a thought');
    await expect.poll(() => stage.drafts.get(stage.sessionId)?.text).toBe('half a thought');
    await stage.hide();
    // A new panel has no memory of its own.
    await page.goto('http://panel.test/panel-style.css');
    await page.evaluate(() => {
      sessionStorage.clear();
    });
    await stage.show();
    expect(await page.inputValue(composer)).toBe('half a thought');
  });

  it('does not bring back what has been sent since the editor noted the page', async () => {
    const { page } = stage;
    await page.fill(composer, 'said already');
    await page.waitForFunction(() => (sessionStorage.getItem('state') ?? '').includes('already'));
    const noted = await page.evaluate(() => sessionStorage.getItem('state') ?? '');
    await page.press(composer, 'Enter');
    await page.waitForSelector('.entry.user:has-text("said already")');
    await stage.hide();
    await page.goto('http://panel.test/panel-style.css');
    await page.evaluate((state) => {
      sessionStorage.setItem('state', state);
    }, noted);
    await stage.show();
    await page.waitForSelector('.entry.user:has-text("said already")');
    expect(await page.inputValue(composer)).toBe('');
  });

  it('brings back what was sent once and then written again', async () => {
    const { page } = stage;
    await page.fill(composer, 'once more');
    await page.press(composer, 'Enter');
    await page.waitForSelector('.entry.user:has-text("once more")');
    await page.fill(composer, 'once more');
    await expect.poll(() => stage.drafts.get(stage.sessionId)?.text).toBe('once more');
    await stage.hide();
    await stage.show();
    expect(await page.inputValue(composer)).toBe('once more');
  });

  it('gets the cursor when the page has the focus, and takes it from nobody else in the window', async () => {
    const { page } = stage;
    const focused = (): Promise<string> =>
      page.evaluate(() => document.activeElement?.className ?? '');
    await page.evaluate(() => {
      document.hasFocus = () => false;
    });
    const asked = stage.applied;
    stage.focus();
    await expect.poll(() => stage.applied).toBeGreaterThan(asked);
    expect(await focused()).not.toBe('composer-input');
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    expect(await focused()).toBe('composer-input');
  });

  it('stops the turn', async () => {
    await stage.startTurn('go');
    await stage.page.click('.stop');
    await expect.poll(() => stage.agent.calls).toContain('session/cancel');
  });

  it('keeps its draft and the reader’s place when the editor throws the page away', async () => {
    const { page } = stage;
    await stage.startTurn('go');
    stage.write('A long paragraph.\n\n'.repeat(200));
    await page.fill(composer, 'half a thought');
    await page.waitForFunction(() => (document.querySelector('.transcript')?.scrollTop ?? 0) > 500);
    const readable = await page.evaluate(() => {
      const transcript = document.querySelector('.transcript');
      if (transcript === null) return 0;
      transcript.scrollTop = 400;
      return transcript.scrollTop;
    });
    await page.waitForFunction(() => (sessionStorage.getItem('state') ?? '').includes('offset'));
    await stage.hide();
    await stage.show();
    expect(await page.inputValue(composer)).toBe('half a thought');
    await page.waitForFunction((top) => {
      return Math.abs((document.querySelector('.transcript')?.scrollTop ?? 0) - top) < 40;
    }, readable);
  });
});

describe('what goes wrong', () => {
  it('is said with what helps, and the prompt comes back', async () => {
    const { page } = stage;
    stage.domain.manager.prompt = () => Promise.reject(new Error('<b>disk</b> gone'));
    await page.fill(composer, 'precious');
    await page.press(composer, 'Enter');
    await page.waitForSelector('.banner-error');
    expect(await page.textContent('.banner-text')).toContain('<b>disk</b> gone');
    await page.click('button:has-text("Put Message Back")');
    expect(await page.inputValue(composer)).toBe('precious');
    await page.waitForSelector('.banner', { state: 'detached' });
  });

  it('has a banner for an agent that died, with a restart', async () => {
    const { page } = stage;
    stage.domain.agents.script.answers = {};
    stage.agent.exit({ exitCode: 3 });
    await page.waitForSelector('.status-crashed');
    expect(await page.locator('.banner').count()).toBe(1);
  });
});
