// Builds the object graph by hand, top to bottom.
// What the rows of the side bar do not need is imported where it is first used: the build makes a part of it.
import { randomInt } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { createAgentCatalog } from './agents/catalog.ts';
import type { RoostApi } from './api.ts';
import { AgentKeys } from './host/agents/agentKeys.ts';
import { createHost } from './host/hostWiring.ts';
import { createIds } from './host/ids.ts';
import { ModelKey } from './host/agents/modelKey.ts';
import { createOutputLog } from './host/outputLog.ts';
import { namedFolders } from './host/storage/otherFolders.ts';
import { PanelsOnDemand } from './host/panel/panelsOnDemand.ts';
import { createRoostApi } from './host/roostApi.ts';
import { HostSettings } from './host/settings.ts';
import { StorageFolders } from './host/storage/storageFolder.ts';
import { workspaceRoots } from './host/files/workspaceRoots.ts';
import { systemClock } from './process/systemClock.ts';
import type { ProcessHost } from './process/processHost.ts';
import { SessionManager } from './session/manager.ts';
import { OnDemand } from './session/onDemand.ts';
import type { Logger } from './session/ports.ts';
import { SessionRegistry } from './session/registry.ts';
import { TelemetryBus } from './session/telemetryBus.ts';
import { storeOnDemand } from './storage/storeOnDemand.ts';

/** How long agents may take to end politely while the editor waits for us to deactivate. */
const shutdownGraceMs = 2500;

/** What is used while no process of an agent runs. */
const nothing = { cpuMs: 0, rssBytes: 0, processes: 0 };

/** Roost in one window. */
export interface Roost {
  /** What other extensions get. */
  readonly api: RoostApi;
  /** Saves and ends every session, then what ran for them; a second call does what the first did. Never hangs. */
  shutdown(): Promise<void>;
}

/**
 * Starts no process and reads no session before it has returned.
 * @param began when activation began, in milliseconds as `performance.now()` has them
 * @param loadedIn how long this program was loaded for it, in milliseconds
 */
