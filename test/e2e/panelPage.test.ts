// The conversation panel in a real browser: what a person does in it, what an agent cannot do to it, and how it keeps up.
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../launch/browser.ts';
import { PanelStage } from './support/panelStage.ts';

let browser: Browser;
let stage: PanelStage;

beforeAll(async () => {
  browser = await launchBrowser((line) => {
    console.log(line);
  });
});

afterAll(async () => {
  await browser.close();
});

beforeEach(async () => {
  stage = await PanelStage.set(browser);
  await stage.show();
});

afterEach(async () => {
  expect(stage.trouble).toEqual([]);
  await stage.dispose();
});

const composer = '.composer-input';
const options = [
  { optionId: 'once', name: 'Allow', kind: 'allow_once' },
  { optionId: 'always', name: 'Always allow', kind: 'allow_always' },
  { optionId: 'no', name: 'Reject', kind: 'reject_once' },
];

function ask(title: string): Promise<string | undefined> {
  return stage.agent.events.requestPermission(
    { agentSessionId: 'fake-1', toolCall: { toolCallId: title, title, kind: 'execute' }, options },
    new AbortController().signal,
  );
}

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
    await page.evaluate(async () => {
      const canvas = document.createElement('canvas');
      canvas.getContext('2d')?.fillRect(0, 0, 8, 8);
      const blob = await new Promise<Blob | null>((resolve) => {
        canvas.toBlob(resolve);
      });
      const data = new DataTransfer();
      data.items.add(new File([blob ?? ''], 'shot.png', { type: 'image/png' }));
      document.querySelector('.composer-input')?.dispatchEvent(
        // Chromium has no data of its own for a paste that a script makes.
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      );
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

describe('the transcript', () => {
  it('follows its end, stays where the reader is, and follows again', async () => {
    const { page } = stage;
    await stage.startTurn('go');
    const gap = (): Promise<number> =>
      page.evaluate(() => {
        const element = document.querySelector('.transcript');
        return element === null
          ? -1
          : element.scrollHeight - element.scrollTop - element.clientHeight;
      });
    for (let count = 0; count < 60; count += 1) stage.write(`Paragraph ${count}.\n\n`);
    await page.waitForSelector('text=Paragraph 59.');
    await expect.poll(gap).toBeLessThan(2);
    await page.evaluate(() => {
      const element = document.querySelector('.transcript');
      if (element !== null) element.scrollTop = 100;
    });
    for (let count = 60; count < 90; count += 1) stage.write(`Paragraph ${count}.\n\n`);
    await page.waitForSelector('text=Paragraph 89.', { state: 'attached' });
    expect(await page.evaluate(() => document.querySelector('.transcript')?.scrollTop)).toBe(100);
    await page.evaluate(() => {
      const element = document.querySelector('.transcript');
      if (element !== null) element.scrollTop = element.scrollHeight;
    });
    stage.write('The end.\n\n'.repeat(20));
    await expect.poll(gap).toBeLessThan(2);
  });

  it('shows thousands of entries with few nodes, and older ones without a jump', async () => {
    const { page } = stage;
    await stage.startTurn('go');
    for (let count = 0; count < 3000; count += 1) {
      const toolCallId = `c${count}`;
      const title = `Call number ${count}`;
      stage.say({ type: 'toolCall', patch: { toolCallId, title, status: 'completed' } });
    }
    await stage.hide();
    await stage.show();
    await page.waitForSelector('text=Call number 2999');
    await page.evaluate(async () => {
      const transcript = document.querySelector('.transcript');
      if (transcript !== null) transcript.scrollTop = 150;
      await new Promise(requestAnimationFrame);
    });
    const first = page.locator('.entry', { has: page.locator('text=/^Call number 29\\d\\d$/') });
    const seen = await first.evaluateAll((entries) =>
      entries
        .map((entry) => ({
          id: (entry as HTMLElement).dataset['entryId'],
          top: entry.getBoundingClientRect().top,
        }))
        .find(({ top }) => top >= 60),
    );
    await page.waitForFunction(() => (document.querySelector('.spacer')?.clientHeight ?? 0) > 1500);
    const after = await page.locator(`[data-entry-id="${seen?.id ?? ''}"]`).boundingBox();
    expect(Math.abs((after?.y ?? 0) - (seen?.top ?? -1000))).toBeLessThan(1);
    // The first call is found although its page is not loaded; everything up to it is fetched at once.
    await page.focus('.transcript');
    await page.keyboard.press('Control+f');
    await page.keyboard.type('call number 7');
    await page.waitForSelector('.find-count:has-text("111 of 111")');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.find-count:has-text("1 of 111")');
    const hit = page.locator('.entry', { has: page.locator('text=/^Call number 7$/') });
    await hit.waitFor();
    expect((await hit.boundingBox())?.y).toBeLessThan(200);
    expect(await page.locator('.entry').count()).toBeLessThan(200);
    expect(await page.evaluate(() => CSS.highlights.get('found-active')?.size)).toBe(1);
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => CSS.highlights.size)).toBe(0);
    // To the user's own message, which is the very first entry, and back to the end.
    await page.keyboard.press('Alt+PageUp');
    await page.waitForSelector('.entry.user');
    await page.click('.to-end');
    await page.waitForSelector('text=Call number 2999');
  });

  it('comes back to where the reader was, in a page that is not loaded yet', async () => {
    const { page } = stage;
    await stage.startTurn('go');
    for (let count = 0; count < 400; count += 1) {
      const toolCallId = `c${count}`;
      const title = `Call number ${count}`;
      stage.say({ type: 'toolCall', patch: { toolCallId, title, status: 'completed' } });
    }
    await page.waitForSelector('text=Call number 399');
    await page.evaluate(() => {
      const transcript = document.querySelector('.transcript');
      if (transcript !== null) transcript.scrollTop = 600;
    });
    await page.waitForFunction(() => (sessionStorage.getItem('state') ?? '').includes('offset'));
    const top = (): Promise<string | null | undefined> =>
      page.evaluate(() => {
        const { top, left } = document.querySelector('.transcript')?.getBoundingClientRect() ?? {};
        const at = document.elementFromPoint((left ?? 0) + 60, (top ?? 0) + 40);
        return at?.closest('.entry')?.textContent;
      });
    const before = await top();
    await stage.hide();
    await stage.show();
    await expect.poll(top).toBe(before);
  });

  it('opens links and files only through the host', async () => {
    const { page } = stage;
    await stage.startTurn('go');
    stage.write('See [docs](https://example.com/docs), src/a.ts and [code](src/a.ts#L3).\n\n');
    stage.say({
      type: 'toolCall',
      patch: {
        toolCallId: 'c',
        title: 'Read',
        kind: 'read',
        locations: [{ path: '/work/a.ts', line: 4 }],
      },
    });
    await page.click('a:has-text("docs")');
    await page.focus('a:has-text("code")');
    await page.keyboard.press('Enter');
    await page.click('.file:has-text("a.ts:5")');
    await expect
      .poll(() => stage.opened)
      .toEqual(['link https://example.com/docs', 'link src/a.ts#L3', 'file /work/a.ts 4']);
    expect(await page.locator('a[href]').count()).toBe(0);
  });

  it('shows terminals live, folds and unfolds, and shows edits by line', async () => {
    const { page } = stage;
    await stage.startTurn('go');
    stage.say({ type: 'terminal', terminalId: 't', command: 'npm test' });
    stage.say({
      type: 'toolCall',
      patch: {
        toolCallId: 'c',
        title: 'Test',
        kind: 'execute',
        status: 'in_progress',
        content: [{ type: 'terminal', terminalId: 't' }],
      },
    });
    stage.say({ type: 'terminalOutput', terminalId: 't', data: '\u001b[32mone\u001b[0m\n' });
    await page.waitForSelector('.terminal-output:has-text("one")');
    stage.say({ type: 'terminalOutput', terminalId: 't', data: 'two\n' });
    stage.say({ type: 'terminalExit', terminalId: 't', exitCode: 1, signal: null });
    await page.waitForSelector('.terminal-exit.failed:has-text("Exit code 1")');
    expect(await page.textContent('.terminal-output')).toBe('one\ntwo\n');
    await page.click('.disclosure-button:has-text("Test")');
    expect(await page.isVisible('.terminal-output')).toBe(false);
    stage.say({
      type: 'toolCall',
      patch: {
        toolCallId: 'd',
        title: 'Edit',
        kind: 'edit',
        status: 'completed',
        content: [{ type: 'diff', path: '/work/a.ts', oldText: 'a\nb\n', newText: 'a\nc\n' }],
      },
    });
    await page.waitForSelector('.diff-line');
    expect(await page.locator('.diff-line').allTextContents()).toEqual([' a', '−b', '+c']);
  });
});

