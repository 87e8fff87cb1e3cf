// What a message takes with it, in the conversation panel of a real browser: what is found by name, read slowly, too large, or all there is to say.
import { describe, expect, it } from 'vitest';
import type { Attached } from '../../src/chatProtocol/composing.ts';
import { fewMentions, type PanelStage } from './support/panelStage.ts';
import { composer, eachInPanel } from './support/panelSuite.ts';
import { pasteLargePicture, pastePicture } from './support/pastePicture.ts';

let stage: PanelStage;
eachInPanel((set) => {
  stage = set;
});

/** The agent says anew what it can, and now takes pictures. */
function takePictures(): void {
  const { manager } = stage.domain;
  const details = manager.details.bind(manager);
  manager.details = (sessionId) => {
    const known = details(sessionId);
    return { ...known, can: { ...known.can, image: true } as never };
  };
}

describe('what can be attached by its name', () => {
  it('says when there is nothing, which keeps nobody from sending', async () => {
    const { page } = stage;
    await page.click(composer);
    await page.keyboard.type('ask @nobody');
    await page.waitForSelector('.completion:has-text("Nothing of this name")');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.entry.user:has-text("ask @nobody")');
    expect(await page.locator('.completions').isVisible()).toBe(false);
  });

  it('is chosen from what an earlier query found only as long as it fits what is typed', async () => {
    const { page } = stage;
    const held = Promise.withResolvers<undefined>();
    stage.mentions = {
      ...fewMentions,
      find: async (query) => {
        if (query.length > 1) await held.promise;
        return fewMentions.find(query);
      },
    };
    await page.click(composer);
    await page.keyboard.type('@s');
    await page.waitForSelector('.completion:has-text("Selection")');
    // The answer to this is not there yet: of the four that were found, one fits.
    await page.keyboard.type('rcl');
    expect(await page.locator('.completion-name').allTextContents()).toEqual(['list.ts']);
    await page.keyboard.type('x');
    expect(await page.locator('.completion').count()).toBe(0);
    held.resolve(undefined);
    await page.waitForSelector('.completion:has-text("Nothing of this name")');
  });

  it('goes with the message that was sent before it was read', async () => {
    const { page } = stage;
    const read = Promise.withResolvers<Attached>();
    stage.mentions = { ...fewMentions, read: () => read.promise };
    await page.click(composer);
    await page.keyboard.type('Look at @mai');
    await page.waitForSelector('.completion:has-text("src/main.ts")');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => stage.said.at(-1)?.type).not.toBe('prompt');
    expect(await page.inputValue(composer)).toBe('Look at @main.ts ');
    read.resolve(await fewMentions.read({ type: 'file', uri: 'file:///work/src/main.ts' }));
    await page.waitForSelector('.entry.user .chip:has-text("main.ts")');
    expect(await page.inputValue(composer)).toBe('');
    expect(stage.agent.prompts.at(-1)).toHaveLength(2);
  });

  it('is there when the panel is seen again, though it was hidden while that was read', async () => {
    const { page } = stage;
    const read = Promise.withResolvers<Attached>();
    stage.mentions = { ...fewMentions, read: () => read.promise };
    await page.click(composer);
    await page.keyboard.type('Look at @mai');
    await page.waitForSelector('.completion:has-text("src/main.ts")');
    await page.keyboard.press('Tab');
    await expect.poll(() => stage.drafts.get(stage.sessionId)?.text).toBe('Look at @main.ts ');
    await stage.hide();
    read.resolve(await fewMentions.read({ type: 'file', uri: 'file:///work/src/main.ts' }));
    await stage.show();
    await page.waitForSelector('.attached .chip:has-text("main.ts")');
    expect(await page.inputValue(composer)).toBe('Look at @main.ts ');
  });

  it('keeps a message back whose attachment cannot be read, until it is sent once more', async () => {
    const { page } = stage;
    const read = Promise.withResolvers<Attached>();
    stage.mentions = { ...fewMentions, read: () => read.promise };
    await page.click(composer);
    await page.keyboard.type('Look at @mai');
    await page.waitForSelector('.completion:has-text("src/main.ts")');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    read.reject(new Error('it is gone'));
    await page.waitForSelector('.banner-error:has-text("it is gone")');
    expect(stage.agent.prompts).toEqual([]);
    expect(await page.inputValue(composer)).toBe('Look at @main.ts ');
    await page.press(composer, 'Enter');
    await page.waitForSelector('.entry.user:has-text("Look at @main.ts")');
  });
});

