// Public ACP clients that Roost is measured beside: how each is given the agent, and how a session of it is begun and ended.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as z from 'zod';
import type { Driver } from './driver.ts';

/** How the agent of a window is started, the same for all. */
export interface AgentLaunch {
  readonly command: string;
  readonly args: readonly string[];
}

/** One window, in which a peer does its work. */
export interface PeerWindow {
  readonly driver: Driver;
  /** Takes the first choice of the list that the window shows with this text in its box. */
  readonly accept: (placeholder: string) => Promise<void>;
  /** Clicks something in the client's own page, once it is drawn. */
  readonly click: (selector: string) => Promise<void>;
}

/** What has to be known of a client to measure it. */
export interface Peer {
  /** As its manifest calls it. */
  readonly displayName: string;
  readonly repository: string;
  /** Settings with which it starts the agent. */
  settings(agent: AgentLaunch): Readonly<Record<string, unknown>>;
  /** Puts a program where the client looks for it. Returns the folder for the PATH. */
  readonly program?: (agent: AgentLaunch, folder: string) => string;
  /** Begins a session, the first one; what it returns is given to `stop`. */
  start(window: PeerWindow): unknown;
  /** Begins one beside those that there are. A client without it holds one at a time. */
  readonly another?: (window: PeerWindow) => unknown;
  /** Ends the session. A client without it has no command for that. */
  readonly stop?: (window: PeerWindow, started: unknown) => unknown;
  /** What is particular about how it was driven, or why a figure is missing. */
  readonly remark?: string;
}

const scripted = 'Scripted';

/** Extension id → client. */
export const peers: Readonly<Record<string, Peer>> = {
  'roost.roost': {
    displayName: 'Roost',
    repository: 'this one',
    settings: ({ command, args }) => ({
      'roost.agents': { scripted: { name: scripted, command, args } },
      'roost.defaultAgent': 'scripted',
    }),
    start: ({ driver }) => driver.execute('roost.newSession', {}),
    another: ({ driver }) => driver.execute('roost.newSession', {}),
    stop: ({ driver }, started) =>
      driver.execute('roost.terminateSession', {
        sessionId: z.object({ sessionId: z.string() }).parse(started).sessionId,
      }),
    remark:
      'Its own process is its guard, which ends everything when the editor dies; processes and memory hold it.',
  },
  'formulahendry.acp-client': {
    displayName: 'ACP Client',
    repository: 'formulahendry/vscode-acp',
    settings: ({ command, args }) => ({
      'acp.agents': { [scripted]: { command, args } },
      'acp.logTraffic': false,
    }),
    start: ({ driver }) => driver.execute('acp.connectAgent', scripted),
    stop: ({ driver }) => driver.execute('acp.disconnectAgent', { agentName: scripted }),
    remark: 'Holds one session at a time: a new conversation replaces the one before.',
  },
  'vscode-acp-client.vscode-acp-client': {
    displayName: 'vscode-acp-client',
    repository: 'impure0xntk/vscode-acp-client',
    settings: ({ command, args }) => ({ 'acp.agents': { [scripted]: { command, args } } }),
    start: ({ driver }) => driver.execute('acp.connect', scripted),
    another: async ({ driver, accept }) => {
      driver.begin('acp.newSession');
      await accept('Create or fork a session?');
      await accept('Select agent for new session');
      await accept('Select working directory');
    },
    stop: ({ driver }) => driver.execute('acp.disconnect'),
    remark:
      'All sessions of an agent share one process, which is what keeps its ten small; stopped was the agent, not one session.',
  },
  'strato-space.acp-plugin': {
    displayName: 'ACP — Agent Client Protocol',
    repository: 'strato-space/acp-plugin',
    settings: ({ command, args }) => ({
      agent_servers: { [scripted]: { type: 'custom', command, args } },
      'acp.includeBuiltInAgents': false,
      'acp.logTraffic': false,
    }),
    start: ({ driver }) => driver.execute('acp.startChat'),
    another: ({ driver }) => driver.execute('acp.newChatWindow'),
    stop: ({ driver }) => driver.execute('workbench.action.closeAllEditors'),
    remark:
      'Its page starts the agent once it is drawn, so that its connect holds the drawing of a page; stopped by closing its editor.',
  },
  'omercnet.vscode-acp': {
    displayName: 'VSCode ACP',
    repository: 'omercnet/vscode-acp',
    settings: () => ({}),
    // Its agents are a fixed list; the first one is a program of this name.
    program: ({ command, args }, folder) => {
      mkdirSync(folder, { recursive: true });
      const file = join(folder, 'opencode');
      const line = [command, ...args].map((word) => `'${word}'`).join(' ');
      writeFileSync(file, `#!/bin/sh\nexec ${line}\n`);
      chmodSync(file, 0o755);
      return folder;
    },
    // Its commands connect without a session, or are lost while the page is not drawn: a session is begun by the page's button.
    start: async ({ driver, click }) => {
      await driver.execute('vscode-acp.chatView.focus');
      await click('#connect-btn');
    },
    remark:
      'Holds one session at a time and has no command that ends it. A button of its page begins it, so that its connect holds the drawing of a page; the agent stood in the PATH under the name of the first one it knows.',
  },
};

/** Public clients that were looked at and are not measured, and why. */
export const leftOut: readonly { readonly clients: string; readonly reason: string }[] = [
  {
    clients: 'vscode-acp-chat (sonct1)',
    reason: 'its build needs another package manager than npm, and did not succeed without it',
  },
  {
    clients:
      'ACP Patchbay, Brokk ACP, acpcode, ACP UI (IrishBruse), ACP Pro, Multicoder, Poolside Assistant',
    reason:
      'neither their source nor a package could be had where this was measured: only their page in a marketplace or a list of clients',
  },
  {
    clients: 'the extensions of Claude Code, Codex, Cline and others',
    reason: 'each runs its own agent, so that they cannot be given the same work',
  },
];

/** Clicks in the one page of an extension that the window shows, once it is there. */
export async function clickInPage(page: Page, selector: string): Promise<void> {
  await page
    .frameLocator('iframe.webview.ready')
    .frameLocator('iframe#active-frame')
    .locator(selector)
    .click();
}

/** Takes the first choice of a list of the window by keys. */
export async function acceptFirst(page: Page, placeholder: string): Promise<void> {
  const input = page.locator(`.quick-input-widget input[placeholder="${placeholder}"]`);
  await input.waitFor();
  await page.locator('.quick-input-list .monaco-list-row.focused').waitFor();
  await input.press('Enter');
  await input.waitFor({ state: 'hidden' });
}
