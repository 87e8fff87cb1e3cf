// Roost in a window as a person handles it: rows of the side bar, the panel's frame, and pictures of both.
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';
import { root } from '../../launch/paths.ts';

/** Where pictures go: looked at by eye, ignored by git. */
export const pictures = join(root, 'test', 'e2e', 'screenshots');

/** One window with Roost in it. */
export class RoostWindow {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the side bar of Roost. */
  async openSideBar(): Promise<void> {
    const icon = this.page.locator('.activitybar a[aria-label^="Roost"]');
    await icon.waitFor();
    // A window that is restoring its side bar closes it by this click: the next one opens it again.
    if ((await this.sideBar.count()) === 0) await this.#until(this.sideBar, () => icon.click());
  }

  /** The view of sessions, in a window that speaks English or German. */
  get sideBar(): Locator {
    const title = /sessions|sitzungen/i;
    return this.page.locator('.sidebar .composite.viewlet').filter({ hasText: title });
  }

  /** A row of the tree by its text. */
  row(text: string | RegExp): Locator {
    return this.page.locator('.sidebar .monaco-list-row').filter({ hasText: text });
  }

  /** The labels of all rows, from top to bottom. */
  async rowLabels(): Promise<string[]> {
    const rows = await this.page.locator('.sidebar .monaco-list-row').evaluateAll((elements) =>
      // The editor keeps rows in the page in any order.
      elements.map((row) => ({
        top: row.getBoundingClientRect().top,
        label: row.querySelector('.label-name')?.textContent ?? '',
      })),
    );
    return rows.toSorted((a, b) => a.top - b.top).map(({ label }) => label);
  }

  /** Clicks an action that a row shows when the mouse is over it. */
  async act(row: Locator, action: string): Promise<void> {
    await row.hover();
    await row.locator(`.actions .action-label[aria-label="${action}"]`).click();
  }

  /**
   * Drags a row onto something, as slowly as a hand does: the editor decides where it goes while it moves. With a key,
   * that is held from when it moves.
   */
  async drag(row: Locator, target: Locator, key?: 'Shift'): Promise<void> {
    const { keyboard, mouse } = this.page;
    await row.hover();
    await mouse.down();
    const box = await target.boundingBox();
    if (box === null) throw new Error('what is dragged onto cannot be seen');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await mouse.move(x, y, { steps: 10 });
    if (key !== undefined) await keyboard.down(key);
    await mouse.move(x, y + 10, { steps: 10 });
    await mouse.up();
    if (key !== undefined) await keyboard.up(key);
  }

  /** Closes the list of notifications, which covers what is behind it. */
  async hideNotifications(): Promise<void> {
    const center = this.page.locator('.notifications-center.visible');
    if ((await center.count()) > 0)
      await this.page.locator('[id="status.notifications"] a').click();
    await center.waitFor({ state: 'detached' });
  }

  /** Closes every panel. */
  async closePanels(): Promise<void> {
    await this.command('View: Close All Editors');
    await this.page.locator('iframe.webview').waitFor({ state: 'detached' });
  }

  /** The document of the conversation panel in front. */
  get panel(): FrameLocator {
    return this.page
      .frameLocator('iframe.webview.ready:visible')
      .frameLocator('iframe#active-frame');
  }

  /** The same document as a frame, for what a debugger does in it. */
  async panelFrame(): Promise<Frame> {
    const outer = await this.page.locator('iframe.webview.ready:visible').elementHandle();
    const page = await outer.contentFrame();
    const inner = page?.childFrames()[0];
    if (inner === undefined) throw new Error('no panel is in front');
    return inner;
  }

  /** Types a prompt into the panel and sends it. */
  async send(text: string): Promise<void> {
    const composer = this.panel.locator('.composer-input');
    await composer.click();
    await composer.fill(text);
    await composer.press('Enter');
  }

  /**
   * Opens the menu of a row and chooses from it. By keys: a menu of the editor is deaf to the mouse in its
   * first tenth of a second, so that the click which opened it chooses nothing. What a session can do now is
   * in its menu a moment later: one without it is closed and opened again.
   */
  async chooseFromMenu(row: Locator, title: string): Promise<void> {
    const item = this.page.getByRole('menuitem', { name: title });
    const menu = this.page.locator('.monaco-menu-container:visible');
    const open = async (): Promise<void> => {
      if ((await menu.count()) > 0) await this.page.keyboard.press('Escape');
      await row.click({ button: 'right' });
    };
    await this.#until(item, open, 2000);
    await item.hover();
    await this.page.locator('.action-item.focused').filter({ has: item }).waitFor();
    await this.page.keyboard.press('Enter');
    await item.waitFor({ state: 'detached' });
  }

