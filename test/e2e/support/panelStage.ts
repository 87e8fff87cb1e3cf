// A conversation panel in a browser without an editor: the built page under its own policy, joined to a real session manager.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import {
  type FocusTarget,
  type FromPanel,
  fromPanelSchema,
  type ToPanel,
  toPanelSchema,
} from '../../../src/chatProtocol/messages.ts';
import type { ChangedFile } from '../../../src/chatProtocol/session.ts';
import { panelWords } from '../../../src/chatProtocol/words.ts';
import { PanelChannel } from '../../../src/host/panel/panelChannel.ts';
import { PanelDrafts } from '../../../src/host/panel/panelDrafts.ts';
import { panelPage } from '../../../src/host/panel/panelPage.ts';
import { PanelRequests } from '../../../src/host/panel/panelRequests.ts';
import type { MentionSource } from '../../../src/host/panel/panelComposing.ts';
import type { AgentUpdate } from '../../../src/session/agentUpdate.ts';
import type { Disposable } from '../../../src/session/event.ts';
import { TranscriptBuilder } from '../../../src/session/transcript.ts';
import { fakeDomain } from '../../fakes/domain.ts';
import type { FakeDomain } from '../../fakes/domain.ts';
import type { FakeLink } from '../../fakes/fakeAgents.ts';
import { root } from '../../launch/paths.ts';
import { themes } from './themes.ts';
import type { ThemeName } from './themes.ts';

const origin = 'http://panel.test';
const built = join(root, 'dist', 'webview');
const types: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  css: 'text/css',
  ttf: 'font/ttf',
  map: 'application/json',
};

/** How a stage is set. */
export interface StageOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
}

/** One panel in a browser page, with the session behind it. */
export class PanelStage {
  readonly page: Page;
  readonly domain: FakeDomain;
  readonly sessionId: string;
  /** What was written and not sent, as the host keeps it. */
  readonly drafts = new PanelDrafts({ get: () => undefined, update: () => Promise.resolve() });
  /** What the panel has said, in order. */
  readonly said: FromPanel[] = [];
  /** What the editor was asked to do. */
  readonly opened: string[] = [];
  /** What can be attached by its name. */
  mentions: MentionSource = fewMentions;
  /** The files that the editor says the session has changed. */
  changes: readonly ChangedFile[] = [];
  /** Requests to anywhere but the panel's own files; script and policy errors of the page. */
  readonly trouble: string[] = [];
  readonly #context: BrowserContext;
  readonly #channel: PanelChannel;
  readonly #requests: PanelRequests;
  readonly #subscriptions: Disposable[];
  #running = true;
  #clock: Promise<void> = Promise.resolve();