describe('a picture', () => {
  it('is a message of its own, and its entry shows nothing else', async () => {
    const { page } = stage;
    takePictures();
    await stage.hide();
    await stage.show();
    await page.waitForSelector('.send:disabled');
    await pastePicture(page.locator(composer));
    await page.waitForSelector('.attached .chip:has-text("shot.png")');
    await page.press(composer, 'Enter');
    await page.waitForSelector('.entry.user .chip');
    expect(await page.locator('.entry.user .plain-text').isVisible()).toBe(false);
    const said = stage.said.findLast(({ type }) => type === 'prompt');
    expect(said).toMatchObject({ text: '', attached: [{ type: 'image', name: 'shot.png' }] });
  });

  it('of megabytes is not written anew at every key', async () => {
    const { page } = stage;
    takePictures();
    await stage.hide();
    await stage.show();
    await pasteLargePicture(page.locator(composer), 1_500_000);
    await page.waitForSelector('.attached .chip:has-text("large.png")');
    const drafts = (): number => stage.said.filter(({ type }) => type === 'draft').length;
    await expect.poll(drafts).toBeGreaterThan(0);
    const before = drafts();
    const began = performance.now();
    await page.focus(composer);
    for (let count = 0; count < 1500; count += 1) await page.keyboard.press('x');
    await expect.poll(() => stage.drafts.get(stage.sessionId)?.text.length).toBe(1500);
    // At most once a second.
    const seconds = (performance.now() - began) / 1000;
    expect(drafts() - before).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
  });

  it('that is too large is not attached, and it is said how large it may be', async () => {
    const { page } = stage;
    takePictures();
    await stage.hide();
    await stage.show();
    await pasteLargePicture(page.locator(composer), 5_000_001);
    await page.waitForSelector('.composer-note:has-text("more than 5 MB")');
    expect(await page.locator('.attached .chip').count()).toBe(0);
    // Who writes on has read it.
    await page.press(composer, 'x');
    await page.waitForSelector('.composer-note', { state: 'hidden' });
  });
});

describe('a long text', () => {
  it('of 200 kB is kept as a draft, sent whole, and shown in part', async () => {
    const { page } = stage;
    const line = 'A line of a log that somebody wants to have explained.\n';
    const text = line.repeat(Math.ceil(200_000 / line.length));
    await page.locator(composer).evaluate((element, pasted) => {
      (element as HTMLTextAreaElement).value = pasted;
      element.dispatchEvent(new Event('input', { bubbles: true }));
    }, text);
    await page.focus(composer);
    await expect.poll(() => stage.drafts.get(stage.sessionId)?.text.length).toBe(text.length);
    // The input leaves room for the conversation, and its buttons are in view.
    const box = await page.locator('.composer').boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(860);
    expect(box?.height).toBeLessThan(500);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.entry.user .more');
    expect(stage.agent.prompts.at(-1)).toEqual([{ type: 'text', text }]);
  });

  it('longer than a message may be stays where it is, and it is said why', async () => {
    const { page } = stage;
    await page.locator(composer).evaluate((element) => {
      (element as HTMLTextAreaElement).value = 'x'.repeat(4_000_001);
      element.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await page.click('.send');
    await page.waitForSelector('.composer-note:has-text("4,000,000 characters at most")');
    expect(await page.inputValue(composer)).toHaveLength(4_000_001);
    expect(stage.agent.prompts).toEqual([]);
  });
});
