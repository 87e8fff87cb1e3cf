// Activation builds the object graph by hand, top to bottom; deactivation saves and stops everything before it returns.
import { randomInt } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { AcpAgentLauncher } from './acp/agentLauncher.ts';
import { createAgentCatalog } from './agents/catalog.ts';
import type { RoostApi } from './api.ts';
import { ConversationPanels } from './host/conversationPanels.ts';
import { createHost } from './host/hostWiring.ts';
import { createIds } from './host/ids.ts';
import { createOutputLog } from './host/outputLog.ts';
import { ProtocolLog } from './host/protocolLog.ts';
import { createRoostApi } from './host/roostApi.ts';
import { HostSettings } from './host/settings.ts';
import { EditorFiles } from './host/workspaceFiles.ts';
import { workspaceRoots } from './host/workspaceRoots.ts';
import { processIdentities } from './process/ownerIdentity.ts';
import { ProcessHost } from './process/processHost.ts';
import { systemClock } from './process/systemClock.ts';
import { SessionManager } from './session/manager.ts';
import { SessionRegistry } from './session/registry.ts';
import { TelemetryBus } from './session/telemetryBus.ts';
import { openStore } from './storage/sessionStore.ts';

/** How long agents may take to end politely while the editor waits for us to deactivate. */
const shutdownGraceMs = 2500;

let shutdown: (() => Promise<void>) | undefined;

/** Called by the editor once. Starts no process and reads no session before it has returned. */
export function activate(context: vscode.ExtensionContext): RoostApi {
  const clock = systemClock();
  const logger = createOutputLog();
  const settings = new HostSettings({ logger });
  const store = openStore({
    directory: storageFolder(context, settings.current['persistence.directory']),
    clock,
    logger,
    identity: processIdentities(),
  });
  const processHost = new ProcessHost({
    logger,
    clock,
    guardPath: context.asAbsolutePath('dist/guard.cjs'),
    pidNamespace: () => settings.current['supervision.pidNamespace'],
  });
  const protocolLog = new ProtocolLog({
    file: vscode.Uri.joinPath(context.logUri, 'protocol.log').fsPath,
    clock,
    logger,
  });
  const launcher = new AcpAgentLauncher({
    processHost,
    clock,
    logger,
    files: new EditorFiles({ roots: workspaceRoots, logger, clock }),
    roots: workspaceRoots,
    clientVersion: versionOf(context),
    shell: vscode.env.shell,
    wireLog: () => (settings.current['log.protocol'] ? protocolLog.write : undefined),
  });
  const catalog = createAgentCatalog({
    settings: () => settings.current,
    isTrusted: () => vscode.workspace.isTrusted,
    workspaceAgent: {
      execPath: process.execPath,
      script: context.asAbsolutePath('dist/workspaceAgent.cjs'),
      home: vscode.Uri.joinPath(context.globalStorageUri, 'workspaceAgent').fsPath,
    },
  });
  const telemetry = new TelemetryBus(clock, (name) => channel(name));
  const sessions = new SessionManager({
    registry: new SessionRegistry(),
    launcher,
    catalog,
    store,
    clock,
    ids: createIds(),
    logger,
    telemetry,
    chance: () => randomInt(2 ** 32) / 2 ** 32,
    settings: () => settings.current,
    defaultCwd: () => workspaceRoots.folders()[0] ?? homedir(),
  });
  const panels = new ConversationPanels({
    sessions,
    clock,
    logger,
    extensionUri: context.extensionUri,
    showLog: () => {
      logger.show();
    },
  });
  const host = createHost({
    sessions,
    agents: catalog,
    panels,
    settings,
    clock,
    logger,
    showLog: () => {
      logger.show();
    },
  });
  context.subscriptions.push(
    logger,
    protocolLog,
    settings,
    settings.onDidChange(() => {
      sessions.onSettingsChanged();
    }),
    panels,
    host,
  );

  shutdown = async () => {
    await sessions.shutdown(shutdownGraceMs);
    await processHost.shutdown({ graceMs: 0 });
    await store.shutdown();
  };
  // After the activation, which other extensions wait for.
  setImmediate(() => {
    if (shutdown === undefined) return;
    if (vscode.workspace.isTrusted) void processHost.warmUp();
    void restore(sessions, settings, logger);
    processHost.sweep().catch((error: unknown) => {
      logger.warn(`What an earlier window left behind could not be looked for: ${String(error)}`);
    });
  });
  return createRoostApi(sessions, telemetry, (dispose) => new vscode.Disposable(dispose));
}

/** Called by the editor when the window closes or the extension is turned off; it waits a few seconds. */
export async function deactivate(): Promise<void> {
  await shutdown?.();
  shutdown = undefined;
}

/** Rows come back by themselves, and with `eager` the agents that ran when the last window closed. */
async function restore(
  sessions: SessionManager,
  settings: HostSettings,
  logger: { error(message: string, cause?: unknown): void },
): Promise<void> {
  const policy = settings.current['restore.policy'];
  if (policy === 'off') return;
  try {
    await sessions.restoreAll();
    if (policy === 'eager') await sessions.resumeInterrupted();
  } catch (error) {
    logger.error('Saved sessions could not be restored', error);
  }
}

/** The workspace's storage folder, or the one for all windows when no folder is open. */
function storageFolder(context: vscode.ExtensionContext, configured: string): string {
  if (configured !== '') return configured;
  return (context.storageUri ?? context.globalStorageUri).fsPath;
}

function versionOf(context: vscode.ExtensionContext): string {
  // The editor hands out the manifest untyped; ours has a version.
  const manifest = context.extension.packageJSON as { readonly version: string };
  return manifest.version;
}