  private constructor(page: Page, context: BrowserContext, domain: FakeDomain, sessionId: string) {
    this.page = page;
    this.#context = context;
    this.domain = domain;
    this.sessionId = sessionId;
    this.#channel = new PanelChannel({
      sessionId,
      sessions: domain.manager,
      clock: domain.clock,
      logger: domain.logger,
      words: panelWords,
      draft: () => this.drafts.get(sessionId),
      post: (message) => {
        this.#post(message);
      },
    });
    this.#requests = new PanelRequests({
      sessionId,
      sessions: domain.manager,
      channel: this.#channel,
      editor: {
        openLink: (href) => Promise.resolve(void this.opened.push(`link ${href}`)),
        openFile: (path, line) =>
          Promise.resolve(void this.opened.push(`file ${path} ${line ?? ''}`)),
        copy: (text) => Promise.resolve(void this.opened.push(`copy ${text}`)),
        insert: (text) => Promise.resolve(void this.opened.push(`insert ${text}`)),
        openDiff: ({ path }) => Promise.resolve(void this.opened.push(`diff ${path}`)),
        showLog: () => void this.opened.push('log'),
        setPermissions: () => Promise.resolve(void this.opened.push('permissions')),
        signIn: () => Promise.resolve(this.opened.push('sign-in') > 0),
        changes: () => Promise.resolve(this.changes),
        openChange: (_, path) => Promise.resolve(void this.opened.push(`change ${path}`)),
        revertChange: (_, path) => Promise.resolve(void this.opened.push(`revert ${path}`)),
      },
      mentions: {
        find: (query) => this.mentions.find(query),
        read: (ref) => this.mentions.read(ref),
        dropped: (uri) => this.mentions.dropped(uri),
      },
      drafts: this.drafts,
    });
    this.#subscriptions = [
      domain.manager.onDidChangeTranscript(({ change }) => {
        this.#requests.transcriptChanged(change);
        this.#channel.transcriptChanged(change);
      }),
      domain.manager.onDidChange(() => {
        this.#channel.sessionChanged();
      }),
      pagesOf(domain),
    ];
  }

  /** A ready session, and its panel in a page of its own. Dispose it. */
  static async set(browser: Browser, options: StageOptions = {}): Promise<PanelStage> {
    const { theme = 'dark', width = 760, height = 860 } = options;
    const domain = fakeDomain();
    domain.agents.script = { hold: ['session/prompt'] };
    const { sessionId } = await domain.manager.create({ title: 'Find the failing test' });
    const context = await browser.newContext({ viewport: { width, height } });
    // A wait for what never comes ends, and says what it waited for.
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    const stage = new PanelStage(page, context, domain, sessionId);
    await stage.#serve(theme);
    stage.#clock = stage.#runClock();
    return stage;
  }

  /** The number of the last message that the panel has shown. */
  get applied(): number {
    return Math.max(-1, ...this.said.map((one) => (one.type === 'applied' ? one.seq : -1)));
  }

  /** The agent's side of the session. */
  get agent(): FakeLink {
    return this.domain.agents.last;
  }

  /** The agent reports something. */
  say(update: AgentUpdate): void {
    this.agent.events.onUpdate('fake-1', update);
  }

  /** The agent writes a piece of its answer. */
  write(text: string): void {
    this.say({ type: 'text', role: 'agent', text });
  }

  /** Loads the page; resolves when it shows the session. */
  async show(): Promise<void> {
    await this.page.goto(`${origin}/`);
    await this.page.waitForSelector('.composer-input');
  }

  /** Hides the panel as the editor does: its page is gone. */
  async hide(): Promise<void> {
    this.#channel.close();
    await this.page.goto('about:blank');
  }

  /** Sends a prompt from the host's side; resolves once its turn runs. */
  async startTurn(text: string): Promise<void> {
    void this.domain.manager.prompt(this.sessionId, text).catch(() => undefined);
    await this.page.waitForSelector('.stop:not([hidden])');
  }

  /** The agent ends its turn. */
  endTurn(): void {
    this.agent.answer('session/prompt', { stopReason: 'end_turn' });
  }

  /** Puts the cursor into the composer, as opening the session does, or to the request that waits. */
  focus(into?: FocusTarget): void {
    this.#channel.focus(into);
  }

  /** Sends the reader to an entry, as a search over all sessions does. */
  reveal(entryId: string, query: string): void {
    this.#channel.reveal({ entryId, query });
  }

  async dispose(): Promise<void> {
    this.#running = false;
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#channel.dispose();
    await this.#clock;
    await this.#context.close();
  }

  async #serve(theme: ThemeName): Promise<void> {
    const { page } = this;
    page.on('pageerror', (error) => this.trouble.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') this.trouble.push(`console: ${message.text()}`);
    });
    page.on('dialog', (dialog) => {
      this.trouble.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.route('**/*', async (route) => {
      const url = new URL(route.request().url());
      const name = url.pathname.slice(1);
      if (url.origin !== origin) {
        this.trouble.push(`request: ${url.href}`);
        await route.abort();
      } else if (name === '') {
        await route.fulfill({ contentType: 'text/html', body: this.#html() });
      } else {
        const contentType = types[name.split('.').at(-1) ?? ''] ?? 'text/plain';
        await route.fulfill({ contentType, body: readFileSync(join(built, name)) });
      }
    });
    await page.exposeFunction('roostSays', (raw: unknown) => {
      const message = fromPanelSchema.parse(raw);
      this.said.push(message);
      void this.#requests.handle(message);
    });
    const kind = {
      dark: 'vscode-dark',
      light: 'vscode-light',
      highContrast: 'vscode-high-contrast',
    };
    await page.addInitScript(beEditor, { variables: themes[theme], kind: kind[theme] });
  }

  #html(): string {
    return panelPage({
      script: `${origin}/panel.js`,
      styles: [`${origin}/codicon.css`, `${origin}/panel-style.css`],
      source: origin,
      nonce: 'test',
      sessionId: this.sessionId,
      language: 'en',
      title: 'Roost',
    });
  }

  #post(message: ToPanel): void {
    const parsed = toPanelSchema.parse(message);
    this.page
      .evaluate((data) => {
        window.postMessage(data, '*');
      }, parsed as unknown)
      .catch(() => undefined);
  }

  /** The domain's clock stands still by itself: here it goes with the real one. */
  async #runClock(): Promise<void> {
    let last = performance.now();
    while (this.#running) {
      await new Promise((resolve) => setTimeout(resolve, 4));
      const now = performance.now();
      await this.domain.clock.advance(now - last);
      last = now;
    }
  }
}

