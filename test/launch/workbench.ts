// VS Code in a browser page: opening a folder and waiting until the window stands.
import type { Browser, Page } from 'playwright-core';
import type { ServerHost } from './serverHost.ts';

/** A window on a server. */
export interface Workbench {
  readonly page: Page;
  /** Closes the window and forgets its cookies and local storage. */
  close(): Promise<void>;
}

/** Opens a folder of the server in a fresh browser profile and resolves when the workbench is drawn. */
export async function openWorkbench(
  browser: Browser,
  server: ServerHost,
  folder: string,
): Promise<Workbench> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  // Every wait in the window; a machine with more to do than this test takes its time.
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  await page.goto(server.urlOf(folder));
  await workbenchReady(page);
  return { page, close: () => context.close() };
}

/** Resolves when the workbench is drawn, after an opening or a reload of the page. */
export async function workbenchReady(page: Page): Promise<void> {
  await page.waitForSelector('.monaco-workbench .activitybar');
}
