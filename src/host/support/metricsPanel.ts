// Roost: Show Metrics: a webview with small charts of what telemetry tells, gathered only while it is open.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Disposable } from '../../session/event.ts';
import type { CommandDeps } from '../commands/commandTypes.ts';
import { Metrics } from './metrics.ts';
import { panelPage } from '../panel/panelPage.ts';
import { titleOf } from '../list/sessionRows.ts';

const viewType = 'roost.metrics';
const everyMs = 1000;

let open: vscode.WebviewPanel | undefined;

/** Opens the view, or brings it to the front. */
export function showMetrics(deps: CommandDeps): void {
  if (open !== undefined) {
    open.reveal();
    return;
  }
  const root = vscode.Uri.joinPath(deps.about.extensionUri, 'dist', 'webview');
  const panel = vscode.window.createWebviewPanel(
    viewType,
    vscode.l10n.t('Roost Metrics'),
    vscode.ViewColumn.Active,
    {
      enableScripts: true,
      enableForms: false,
      enableCommandUris: false,
      localResourceRoots: [root],
    },
  );
  open = panel;
  const { sessions, clock } = deps;
  const metrics = new Metrics({
    clock,
    onTelemetry: deps.onTelemetry,
    level: () => {
      const all = sessions.list();
      const count = (status: string): number => all.filter((one) => one.status === status).length;
      return {
        active: all.filter(({ processAlive }) => processAlive).length,
        working: count('working'),
        needsInput: count('needsInput'),
        dormant: count('dormant'),
      };
    },
    titleOf: (sessionId) => titleOf(sessions.get(sessionId) ?? { sessionId, title: '' }),
  });
  let timer: Disposable | undefined;
  const show = (): void => {
    if (panel.visible) void panel.webview.postMessage(metrics.view());
  };
  const arm = (): void => {
    timer = clock.after(everyMs, () => {
      metrics.tick();
      show();
      arm();
    });
  };
  arm();
  const owned: Disposable[] = [
    metrics,
    panel.webview.onDidReceiveMessage(show),
    panel.onDidChangeViewState(show),
  ];
  owned.push(
    panel.onDidDispose(() => {
      timer?.dispose();
      for (const one of owned.splice(0)) one.dispose();
      if (open === panel) open = undefined;
    }),
  );
  deps.own(panel);
  const address = (name: string): string =>
    panel.webview.asWebviewUri(vscode.Uri.joinPath(root, name)).toString();
  panel.webview.html = panelPage({
    script: address('metrics.js'),
    styles: [address('metrics-style.css')],
    source: panel.webview.cspSource,
    nonce: randomBytes(16).toString('base64url'),
    sessionId: '',
    language: vscode.env.language,
    title: panel.title,
    words: {
      sessions: vscode.l10n.t('Sessions'),
      running: vscode.l10n.t('running'),
      working: vscode.l10n.t('working'),
      needsYou: vscode.l10n.t('needs you'),
      dormant: vscode.l10n.t('dormant'),
      throughput: vscode.l10n.t('Throughput'),
      quiet: vscode.l10n.t('Nothing was said in the last minutes.'),
      minutes: vscode.l10n.t('the last {0} minutes', 5),
      started: vscode.l10n.t('started'),
      idle: vscode.l10n.t('stopped when idle'),
      crashes: vscode.l10n.t('crashes'),
      restarts: vscode.l10n.t('restarts'),
      errors: vscode.l10n.t('errors'),
      saves: vscode.l10n.t('saves'),
      average: vscode.l10n.t('ms each'),
      messages: vscode.l10n.t('messages'),
    },
  });
}