/** A workspace with two files and a selection. */
export const fewMentions: MentionSource = {
  find: (query) =>
    Promise.resolve(
      [
        { ref: { type: 'selection' } as const, name: 'Selection', detail: 'list.ts:3-5' },
        {
          ref: { type: 'file', uri: 'file:///work/src/list.ts' } as const,
          name: 'list.ts',
          detail: 'src/list.ts',
        },
        {
          ref: { type: 'file', uri: 'file:///work/src/main.ts' } as const,
          name: 'main.ts',
          detail: 'src/main.ts',
        },
        { ref: { type: 'folder', uri: 'file:///work/src' } as const, name: 'src', detail: 'src' },
      ].filter(({ name }) => name.toLowerCase().includes(query.toLowerCase())),
    ),
  read: (ref) =>
    Promise.resolve(
      ref.type === 'file' || ref.type === 'folder'
        ? { type: 'link', icon: ref.type, name: ref.uri.split('/').at(-1) ?? '', uri: ref.uri }
        : {
            type: 'text',
            icon: 'selection',
            name: 'list.ts:3-5',
            uri: 'file:///work/src/list.ts#L3-L5',
            text: 'three\nlines\nof text',
          },
    ),
  dropped: (uri) =>
    Promise.resolve({ type: 'link', icon: 'file', name: uri.split('/').at(-1) ?? '', uri }),
};

/** In the page: what the editor gives its webviews. */
function beEditor({
  variables,
  kind,
}: {
  readonly variables: Readonly<Record<string, string>>;
  readonly kind: string;
}): void {
  const style = (): void => {
    for (const [name, value] of Object.entries(variables)) {
      document.documentElement.style.setProperty(`--${name}`, value);
    }
  };
  if (document.documentElement instanceof Element) style();
  document.addEventListener('DOMContentLoaded', () => {
    style();
    document.body.classList.add(kind);
  });
  Object.assign(window, {
    acquireVsCodeApi: () => ({
      postMessage: (message: unknown) => {
        // The function is exposed by the test before the page loads.
        (window as unknown as { roostSays: (raw: unknown) => void }).roostSays(message);
      },
      getState: (): unknown => JSON.parse(sessionStorage.getItem('state') ?? 'null'),
      setState: (state: unknown) => {
        sessionStorage.setItem('state', JSON.stringify(state));
      },
    }),
  });
}

/** Pages of the transcript as the store on disk makes them: what there was when it was asked. */
function pagesOf(domain: FakeDomain): Disposable {
  const truth = new TranscriptBuilder();
  domain.store.readSlice = (_, { limit, before }: { limit: number; before?: string }) => {
    const entries = truth.entries();
    const end = before === undefined ? entries.length : Number(before);
    const start = Math.max(0, end - limit);
    return Promise.resolve({
      entries: entries.slice(start, end),
      before: start === 0 ? undefined : String(start),
    });
  };
  return domain.manager.onDidChangeTranscript(({ change }) => {
    truth.apply(change);
  });
}