describe('what can be done with what is shown', () => {
  it('code is coloured, copied and inserted; messages and the conversation are copied', async () => {
    const { page } = stage;
    await stage.startTurn('go');
    stage.write('Look:\n\n```ts\nconst a = 1;\n```\n');
    await page.waitForSelector('.code .hljs-keyword:has-text("const")');
    await page.click('.code .insert');
    await page.click('.code .copy');
    await page.hover('.entry.user');
    await page.click('.entry.user .entry-actions .copy');
    await page.click('.copyConversation');
    await expect
      .poll(() => stage.opened)
      .toEqual([
        'insert const a = 1;',
        'copy const a = 1;',
        'copy go',
        expect.stringContaining('# Find the failing test') as unknown,
      ]);
    expect(stage.opened.at(-1)).toContain('const a = 1;');
    expect(await page.getAttribute('.entry.user time', 'datetime')).toMatch(/^2026-/);
  });

  it('an edit opens in the editor’s own view, made or asked for', async () => {
    const { page } = stage;
    await stage.startTurn('go');
    const content = [
      { type: 'text' as const, text: 'first' },
      { type: 'diff' as const, path: '/work/a.ts', oldText: 'a', newText: 'b' },
    ];
    stage.say({
      type: 'toolCall',
      patch: { toolCallId: 'd', title: 'Edit', status: 'completed', content },
    });
    await page.click('.entry .open-diff');
    void stage.agent.events.requestPermission(
      {
        agentSessionId: 'fake-1',
        toolCall: {
          toolCallId: 'e',
          title: 'Edit b',
          content: [{ ...content[1], path: '/work/b.ts' }] as never,
        },
        options,
      },
      new AbortController().signal,
    );
    await page.click('.card .open-diff');
    await expect.poll(() => stage.opened).toEqual(['diff /work/a.ts', 'diff /work/b.ts']);
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

it('keeps up with 2,000 chunks a second and says how smoothly', async () => {
  const { page } = stage;
  await stage.startTurn('go');
  await page.evaluate(() => {
    const frames: number[] = [];
    let last = performance.now();
    const tick = (now: number): void => {
      frames.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    Object.assign(window, { frames_: frames });
  });
  const words = 'The quick `brown` fox jumps over the **lazy** dog, again and again. ';
  const seconds = 3;
  const began = performance.now();
  let sent = 0;
  while (performance.now() - began < seconds * 1000) {
    const due = Math.floor(((performance.now() - began) / 1000) * 2000);
    for (; sent < due; sent += 1)
      stage.write(sent % 40 === 39 ? '\n\n' : words.slice((sent % 8) * 8, (sent % 8) * 8 + 8));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  stage.write('\n\n# Done\n');
  await page.waitForSelector('h1:has-text("Done")');
  const frames = await page.evaluate(() => (window as unknown as { frames_: number[] }).frames_);
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (part: number): string =>
    (sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(0);
  console.log(
    `${sent} chunks in ${seconds} s: ${frames.length} frames, median ${at(0.5)} ms, 99th ${at(0.99)} ms, longest ${at(1)} ms, ${frames.filter((ms) => ms > 50).length} above 50 ms`,
  );
  const deltas = stage.said.filter(({ type }) => type === 'applied').length;
  expect(deltas).toBeLessThan(sent / 4);
});
