// Reading in the conversation panel, in a real browser: places that hold, long transcripts, what is found, folded and copied, and how it keeps up.
import { describe, expect, it } from 'vitest';
import type { PanelStage } from './support/panelStage.ts';
import { eachInPanel, options } from './support/panelSuite.ts';

let stage: PanelStage;
eachInPanel((set) => {
  stage = set;
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

  it('goes to what was searched for elsewhere: far up, folded, deep in a long entry, in a closed panel', async () => {
    const { page } = stage;
    await stage.startTurn('go');
    const lines = Array.from({ length: 200 }, (_, at) => (at === 150 ? 'a needle' : `hay ${at}`));
    for (let count = 0; count < 400; count += 1) {
      const content = count === 7 ? [{ type: 'text' as const, text: lines.join('\n') }] : [];
      const patch = { toolCallId: `c${count}`, title: `Call number ${count}`, content };
      stage.say({ type: 'toolCall', patch: { ...patch, status: 'completed' } });
    }
    const entries = await stage.domain.manager.transcript(stage.sessionId);
    const call = (count: number): string => entries[count + 1]?.id ?? '';
    /** Where the marked text stands in the window; `undefined` when there is none. */
    const marked = (): Promise<number | undefined> =>
      page.evaluate(() => {
        const [range] = CSS.highlights.get('found-active') ?? [];
        return range instanceof Range ? range.getBoundingClientRect().top : undefined;
      });
    await stage.hide();
    stage.reveal(call(7), 'Needle');
    await stage.show();
    await page.waitForSelector('.find-count:has-text("1 of 1")');
    await expect.poll(marked).toBeGreaterThan(100);
    expect(await marked()).toBeLessThan(600);
    await page.locator(`.found-entry[data-entry-id="${call(7)}"]`).waitFor();
    expect(await page.evaluate(() => document.activeElement?.className)).toContain('find-input');
    stage.reveal(call(350), 'call number 3');
    await page.waitForSelector('.find-count:has-text("62 of 111")');
    const hit = page.locator(`.found-entry[data-entry-id="${call(350)}"]`);
    await hit.waitFor();
    expect((await hit.boundingBox())?.y).toBeLessThan(200);
    await page.keyboard.press('Escape');
    expect(await page.locator('.found-entry').count()).toBe(0);
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

  it('goes from message to message of the user, by keys and by buttons', async () => {
    const { page } = stage;
    for (const text of ['first', 'second', 'third']) {
      await stage.startTurn(text);
      stage.write(`About ${text}.\n\n`.repeat(60));
      stage.endTurn();
      await page.waitForSelector('.stop[hidden]', { state: 'attached' });
    }
    /** The message of the user at the top of the view; `undefined` at the end, and between messages. */
    const atTop = (): Promise<string | undefined> =>
      page.evaluate(() => {
        if (document.querySelector('.to-end')?.checkVisibility() !== true) return undefined;
        const view = document.querySelector('.transcript')?.getBoundingClientRect().top ?? 0;
        // Of the one before a sliver may be left.
        const entry = [...document.querySelectorAll('.entry')].find(
          (one) => one.getBoundingClientRect().bottom > view + 8,
        );
        return entry?.querySelector('.bubble .plain-text')?.textContent;
      });
    await page.focus('.transcript');
    for (const text of ['third', 'second', 'first']) {
      await page.keyboard.press('Alt+PageUp');
      await expect.poll(atTop).toBe(text);
    }
    for (const text of ['second', 'third']) {
      await page.keyboard.press('Alt+PageDown');
      await expect.poll(atTop).toBe(text);
    }
    await page.click('.previousTurn');
    await expect.poll(atTop).toBe('second');
    await page.click('.nextTurn');
    await expect.poll(atTop).toBe('third');
    // After the last of them comes the end.
    await page.click('.nextTurn');
    await page.waitForSelector('.to-end', { state: 'hidden' });
  });

  it('goes to a message of the user of long ago, whose page is not loaded yet', async () => {
    const { page } = stage;
    await stage.startTurn('long ago');
    for (let count = 0; count < 650; count += 1) {
      const patch = { toolCallId: `c${count}`, title: `Call number ${count}` };
      stage.say({ type: 'toolCall', patch: { ...patch, status: 'completed' } });
    }
    await page.waitForSelector('text=Call number 649');
    await stage.hide();
    await stage.show();
    await page.waitForSelector('text=Call number 649');
    await page.focus('.transcript');
    await page.keyboard.press('Alt+PageUp');
    await page.waitForSelector('.entry.user:has-text("long ago")');
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