  /** Points at something until the editor says more about it; gives back what it says. */
  async tooltip(of: Locator, text: string | RegExp): Promise<Locator> {
    const tip = this.page.locator('.monaco-hover:visible', { hasText: text });
    await this.#until(tip, async () => {
      await this.page.mouse.move(600, 400);
      await of.hover();
    });
    return tip;
  }

  /** Runs a command by its title in the palette. */
  async command(title: string): Promise<void> {
    await this.#openPalette();
    const input = this.#quickInput.locator('input[type="text"]');
    await input.fill(`>${title}`);
    // Clicked, because what stands first may be a command with a longer title; what was typed is marked
    // in that one too, so the whole label counts.
    const whole = new RegExp(`^${exactly(title)}$`);
    await this.page
      .locator('.quick-input-list .monaco-list-row', {
        has: this.page.locator('.label-name', { hasText: whole }),
      })
      .first()
      .click();
  }

  /** Opens a file by its whole path: the search for names is not there in every host. */
  async openFile(path: string): Promise<void> {
    const name = basename(path);
    await this.#openPalette();
    await this.#quickInput.locator('input[type="text"]').fill(path);
    await this.choose(name);
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
  }

  /**
   * Chooses from the list that a command shows, by how a label begins. By the label alone: the editor leaves
   * in a row what an earlier list said below it, unseen.
   */
  async choose(
    label: string | RegExp,
    patience: { readonly timeout?: number } = {},
  ): Promise<void> {
    const begins = typeof label === 'string' ? new RegExp(`^${exactly(label)}`) : label;
    await this.#quickInput
      .locator('.quick-input-list .monaco-list-row', {
        has: this.page.locator('.label-name', { hasText: begins }),
      })
      .first()
      .click(patience);
  }

  /** Chooses a command from the palette and then from the list that it shows. */
  async commandChoosing(title: string, label: string | RegExp): Promise<void> {
    await this.command(title);
    await this.choose(label);
  }

  /**
   * Chooses a command from the palette and does something in the list that it shows. Again when that list has gone:
   * a window that is still being built moves the focus, which closes it.
   */
  async commandDoing(
    title: string,
    act: (patience: { readonly timeout: number }) => Promise<void>,
  ): Promise<void> {
    const deadline = Date.now() + 120_000;
    for (;;) {
      await this.command(title);
      try {
        await act({ timeout: 5000 });
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  /** The same where the choice ends it. */
  async commandWith(title: string, label: string | RegExp): Promise<void> {
    await this.commandDoing(title, (patience) => this.choose(label, patience));
    await this.#quickInput.waitFor({ state: 'hidden' });
  }

  /** Answers the question of a command: types into the box with this title and confirms. */
  async answer(title: string, text: string): Promise<void> {
    // The palette and the question are one widget: only its title says which of the two it is now.
    const question = this.#quickInput.filter({
      has: this.page.locator('.quick-input-title', { hasText: title }),
    });
    const input = question.locator('input[type="text"], input[type="password"]');
    await input.fill(text);
    await input.press('Enter');
    await question.waitFor({ state: 'hidden' });
  }

  /**
   * A notification by its text, in the list of them: a server made for tests shows no toasts. The list closes
   * itself with its last notification, so while an editor is still starting it is opened more than once.
   */
  async notification(text: string | RegExp): Promise<Locator> {
    const center = this.page.locator('.notifications-center.visible');
    const found = center.locator('.notification-list-item').filter({ hasText: text });
    const deadline = Date.now() + 120_000;
    for (;;) {
      if ((await center.count()) === 0) {
        await this.page.locator('[id="status.notifications"] a').click();
      }
      try {
        await found.first().waitFor({ timeout: 1000 });
        return found.first();
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  get #quickInput(): Locator {
    return this.page.locator('.quick-input-widget');
  }

  /** A window that is still being built hears no key: pressed again until the palette is there. */
  async #openPalette(): Promise<void> {
    const input = this.#quickInput.locator('input[type="text"]');
    await this.#until(input, () => this.page.keyboard.press('F1'));
  }

  /**
   * Does what a person does to see something, and does it again when nothing comes: the editor forgets a
   * click or a hover on a row that it is drawing anew, as it forgets a key while it is being built.
   */
  async #until(wanted: Locator, act: () => Promise<void>, patience = 10_000): Promise<void> {
    const deadline = Date.now() + 120_000;
    for (;;) {
      await act();
      try {
        await wanted.waitFor({ timeout: patience });
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  /** Takes a picture of the window. */
  async picture(name: string): Promise<void> {
    mkdirSync(pictures, { recursive: true });
    await this.page.screenshot({ path: join(pictures, `${name}.png`) });
  }
}

/** The source of an expression that finds this text and nothing else. */
function exactly(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
