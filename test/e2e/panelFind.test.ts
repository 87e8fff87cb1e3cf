// Finding in the conversation panel, in a real browser: from match to match, in what is folded, cut short, or partly bold.
import { expect, it } from 'vitest';
import type { PanelStage } from './support/panelStage.ts';
import { eachInPanel } from './support/panelSuite.ts';

let stage: PanelStage;
eachInPanel((set) => {
  stage = set;
});

async function find(query: string): Promise<void> {
  await stage.page.focus('.transcript');
  await stage.page.keyboard.press('Control+f');
  await stage.page.keyboard.type(query);
}

/** The marked match, where it stands in the window, and what precedes it. */
function marked(): Promise<{ text: string; before: string; top: number } | undefined> {
  return stage.page.evaluate(() => {
    const [range] = CSS.highlights.get('found-active') ?? [];
    if (!(range instanceof Range)) return undefined;
    const before = range.startContainer.textContent?.slice(0, range.startOffset) ?? '';
    return { text: range.toString(), before, top: range.getBoundingClientRect().top };
  });
}

it('goes from match to match within a long answer, then to the next entry, and back', async () => {
  const { page } = stage;
  await stage.startTurn('go');
  const long = Array.from({ length: 120 }, (_, line) =>
    line % 50 === 10 ? `Line ${line} has a needle.` : `Line ${line} has none.`,
  );
  stage.write(`${long.join('\n\n')}\n\n`);
  stage.say({ type: 'plan', entries: [{ content: 'Look for the needle', status: 'pending' }] });
  await page.waitForSelector('.plan');
  await find('needle');
  await page.waitForSelector('.find-count:has-text("2 of 2")');
  const before = async (): Promise<string | undefined> => (await marked())?.before;
  await expect.poll(before).toBe('Look for the ');
  for (const line of [110, 60, 10]) {
    await page.keyboard.press('Shift+Enter');
    await expect.poll(before).toBe(`Line ${line} has a `);
    await page.waitForSelector('.find-count:has-text("1 of 2")');
    const top = (await marked())?.top ?? 0;
    expect(top).toBeGreaterThan(40);
    expect(top).toBeLessThan(800);
  }
  for (const line of [60, 110]) {
    await page.keyboard.press('Enter');
    await expect.poll(before).toBe(`Line ${line} has a `);
  }
  await page.keyboard.press('Enter');
  await expect.poll(before).toBe('Look for the ');
  await page.waitForSelector('.find-count:has-text("2 of 2")');
});

it('finds what is partly bold, code or a link, as it is read', async () => {
  const { page } = stage;
  await stage.startTurn('go');
  stage.write('Now the **lazy** `dog` of [the docs](https://example.com/x) sleeps.\n\nthe lazy\n');
  await page.waitForSelector('.markdown strong');
  await find('THE lazy dog of the docs sleeps');
  await page.waitForSelector('.find-count:has-text("1 of 1")');
  await expect.poll(async () => (await marked())?.text).toBe('the lazy dog of the docs sleeps');
});

it('opens what is folded, and what is cut short, where the match is in there', async () => {
  const { page } = stage;
  await stage.startTurn('go');
  const hay = 'hay and more hay. '.repeat(20);
  const deep = `${`${hay}\n\n`.repeat(400)}The first needle.\n\n${hay}`;
  stage.say({ type: 'text', role: 'thought', text: deep });
  const lines = (needle: string): string =>
    Array.from({ length: 900 }, (_, at) => (at === 700 ? needle : `line ${at}`)).join('\n');
  stage.say({
    type: 'toolCall',
    patch: {
      toolCallId: 'c',
      title: 'Edit',
      kind: 'edit',
      status: 'completed',
      content: [{ type: 'diff', path: '/work/a.ts', newText: lines('The second needle.') }],
    },
  });
  stage.write('Done.');
  await page.waitForSelector('text=Done.');
  await find('second needle');
  await page.waitForSelector('.find-count:has-text("1 of 1")');
  await expect.poll(async () => (await marked())?.text).toBe('second needle');
  await page.fill('.find-input', 'first needle');
  await page.waitForSelector('.find-count:has-text("1 of 1")');
  await expect.poll(async () => (await marked())?.text).toBe('first needle');
  const top = (await marked())?.top ?? 0;
  expect(top).toBeGreaterThan(40);
  expect(top).toBeLessThan(800);
});