export function openRoost(
  context: vscode.ExtensionContext,
  began: number,
  loadedIn: number,
): Roost {
  const opening = performance.now();
  const clock = systemClock();
  const logger = createOutputLog();
  const settings = new HostSettings({ logger });
  const folders = new StorageFolders(context, settings.current['persistence.directory'], logger);
  const store = new OnDemand(async () => {
    const [{ openStore }, { processIdentities }] = await Promise.all([
      import('./storage/sessionStore.ts'),
      import('./process/ownerIdentity.ts'),
    ]);
    return openStore({ directory: folders.current, clock, logger, identity: processIdentities() });
  });
  const processes = new OnDemand(async () => {
    const { ProcessHost } = await import('./process/processHost.ts');
    return new ProcessHost({
      logger,
      clock,
      guardPath: context.asAbsolutePath('dist/guard.cjs'),
      pidNamespace: () => settings.current['supervision.pidNamespace'],
    });
  });
  const files = new OnDemand(async () => {
    const { EditorFiles } = await import('./host/files/workspaceFiles.ts');
    return new EditorFiles({ roots: workspaceRoots, logger, clock });
  });
  const launcher = new OnDemand(async () => {
    const [{ AcpAgentLauncher }, editorFiles, { ProtocolLog }, processHost] = await Promise.all([
      import('./acp/agentLauncher.ts'),
      files.get(),
      import('./host/support/protocolLog.ts'),
      processes.get(),
    ]);
    const protocolLog = new ProtocolLog({
      file: vscode.Uri.joinPath(context.logUri, 'protocol.log').fsPath,
      clock,
      logger,
    });
    context.subscriptions.push(protocolLog);
    return new AcpAgentLauncher({
      processHost,
      clock,
      logger,
      files: editorFiles,
      roots: workspaceRoots,
      clientVersion: versionOf(context),
      shell: vscode.env.shell,
      models: () => languageModels.get(),
      wireLog: () => (settings.current['log.protocol'] ? protocolLog.write : undefined),
    });
  });
  const languageModels = new OnDemand(async () => {
    const { EditorLanguageModels } = await import('./host/agents/languageModels.ts');
    return new EditorLanguageModels();
  });
  const modelKey = new ModelKey({
    secrets: context.secrets,
    settings: () => settings.current,
    logger,
  });
  const catalog = createAgentCatalog({
    settings: () => settings.current,
    isTrusted: () => vscode.workspace.isTrusted,
    workspaceAgent: {
      execPath: process.execPath,
      script: context.asAbsolutePath('dist/workspaceAgent.cjs'),
      home: vscode.Uri.joinPath(context.globalStorageUri, 'workspaceAgent').fsPath,
      modelEnv: () => modelKey.env(),
    },
    others: async (agentId) => (await agentParts.get()).definitionOf(agentId),
  });
  const agentParts = new OnDemand(async () => {
    const [{ createAgentParts }, { runProgram }, { processIdentities }, processHost] =
      await Promise.all([
        import('./agents/agentParts.ts'),
        import('./process/programRun.ts'),
        import('./process/ownerIdentity.ts'),
        processes.get(),
      ]);
    return createAgentParts({
      root: vscode.Uri.joinPath(context.globalStorageUri, 'agents').fsPath,
      catalog,
      launcher: () => launcher.get(),
      locate: (command) => processHost.locate(command),
      run: (request) => runProgram(processHost, clock, request),
      owners: processIdentities(),
      registryUrl: () => settings.current['registry.url'],
      clock,
      logger,
    });
  });
  const locate = async (command: string): Promise<string | undefined> =>
    (await processes.get()).locate(command);
  const keys = new AgentKeys(context.secrets);
  const mcpServers = new OnDemand(async () => {
    const { McpServers } = await import('./host/agents/mcpServers.ts');
    const enabled = (): boolean => settings.current['mcp.enabled'];
    return new McpServers({ logger, enabled, globalStorage: context.globalStorageUri, locate });
  });
  const telemetry = new TelemetryBus(clock, (name) => channel(name));
  const sessions = new SessionManager({
    registry: new SessionRegistry(),
    launcher: () => launcher.get(),
    catalog,
    provisions: {
      environment: (agentId) => {
        // Needed once the agent has introduced itself: loaded while its process starts.
        mcpServers.get().catch(() => undefined);
        return keys.of(agentId);
      },
      signInKnown: async (agentId) => {
        const { knownMethods } = await import('./session/signInPlan.ts');
        const { definition, note } = await (await agentParts.get()).directory.describe(agentId);
        return knownMethods(definition, note).length > 0;
      },
      mcpServers: (request) => mcpServers.use((servers) => servers.forSession(request)),
    },
    store: storeOnDemand(store),
    clock,
    ids: createIds(),
    logger,
    telemetry,
    chance: () => randomInt(2 ** 32) / 2 ** 32,
    settings: () => settings.current,
    defaultCwd: () => workspaceRoots.folders()[0] ?? homedir(),
  });
  const showLog = (): void => {
    logger.show();
  };
  const panels = new PanelsOnDemand({
    logger,
    load: async () => {
      const { ConversationPanels } = await import('./host/panel/conversationPanels.ts');
      const { extensionUri, workspaceState: memory } = context;
      return new ConversationPanels({ sessions, clock, logger, extensionUri, memory, showLog });
    },
  });
  const host = createHost({
    sessions,
    agents: catalog,
    agentServices: {
      directory: async () => (await agentParts.get()).directory,
      keys,
      locate,
    },
    panels,
    settings,
    clock,
    logger,
    files: () => files.get(),
    memento: context.workspaceState,
    showLog,
    setModelKey: (key) => modelKey.set(key),
    folders,
    otherFolders: async () => {
      const { findStores } = await import('./storage/otherStores.ts');
      return namedFolders(await findStores(folders.places()), context.globalStorageUri.fsPath);
    },
    machine: {
      // Before the first agent there is nothing that could cost anything.
      useOf: async (id) => (await processes.built?.useOf(id)) ?? nothing,
      pidsOf: async (id) => (await processes.built?.pidsOf(id)) ?? [],
      describe: async () => (await processes.get()).describe(),
      sweep: async () => (await processes.get()).sweep(),
    },
    onTelemetry: telemetry.onEvent,
    about: {
      version: versionOf(context),
      extensionUri: context.extensionUri,
      storageFolder: folders.current,
    },
  });
  context.subscriptions.push(
    logger,
    settings,
    modelKey,
    settings.onDidChange(() => {
      sessions.onSettingsChanged();
      void modelKey.load();
    }),
    panels,
    host,
  );

  let open = true;
  const shutdown = async (): Promise<void> => {
    open = false;
    await sessions.shutdown(shutdownGraceMs);
    await processes.built?.shutdown({ graceMs: 0 });
    await store.built?.shutdown();
    telemetry.dispose();
  };
  // After the activation, which other extensions wait for; the rows come first.
  setImmediate(() => {
    if (!open) return;
    void modelKey.load();
    void afterActivation(sessions, settings, processes, logger).then(() => {
      if (open) host.onRestored();
    });
  });
  const api = createRoostApi(sessions, telemetry, (dispose) => new vscode.Disposable(dispose));
  const now = performance.now();
  const [ready, own] = [now - began, now - opening + loadedIn];
  logger.info(
    `Ready ${ready.toFixed()} ms after activation began, ${own.toFixed(1)} ms of them its own`,
  );
  return { api, shutdown };
}

/** The rows come back, then what dead windows left behind is ended; never rejects. */
async function afterActivation(
  sessions: SessionManager,
  settings: HostSettings,
  processes: OnDemand<ProcessHost>,
  logger: Logger,
): Promise<void> {
  await restore(sessions, settings, logger);
  try {
    const processHost = await processes.get();
    if (vscode.workspace.isTrusted) void processHost.warmUp();
    await processHost.sweep();
  } catch (error) {
    logger.warn(`What an earlier window left behind could not be looked for: ${String(error)}`);
  }
}

/** Rows come back by themselves, and with `eager` the agents that ran when the last window closed. */
async function restore(
  sessions: SessionManager,
  settings: HostSettings,
  logger: Logger,
): Promise<void> {
  const policy = settings.current['restore.policy'];
  if (policy === 'off') return;
  try {
    await sessions.restoreAll();
  } catch (error) {
    logger.error('Saved sessions could not be restored', error);
    return;
  }
  if (policy === 'eager') void resumeInterrupted(sessions, logger);
  else void sessions.leaveInterrupted();
}

async function resumeInterrupted(sessions: SessionManager, logger: Logger): Promise<void> {
  try {
    await sessions.resumeInterrupted();
  } catch (error) {
    logger.error('Saved sessions could not be started again', error);
  }
}

function versionOf(context: vscode.ExtensionContext): string {
  // The editor hands out the manifest untyped; ours has a version.
  const manifest = context.extension.packageJSON as { readonly version: string };
  return manifest.version;
}
